#include "sim/fault/fault_driver.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

bool Names(const std::vector<Target>& targets, Role role) {
  return std::any_of(targets.begin(), targets.end(), [role](const Target& t) {
    return t.kind == Target::Kind::kRole && t.role == role;
  });
}

bool AimsAtLeader(const FaultSpec& fault) {
  if (Names(fault.nodes, Role::kLeader)) return true;
  for (const auto& side : fault.partition.sides) {
    if (Names(side, Role::kLeader)) return true;
  }
  return Names(fault.partition.isolate, Role::kLeader) ||
         Names(fault.partition.from, Role::kLeader) ||
         Names(fault.partition.to, Role::kLeader) ||
         Names(fault.link.between, Role::kLeader) ||
         Names(fault.link.from, Role::kLeader) ||
         Names(fault.link.to, Role::kLeader);
}

}  // namespace

FaultDriver::FaultDriver(FaultTarget* cluster, std::vector<FaultSpec> plan,
                         const FaultDriverOptions& options)
    : cluster_(cluster), world_(&cluster->world()), options_(options) {
  for (FaultSpec& spec : plan) {
    if (spec.trigger.kind == FaultTrigger::Kind::kEvent) {
      waits_for_[std::size_t(spec.trigger.event)] = true;
    }
    waits_for_mark_ |= spec.trigger.kind == FaultTrigger::Kind::kMark;
    Add(std::move(spec));
  }
  if (waits_for_mark_) world_->set_on_mark(&FaultDriver::OnMark, this);
}

FaultDriver::~FaultDriver() {
  if (waits_for_mark_) world_->set_on_mark(nullptr, nullptr);
  for (Fault& fault : faults_) world_->Cancel(fault.event);
}

void FaultDriver::Add(FaultSpec spec) {
  Fault fault;
  fault.key = FaultKey(world_->seed(), spec);
  LedgerEntry entry;
  entry.fault = spec;
  entry.instantaneous = IsInstantaneous(spec.kind);
  ledger_.entries().push_back(std::move(entry));
  fault.spec = std::move(spec);
  faults_.push_back(std::move(fault));
}

void FaultDriver::Start() {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const FaultTrigger& trigger = faults_[i].spec.trigger;
    if (trigger.kind != FaultTrigger::Kind::kAt) continue;
    ScheduleFire(i, world_->now() + trigger.at + trigger.after);
  }
}

bool FaultDriver::HitsOnly(const Fault& fault, const std::set<NodeId>& nodes) {
  const FaultKind kind = fault.spec.kind;
  if (kind == FaultKind::kPartition || kind == FaultKind::kLink) return false;
  const std::vector<NodeId>& hit = fault.resolved.nodes;
  return !hit.empty() && std::all_of(hit.begin(), hit.end(), [&](NodeId node) {
    return nodes.contains(node);
  });
}

void FaultDriver::HealAllBut(const std::set<NodeId>& lost) {
  healed_ = true;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    world_->Cancel(faults_[i].event);
    if (faults_[i].state == State::kInForce) {
      if (HitsOnly(faults_[i], lost)) continue;
      End(i);
    }
    faults_[i].state = State::kOver;
  }
}

void FaultDriver::Strike(FaultSpec fault) {
  fault.trigger = {};
  Add(std::move(fault));
  faults_.back().state = State::kScheduled;
  Fire(faults_.size() - 1);
}

bool FaultDriver::KeptDown(NodeId node) const {
  return std::any_of(faults_.begin(), faults_.end(), [&](const Fault& fault) {
    const FaultKind kind = fault.spec.kind;
    return fault.state == State::kInForce && kind <= FaultKind::kWipe &&
           std::binary_search(fault.resolved.nodes.begin(),
                              fault.resolved.nodes.end(), node);
  });
}

// ---- triggers ----

void FaultDriver::OnMark(void* driver, Mark mark, NodeId node) {
  auto* self = static_cast<FaultDriver*>(driver);
  for (std::size_t i = 0; i < self->faults_.size(); ++i) {
    const FaultTrigger& trigger = self->faults_[i].spec.trigger;
    if (trigger.kind == FaultTrigger::Kind::kMark && trigger.mark == mark) {
      self->Occurred(i, node);
    }
  }
}

void FaultDriver::OnEvent(FaultEvent event, NodeId node) {
  if (!WaitsFor(event)) return;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const FaultTrigger& trigger = faults_[i].spec.trigger;
    if (trigger.kind == FaultTrigger::Kind::kEvent && trigger.event == event) {
      Occurred(i, node);
    }
  }
}

void FaultDriver::OnLeader(NodeId node) {
  OnEvent(FaultEvent::kLeaderChanged, node);
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const FaultTrigger& trigger = faults_[i].spec.trigger;
    if (trigger.kind != FaultTrigger::Kind::kRole) continue;
    if (trigger.role == Role::kLeader) {
      Occurred(i, node);
      continue;
    }
    // Any other role changes hands when the leader does.
    FaultSpec probe;
    probe.nodes = {Target::Of(trigger.role)};
    const ResolvedFault holders =
        Resolve(probe, *cluster_, OldLeader(), faults_[i].key);
    for (const NodeId holder : holders.nodes) {
      if (faults_[i].state == State::kArmed) Occurred(i, holder);
    }
  }
}

bool FaultDriver::Matches(const FaultTrigger& trigger, NodeId node) const {
  if (!trigger.node) return true;
  FaultSpec probe;
  probe.nodes = {*trigger.node};
  const ResolvedFault wanted = Resolve(probe, *cluster_, OldLeader(), 0);
  return std::binary_search(wanted.nodes.begin(), wanted.nodes.end(), node);
}

