// crash, power-loss, wipe: a death, and a restart when the fault ends.
// pause: the node stands still while time passes for everybody else.
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/fault/injector.h"

namespace wringer::sim {
namespace {

// "3 log entries not yet durable gone" and its kin; parts that are zero vanish.
void AppendPart(std::string* text, std::uint64_t count, Slice one, Slice many) {
  if (count == 0) return;
  absl::StrAppend(text, text->empty() ? "" : ", ", count, " ",
                  count == 1 ? one : many);
}

Death DeathOf(FaultKind kind) {
  if (kind == FaultKind::kPowerLoss) return Death::kPowerLoss;
  return kind == FaultKind::kWipe ? Death::kWipe : Death::kProcess;
}

class DeathInjector : public Injector {
 public:
  explicit DeathInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    FaultTarget& cluster = *context_.cluster;
    const FaultSpec& fault = context_.fault->pinned;
    for (const NodeId node : context_.fault->nodes) {
      if (!cluster.Up(node)) {
        absl::StrAppend(&masked_, masked_.empty() ? "" : ", ", NodeName(node),
                        " was already down");
        continue;
      }
      const DeathReport report = cluster.Kill(
          node, DeathOf(fault.kind),
          RandomKey(context_.key, Purpose("fault.death"), node.value()),
          fault.keep);
      total_.fibers += report.fibers;
      total_.messages += report.messages;
      total_.records_gone += report.records_gone;
      total_.units_lost += report.units_lost;
      total_.bytes_lost += report.bytes_lost;
      total_.sectors_torn += report.sectors_torn;
      killed_.push_back(node);
    }
  }

  void End() override {
    for (const NodeId node : killed_) {
      if (!context_.cluster->Up(node)) context_.cluster->Restart(node);
    }
  }

  FaultEffect effect() const override {
    FaultEffect effect;
    // A death is an effect by itself: nothing of the node runs any more.
    effect.count = killed_.size();
    effect.masked = masked_;
    if (killed_.empty()) return effect;
    AppendPart(&effect.text, total_.records_gone,
               "log entry not yet durable gone",
               "log entries not yet durable gone");
    if (context_.fault->pinned.kind != FaultKind::kCrash) {
      AppendPart(&effect.text, total_.units_lost, "unsynced write lost",
                 "unsynced writes lost");
      if (total_.bytes_lost > 0) {
        absl::StrAppend(&effect.text, " (", total_.bytes_lost, " bytes)");
      }
      AppendPart(&effect.text, total_.sectors_torn, "sector torn",
                 "sectors torn");
    }
    AppendPart(&effect.text, total_.messages, "message lost", "messages lost");
    AppendPart(&effect.text, total_.fibers, "fiber unwound", "fibers unwound");
    if (effect.text.empty()) effect.text = "the process ended";
    return effect;
  }

 private:
  InjectorContext context_;
  std::vector<NodeId> killed_;
  DeathReport total_;
  std::string masked_;
};

class PauseInjector : public Injector {
 public:
  explicit PauseInjector(const InjectorContext& context) : context_(context) {}

  void Begin() override {
    began_ = context_.cluster->world().now();
    for (const NodeId node : context_.fault->nodes) {
      if (!context_.cluster->Up(node) || context_.cluster->Paused(node)) {
        absl::StrAppend(&masked_, masked_.empty() ? "" : ", ", NodeName(node),
                        " was not running");
        continue;
      }
      context_.cluster->Pause(node);
      paused_.push_back(node);
    }
  }

  void End() override {
    ended_ = context_.cluster->world().now();
    for (const NodeId node : paused_) {
      // It may have died since, and be up again, or not.
      if (!context_.cluster->Up(node) || !context_.cluster->Paused(node)) {
        continue;
      }
      waited_ += context_.cluster->Resume(node);
    }
  }

  FaultEffect effect() const override {
    FaultEffect effect{.count = 0, .text = {}, .masked = masked_};
    if (paused_.empty()) return effect;
    const Nanos until = ended_ < 0 ? context_.cluster->world().now() : ended_;
    effect.count = static_cast<std::uint64_t>(until - began_);
    effect.text = absl::StrCat("stood still for ",
                               (until - began_) / kMillisecond, " ms");
    if (waited_ > 0) {
      absl::StrAppend(&effect.text, " while ", waited_,
                      waited_ == 1 ? " message waited" : " messages waited");
    }
    return effect;
  }

 private:
  InjectorContext context_;
  std::vector<NodeId> paused_;
  Nanos began_ = 0;
  Nanos ended_ = -1;
  std::uint64_t waited_ = 0;
  std::string masked_;
};

}  // namespace

std::unique_ptr<Injector> NewProcessInjector(const InjectorContext& context) {
  if (context.fault->pinned.kind == FaultKind::kPause) {
    return std::make_unique<PauseInjector>(context);
  }
  return std::make_unique<DeathInjector>(context);
}

}  // namespace wringer::sim
