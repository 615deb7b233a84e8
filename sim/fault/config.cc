// config: an epoch is granted, or an operator promotes a node by hand.
// membership: nodes join and leave.
#include "absl/strings/str_cat.h"
#include "sim/fault/injector.h"

namespace wringer::sim {
namespace {

class ConfigInjector : public Injector {
 public:
  explicit ConfigInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    const std::vector<NodeId>& nodes = context_.fault->nodes;
    if (SetsVoters()) {
      if (!nodes.empty()) Note(context_.cluster->SetVoters(nodes));
    } else {
      for (const NodeId node : nodes) Note(Change(node));
    }
    if (effect_.count == 0) effect_.masked = "nobody to carry it out";
  }

  void End() override {}
  FaultEffect effect() const override { return effect_; }

 private:
  bool SetsVoters() const {
    const FaultSpec& fault = context_.fault->pinned;
    return fault.kind == FaultKind::kMembership &&
           fault.membership == MembershipAction::kSetVoters;
  }
  std::string Change(NodeId node) {
    const FaultSpec& fault = context_.fault->pinned;
    return fault.kind == FaultKind::kConfig
               ? context_.cluster->ChangeConfig(fault.config, node,
                                                fault.in_sync)
               : context_.cluster->ChangeMembership(fault.membership, node);
  }
  void Note(const std::string& change) {
    if (change.empty()) return;
    ++effect_.count;
    absl::StrAppend(&effect_.text, effect_.text.empty() ? "" : ", ", change);
  }

  InjectorContext context_;
  FaultEffect effect_;
};

}  // namespace

std::unique_ptr<Injector> NewConfigInjector(const InjectorContext& context) {
  return std::make_unique<ConfigInjector>(context);
}

}  // namespace wringer::sim