void FaultDriver::Occurred(std::size_t index, NodeId node) {
  Fault& fault = faults_[index];
  if (healed_ || fault.state != State::kArmed) return;
  if (!Matches(fault.spec.trigger, node)) return;
  if (++fault.seen < fault.spec.trigger.count) return;
  ScheduleFire(index, world_->now() + fault.spec.trigger.after);
}

void FaultDriver::TriggerDependents(FaultTrigger::Kind kind,
                                    const std::string& id) {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const FaultTrigger& trigger = faults_[i].spec.trigger;
    if (trigger.kind == kind && trigger.fault == id) Occurred(i, kNoNode);
  }
}

void FaultDriver::ScheduleFire(std::size_t index, Nanos at) {
  Fault& fault = faults_[index];
  fault.state = State::kScheduled;
  fault.event = world_->Schedule({.at = at,
                                  .kind = EventKind::kFault,
                                  .node = {},
                                  .incarnation = {},
                                  .op = fault.key,
                                  .fn = &FaultDriver::OnFireEvent,
                                  .object = this,
                                  .arg = index});
}

// ---- firing and ending ----

void FaultDriver::OnFireEvent(void* driver, std::uint64_t index) {
  static_cast<FaultDriver*>(driver)->Fire(index);
}

void FaultDriver::OnEndEvent(void* driver, std::uint64_t index) {
  static_cast<FaultDriver*>(driver)->End(index);
}

NodeId FaultDriver::OldLeader() const {
  return leader_hit_ != kNoNode ? leader_hit_ : cluster_->FormerLeader();
}

void FaultDriver::Fire(std::size_t index) {
  Fault& fault = faults_[index];
  LedgerEntry& entry = ledger_.entries()[index];
  WR_CHECK(fault.state == State::kScheduled);
  fault.event = EventId();
  fault.resolved = Resolve(fault.spec, *cluster_, OldLeader(), fault.key);
  if (AimsAtLeader(fault.spec) && cluster_->Leader() != kNoNode) {
    leader_hit_ = cluster_->Leader();
  }
  entry.fault = fault.resolved.pinned;
  entry.nodes = fault.resolved.nodes;
  entry.target = fault.resolved.target;
  entry.fired = true;
  entry.fired_at = world_->now();
  fault.state = State::kInForce;
  TraceFault("fault.fire", entry);
  const bool inert = options_.inert == fault.spec.kind;
  if (fault.spec.kind == FaultKind::kHeal) {
    if (!inert) Heal(fault.spec, &entry);
  } else {
    fault.injector = inert
                         ? NewInertInjector()
                         : NewInjector({cluster_, &fault.resolved, fault.key});
    fault.injector->Begin();
    if (entry.nodes.empty() && entry.fault.kind != FaultKind::kLink) {
      entry.effect.masked = "nobody holds that role";
    }
  }
  TriggerDependents(FaultTrigger::Kind::kFault, fault.spec.id);
  if (entry.instantaneous) {
    End(index);
  } else if (fault.spec.duration) {
    fault.event =
        world_->Schedule({.at = world_->now() + fault.spec.duration->low,
                          .kind = EventKind::kFault,
                          .node = {},
                          .incarnation = {},
                          .op = fault.key,
                          .fn = &FaultDriver::OnEndEvent,
                          .object = this,
                          .arg = index});
  }
}

void FaultDriver::End(std::size_t index) {
  Fault& fault = faults_[index];
  LedgerEntry& entry = ledger_.entries()[index];
  if (fault.state != State::kInForce) return;
  fault.state = State::kOver;
  world_->Cancel(fault.event);
  entry.ended_at = world_->now();
  if (fault.injector != nullptr) fault.injector->End();
  TraceFault("fault.end", entry);
  TriggerDependents(FaultTrigger::Kind::kEnd, fault.spec.id);
}

void FaultDriver::Heal(const FaultSpec& heal, LedgerEntry* entry) {
  std::uint64_t ended = 0;
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const Fault& fault = faults_[i];
    const bool named =
        heal.faults.empty() || std::find(heal.faults.begin(), heal.faults.end(),
                                         fault.spec.id) != heal.faults.end();
    if (!named || fault.state != State::kInForce ||
        fault.spec.kind == FaultKind::kHeal) {
      continue;
    }
    End(i);
    ++ended;
  }
  entry->effect.count = ended;
  if (ended == 0) {
    entry->effect.masked = "no such fault was in force";
  } else {
    entry->effect.text =
        absl::StrCat(ended, ended == 1 ? " fault ended" : " faults ended");
  }
}

const Ledger& FaultDriver::Audit() {
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    if (faults_[i].injector == nullptr) continue;
    LedgerEntry& entry = ledger_.entries()[i];
    const std::string nobody = entry.effect.masked;
    entry.effect = faults_[i].injector->effect();
    if (entry.effect.masked.empty()) entry.effect.masked = nobody;
  }
  return ledger_;
}

void FaultDriver::TraceFault(Slice word, const LedgerEntry& entry) {
  env::Trace* trace = options_.trace;
  if (trace == nullptr || !trace->on(env::Component::kFault)) return;
  trace->Log(env::Component::kFault, word,
             absl::StrCat(entry.fault.id, ": ", NameOf(entry.fault.kind), " ",
                          entry.target));
}

}  // namespace wringer::sim
