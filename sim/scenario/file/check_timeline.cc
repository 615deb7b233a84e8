// Faults against each other. Only faults with a time and named nodes can be
// judged before the run; the rest is the ledger's business.
#include <algorithm>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/units.h"

namespace wringer::sim {
namespace {

constexpr Nanos kNever = std::numeric_limits<Nanos>::max();

std::string Time(Nanos t) { return FormatQuantity(t, Dimension::kDuration); }

bool TakesDown(FaultKind kind) {
  return kind == FaultKind::kCrash || kind == FaultKind::kPowerLoss ||
         kind == FaultKind::kPause || kind == FaultKind::kWipe;
}

// A stretch during which one node is down for certain.
struct Outage {
  std::size_t fault;
  NodeId node;
  FaultKind kind;
  Nanos begin;
  Nanos end;  // the earliest possible; kNever until settling
};

// When a later `heal` by time ends the fault; kNever if none does.
Nanos HealedAt(const std::vector<FaultSpec>& timeline, const FaultSpec& fault) {
  Nanos at = kNever;
  for (const FaultSpec& heal : timeline) {
    if (heal.kind != FaultKind::kHeal) {
      continue;
    }
    const bool names =
        heal.faults.empty() || std::find(heal.faults.begin(), heal.faults.end(),
                                         fault.id) != heal.faults.end();
    if (!names) {
      continue;
    }
    if (heal.trigger.kind != FaultTrigger::Kind::kAt) {
      return fault.trigger.at;  // may come at any time: judge nothing
    }
    if (heal.trigger.at >= fault.trigger.at) {
      at = std::min(at, heal.trigger.at);
    }
  }
  return at;
}

Nanos EndOf(const std::vector<FaultSpec>& timeline, const FaultSpec& fault) {
  const Nanos healed = HealedAt(timeline, fault);
  return fault.duration
             ? std::min(healed, fault.trigger.at + fault.duration->low)
             : healed;
}

std::vector<Outage> OutagesOf(const std::vector<FaultSpec>& timeline) {
  std::vector<Outage> out;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const FaultSpec& fault = timeline[i];
    if (!TakesDown(fault.kind) ||
        fault.trigger.kind != FaultTrigger::Kind::kAt) {
      continue;
    }
    for (const Target& target : fault.nodes) {
      if (target.kind == Target::Kind::kNode) {
        out.push_back({i, target.node, fault.kind, fault.trigger.at,
                       EndOf(timeline, fault)});
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const Outage& a, const Outage& b) {
    return std::pair(a.begin, a.fault) < std::pair(b.begin, b.fault);
  });
  return out;
}

// Whether `kind` still means something to a node that is down by `outage`.
bool Hits(FaultKind kind, FaultKind outage) {
  switch (kind) {
    case FaultKind::kCrash:
    case FaultKind::kPause:
      return outage == FaultKind::kPause && kind == FaultKind::kCrash;
    case FaultKind::kPowerLoss:  // takes the page cache a crash had left
      return outage == FaultKind::kCrash || outage == FaultKind::kPause;
    case FaultKind::kWipe:
      return outage != FaultKind::kWipe;
    case FaultKind::kBitRot:
    case FaultKind::kIoError:
    case FaultKind::kDiskFull:
    case FaultKind::kSlowDisk:
      return outage != FaultKind::kWipe;  // an empty disk has nothing to hit
    default:
      return true;
  }
}

void CheckHits(const Scenario& s, const std::vector<Outage>& outages,
               Findings* findings) {
  const std::vector<FaultSpec>& timeline = s.faults.timeline;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const FaultSpec& fault = timeline[i];
    if (fault.trigger.kind != FaultTrigger::Kind::kAt) {
      continue;
    }
    for (const Target& target : fault.nodes) {
      for (const Outage& outage : outages) {
        const bool before = std::pair(outage.begin, outage.fault) <
                            std::pair(fault.trigger.at, i);
        if (target.kind != Target::Kind::kNode || outage.fault == i ||
            target.node != outage.node || !before ||
            fault.trigger.at >= outage.end || Hits(fault.kind, outage.kind)) {
          continue;
        }
        const std::string down =
            outage.kind == FaultKind::kWipe ? "wiped" : "down";
        // No error: what the nemesis drew may do so too, and is a file when
        // it is written out. The ledger will call it masked.
        findings->Warning(
            absl::StrCat("faults.timeline.", i, ".node"),
            absl::StrCat("fault \"", fault.id, "\" hits ",
                         NodeName(target.node), ", which is ", down, " since ",
                         Time(outage.begin), " (\"", timeline[outage.fault].id,
                         "\")"),
            outage.end == kNever
                ? absl::StrCat("\"", timeline[outage.fault].id,
                               "\" has no `for`, so the node stays down until "
                               "settling; give it one")
                : absl::StrCat("it is back at ", Time(outage.end),
                               "; move this fault there"));
        break;
      }
    }
  }
}

// The greatest number of different nodes down at the start of any outage.
void CheckDown(const Scenario& s, const FaultLimits& limits,
               const std::vector<Outage>& outages, Findings* findings) {
  const std::uint32_t most =
      limits.down.minority ? (s.cluster.nodes - 1) / 2 : limits.down.count;
  for (const Outage& at : outages) {
    std::vector<NodeId> down;
    for (const Outage& other : outages) {
      if (other.begin <= at.begin && at.begin < other.end &&
          std::find(down.begin(), down.end(), other.node) == down.end()) {
        down.push_back(other.node);
      }
    }
    if (down.size() > most) {
      findings->Error(
          absl::StrCat("faults.timeline.", at.fault, ".at"),
          absl::StrCat("the timeline takes ", down.size(), " nodes down at ",
                       Time(at.begin),
                       ", but faults.random.at_most.down allows ", most),
          "the limits hold for the timeline too: raise at_most.down, or move "
          "this fault");
      return;
    }
  }
}

void CheckWiped(const FaultLimits& limits, const std::vector<Outage>& outages,
                Findings* findings) {
  std::uint32_t wiped = 0;
  for (const Outage& outage : outages) {
    wiped += outage.kind == FaultKind::kWipe ? 1u : 0u;
    if (outage.kind == FaultKind::kWipe && wiped > limits.wiped) {
      findings->Error(
          absl::StrCat("faults.timeline.", outage.fault, ".at"),
          absl::StrCat("the timeline wipes ", wiped,
                       " nodes, but faults.random.at_most.wiped allows ",
                       limits.wiped),
          "the limits hold for the timeline too: raise at_most.wiped");
      return;
    }
  }
}

void CheckPartitions(const Scenario& s, const FaultLimits& limits,
                     Findings* findings) {
  const std::vector<FaultSpec>& timeline = s.faults.timeline;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    if (timeline[i].kind != FaultKind::kPartition ||
        timeline[i].trigger.kind != FaultTrigger::Kind::kAt) {
      continue;
    }
    const Nanos at = timeline[i].trigger.at;
    std::uint32_t open = 0;
    for (const FaultSpec& other : timeline) {
      const bool is_open = other.kind == FaultKind::kPartition &&
                           other.trigger.kind == FaultTrigger::Kind::kAt &&
                           other.trigger.at <= at &&
                           at < EndOf(timeline, other);
      open += is_open ? 1u : 0u;
    }
    if (open > limits.partitions) {
      findings->Error(
          absl::StrCat("faults.timeline.", i, ".at"),
          absl::StrCat("the timeline has ", open, " partitions open at ",
                       Time(at),
                       ", but faults.random.at_most.partitions allows ",
                       limits.partitions),
          "the limits hold for the timeline too: raise at_most.partitions");
      return;
    }
  }
}

}  // namespace

void CheckTimeline(const Scenario& s, Findings* findings) {
  const std::vector<Outage> outages = OutagesOf(s.faults.timeline);
  CheckHits(s, outages, findings);
  if (s.faults.random) {
    const FaultLimits& limits = s.faults.random->at_most;
    CheckDown(s, limits, outages, findings);
    CheckWiped(limits, outages, findings);
    CheckPartitions(s, limits, findings);
  }
}

}  // namespace wringer::sim
