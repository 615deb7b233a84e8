// disk-full, io-error, slow-disk, bit-rot: carried out by the node's disk,
// which outlives its crashes.
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/fault/injector.h"

namespace wringer::sim {
namespace {

class DiskInjector : public Injector {
 public:
  explicit DiskInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    for (const NodeId node : context_.fault->nodes) {
      const DiskFaultId id = context_.cluster->BeginDiskFault(
          node, context_.fault->pinned,
          RandomKey(context_.key, Purpose("fault.disk"), node.value()));
      if (id.value() == 0) {
        absl::StrAppend(&masked_, masked_.empty() ? "" : ", ", NodeName(node),
                        " had nothing to hit");
      } else {
        victims_.push_back({node, id});
      }
    }
  }

  void End() override {
    for (const auto& [node, id] : victims_) {
      context_.cluster->EndDiskFault(node, id);
    }
  }

  FaultEffect effect() const override {
    FaultEffect result;
    result.masked = masked_;
    DiskFaultEffect total;
    for (const auto& [node, id] : victims_) {
      const DiskFaultEffect one = context_.cluster->DiskEffect(node, id);
      total.calls_failed += one.calls_failed;
      total.requests_slowed += one.requests_slowed;
      total.delay_total += one.delay_total;
      total.bits_flipped += one.bits_flipped;
      if (total.where.empty()) total.where = one.where;
    }
    Describe(total, &result);
    return result;
  }

 private:
  static void Describe(const DiskFaultEffect& total, FaultEffect* result) {
    result->count =
        total.calls_failed + total.requests_slowed + total.bits_flipped;
    if (total.calls_failed > 0) {
      result->text = absl::StrCat(
          total.calls_failed,
          total.calls_failed == 1 ? " file call failed" : " file calls failed");
    } else if (total.requests_slowed > 0) {
      result->text = absl::StrCat(
          total.requests_slowed,
          total.requests_slowed == 1 ? " request" : " requests", " slowed by ",
          total.delay_total / kMicrosecond, " us in all");
    } else if (total.bits_flipped > 0) {
      result->text = absl::StrCat(total.bits_flipped,
                                  total.bits_flipped == 1 ? " bit" : " bits",
                                  " flipped in ", total.where);
    }
  }

  InjectorContext context_;
  std::vector<std::pair<NodeId, DiskFaultId>> victims_;
  std::string masked_;
};

}  // namespace

std::unique_ptr<Injector> NewDiskInjector(const InjectorContext& context) {
  return std::make_unique<DiskInjector>(context);
}

}  // namespace wringer::sim
