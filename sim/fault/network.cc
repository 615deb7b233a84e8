// partition: cuts links. link: worsens or holds them.
#include "absl/strings/str_cat.h"
#include "sim/fault/injector.h"

namespace wringer::sim {
namespace {

LinkFault ToLinkFault(const FaultSpec& fault, std::uint64_t key) {
  LinkFault result;
  result.key = RandomKey(key, Purpose("fault.link"));
  if (fault.kind == FaultKind::kPartition) return result;
  const LinkParams& link = fault.link;
  result.kind = link.hold ? LinkFault::Kind::kHold : LinkFault::Kind::kWorsen;
  result.worsening = {
      .latency = {link.delay.low, link.delay.high, link.delay.tail},
      .loss_ppm = link.loss,
      .duplicate_ppm = link.duplicate,
      .reorder_ppm = link.reorder,
      .bytes_per_second = link.bandwidth,
  };
  return result;
}

class LinkInjector : public Injector {
 public:
  explicit LinkInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    id_ = context_.cluster->network().AddFault(
        ToLinkFault(context_.fault->pinned, context_.key),
        context_.fault->links);
  }

  void End() override { context_.cluster->network().RemoveFault(id_); }

  FaultEffect effect() const override {
    FaultEffect result;
    if (context_.fault->links.empty()) {
      result.masked = "no link between them";
      return result;
    }
    const LinkFaultEffect& effect = context_.cluster->network().effect(id_);
    Add(&result, effect.stopped, "stopped");
    Add(&result, effect.reset, "lost in flight");
    Add(&result, effect.held, "held");
    Add(&result, effect.lost, "lost");
    Add(&result, effect.duplicated, "doubled");
    Add(&result, effect.reordered, "overtaken");
    Add(&result, effect.corrupted, "damaged");
    Add(&result, effect.delayed, "delayed");
    if (effect.delayed > 0) {
      const auto count = static_cast<Nanos>(effect.delayed);
      absl::StrAppend(&result.text, " (by ",
                      effect.delay_total / count / kMicrosecond,
                      " us on average)");
    }
    Add(&result, effect.throttled, "throttled");
    return result;
  }

 private:
  static void Add(FaultEffect* effect, std::uint64_t count, Slice what) {
    if (count == 0) return;
    effect->count += count;
    absl::StrAppend(&effect->text, effect->text.empty() ? "" : ", ", count,
                    count == 1 ? " message " : " messages ", what);
  }

  InjectorContext context_;
  LinkFaultId id_;
};

}  // namespace

std::unique_ptr<Injector> NewNetworkInjector(const InjectorContext& context) {
  return std::make_unique<LinkInjector>(context);
}

}  // namespace wringer::sim
