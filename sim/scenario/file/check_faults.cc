// Faults one by one: ids, triggers, targets, times.
#include <map>

#include "absl/strings/str_cat.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/units.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

std::string Time(Nanos t) { return FormatQuantity(t, Dimension::kDuration); }

std::string ZoneList(const Scenario& s) {
  std::vector<Slice> names;
  for (const Zone& zone : s.cluster.zones) {
    names.push_back(zone.name);
  }
  return names.empty() ? "this cluster has no zones; add [cluster] zones"
                       : absl::StrCat("zones: ", Listed(names));
}

bool HasZone(const Scenario& s, const std::string& name) {
  for (const Zone& zone : s.cluster.zones) {
    if (zone.name == name) {
      return true;
    }
  }
  return false;
}

std::string Numbered(char letter, std::uint32_t count) {
  return count == 1 ? absl::StrCat(std::string(1, letter), 1)
                    : absl::StrCat(std::string(1, letter), "1..",
                                   std::string(1, letter), count);
}

// The path of a fault's targets: "node" or "node.2", as the file writes it.
std::string ItemPath(const std::string& path, std::size_t i,
                     const Findings& findings) {
  const std::string item = absl::StrCat(path, ".", i);
  return findings.IsWritten(item) ? item : path;
}

void CheckTargets(const Scenario& s, const std::vector<Target>& targets,
                  const std::string& path, Findings* findings) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    CheckTarget(s, targets[i], ItemPath(path, i, *findings), findings);
  }
}

using Ids = std::map<std::string, std::size_t>;

void CheckId(Slice id, const Ids& ids, Slice self, const std::string& path,
             Findings* findings) {
  if (ids.find(std::string(id)) == ids.end()) {
    std::vector<Slice> known;
    for (const auto& [name, index] : ids) {
      known.push_back(name);
    }
    std::string help = absl::StrCat("faults here: ", Listed(known));
    if (auto near = Nearest(id, known)) {
      help = absl::StrCat("did you mean \"", *near, "\"? ", help);
    }
    findings->Error(path, absl::StrCat("no fault has the id \"", id, "\""),
                    help);
  } else if (id == self) {
    findings->Error(path, absl::StrCat("fault \"", id, "\" waits for itself"),
                    "name another fault");
  }
}

void CheckTrigger(const Scenario& s, const FaultSpec& fault, const Ids& ids,
                  const std::string& path, Findings* findings) {
  const FaultTrigger& trigger = fault.trigger;
  const std::string when = path + ".when";
  switch (trigger.kind) {
    case FaultTrigger::Kind::kAt:
      if (trigger.at >= s.run.length) {
        findings->Error(
            path + ".at",
            absl::StrCat("fault \"", fault.id, "\" at ", Time(trigger.at),
                         " comes after the end of the run at ",
                         Time(s.run.length)),
            absl::StrCat("move it before ", Time(s.run.length),
                         ", or raise run.length"));
      }
      return;
    case FaultTrigger::Kind::kFault:
      CheckId(trigger.fault, ids, fault.id, when + ".fault", findings);
      break;
    case FaultTrigger::Kind::kEnd:
      CheckId(trigger.fault, ids, fault.id, when + ".ended", findings);
      break;
    case FaultTrigger::Kind::kRole:
      if (s.replication.model == ReplicationModel::kQuorum) {
        findings->Error(when + ".role",
                        "the quorum model has no leader and no followers",
                        "wait for an event or a time instead");
      }
      break;
    case FaultTrigger::Kind::kMark:
    case FaultTrigger::Kind::kEvent:
      break;
  }
  if (trigger.node) {
    CheckTarget(s, *trigger.node, when + ".node", findings);
    if (trigger.node->kind == Target::Kind::kRole &&
        (trigger.node->role == Role::kOthers ||
         trigger.node->role == Role::kMinority)) {
      findings->Error(when + ".node",
                      absl::StrCat("a trigger cannot watch \"",
                                   NameOf(trigger.node->role), "\""),
                      "name a node, \"leader\", \"followers\" or \"all\"");
    }
  }
}

bool NeedsLeader(const Target& target) {
  return target.kind == Target::Kind::kRole &&
         (target.role == Role::kLeader || target.role == Role::kOldLeader ||
          target.role == Role::kFollowers);
}

void CheckVictims(const Scenario& s, const FaultSpec& fault,
                  const std::string& path, Findings* findings) {
  CheckTargets(s, fault.nodes, path + ".node", findings);
  const PartitionParams& p = fault.partition;
  for (std::size_t i = 0; i < p.sides.size(); ++i) {
    CheckTargets(s, p.sides[i], absl::StrCat(path, ".sides.", i), findings);
  }
  CheckTargets(s, p.isolate, path + ".isolate", findings);
  CheckTargets(s, p.except, path + ".except", findings);
  if (p.bridge) {
    CheckTarget(s, *p.bridge, path + ".bridge", findings);
  }
  CheckTargets(s, fault.link.between, path + ".between", findings);
  for (const auto* ends : {&p.from, &fault.link.from}) {
    CheckTargets(s, *ends, path + ".from", findings);
  }
  for (const auto* ends : {&p.to, &fault.link.to}) {
    CheckTargets(s, *ends, path + ".to", findings);
  }
  for (std::size_t i = 0; i < fault.nodes.size(); ++i) {
    const Target& target = fault.nodes[i];
    const std::string at = ItemPath(path + ".node", i, *findings);
    if ((target.kind == Target::Kind::kNode && IsClient(target.node)) ||
        (target.kind == Target::Kind::kRole && target.role == Role::kClients)) {
      findings->Error(
          at,
          absl::StrCat("a ", NameOf(fault.kind), " fault cannot hit clients"),
          "partition and link faults can: they take \"c1\" and "
          "\"clients\"");
    } else if (NeedsLeader(target) &&
               s.replication.model == ReplicationModel::kQuorum) {
      findings->Warning(
          at,
          absl::StrCat("the quorum model has no \"", NameOf(target.role),
                       "\": this fault hits nobody"),
          "name a node, \"any\" or \"minority\" to have it bite under every "
          "model");
    }
  }
}

// A node that stands on two sides of one partition.
void CheckSides(const FaultSpec& fault, const std::string& path,
                Findings* findings) {
  std::vector<const Target*> seen;
  const auto& sides = fault.partition.sides;
  for (std::size_t i = 0; i < sides.size(); ++i) {
    for (std::size_t j = 0; j < sides[i].size(); ++j) {
      for (const Target* other : seen) {
        if (*other == sides[i][j]) {
          findings->Error(
              absl::StrCat(path, ".sides.", i, ".", j),
              absl::StrCat("\"", TargetName(sides[i][j]),
                           "\" stands on two sides"),
              "a node is on one side; use bridge = \"n3\" for one that "
              "reaches both");
        }
      }
    }
    for (const Target& target : sides[i]) {
      seen.push_back(&target);
    }
  }
}

void CheckConfigFault(const Scenario& s, const FaultSpec& fault,
                      const std::string& path, Findings* findings) {
  if (s.replication.model != ReplicationModel::kPrimaryBackup) {
    findings->Error(path + ".do",
                    absl::StrCat("model \"", NameOf(s.replication.model),
                                 "\" takes no epochs from outside"),
                    "config faults are for primary_backup");
  } else if (fault.config == ConfigAction::kGrant &&
             s.cluster.config_service == ConfigServiceKind::kNone) {
    findings->Error(path + ".action",
                    "there is no config service to grant an epoch",
                    "set cluster.config_service, or action = \"promote\"");
  }
  for (std::size_t i = 0; i < fault.in_sync.size(); ++i) {
    CheckTarget(s, Target::Node(fault.in_sync[i]),
                absl::StrCat(path, ".in_sync.", i), findings);
  }
}

void CheckMembershipFault(const Scenario& s, const FaultSpec& fault,
                          const std::string& path, Findings* findings) {
  if (s.replication.model != ReplicationModel::kRaft) {
    findings->Error(path + ".do",
                    absl::StrCat("model \"", NameOf(s.replication.model),
                                 "\" has no membership changes"),
                    "membership faults are for raft; primary_backup takes "
                    "config faults");
    return;
  }
  if (fault.membership != MembershipAction::kSetVoters) return;
  if (!s.replication.raft.joint_membership) {
    findings->Warning(path + ".action",
                      "a leader refuses new voters if more than one changes",
                      "set replication.raft.joint_membership = true, or add "
                      "and remove one node at a time");
  }
}

void CheckRandom(const Scenario& s, Findings* findings) {
  if (!s.faults.random) {
    return;
  }
  const RandomFaultsSpec& random = *s.faults.random;
  if (random.config > 0 &&
      s.cluster.config_service != ConfigServiceKind::kRaft) {
    findings->Error("faults.random.config",
                    "there are no members of a config service to hit",
                    "set cluster.config_service = \"raft\"");
  }
  const Nanos until = random.until.value_or(s.run.length);
  if (until > s.run.length) {
    findings->Error("faults.random.until",
                    absl::StrCat("random faults until ", Time(until),
                                 ", but the run ends at ", Time(s.run.length)),
                    "leave `until` out to mean run.length");
  }
  if (random.from >= until) {
    findings->Error("faults.random.from",
                    absl::StrCat("random faults begin at ", Time(random.from),
                                 " and end at ", Time(until)),
                    "`from` comes before `until`");
  }
  const std::uint64_t weights =
      std::uint64_t{random.crash.weight} + random.power_loss.weight +
      random.pause.weight + random.wipe.weight + random.partition.weight +
      random.link.weight + random.clock_step.weight +
      random.clock_drift.weight + random.clock_freeze.weight +
      random.disk_full.weight + random.io_error.weight +
      random.slow_disk.weight + random.bit_rot.weight;
  if (weights == 0) {
    findings->Error("faults.random", "no kind of fault has a weight",
                    "name at least one: crash = { weight = 1 }");
  }
}

}  // namespace

bool CheckTarget(const Scenario& s, const Target& target, Slice path,
                 Findings* findings) {
  if (target.kind == Target::Kind::kZone && !HasZone(s, target.zone)) {
    findings->Error(path, absl::StrCat("no zone named \"", target.zone, "\""),
                    ZoneList(s));
    return false;
  }
  if (target.kind == Target::Kind::kNode) {
    const std::uint32_t id = target.node.value();
    const std::string message =
        absl::StrCat("no node named \"", NodeName(target.node), "\"");
    if (IsReplica(target.node) && id > s.cluster.nodes) {
      findings->Error(
          path, message,
          absl::StrCat("this cluster has ", Numbered('n', s.cluster.nodes)));
      return false;
    }
    if (IsConfigNode(target.node) &&
        (s.cluster.config_service != ConfigServiceKind::kRaft ||
         id - kConfigNodeBase > s.cluster.config_nodes)) {
      findings->Error(
          path, message,
          s.cluster.config_service == ConfigServiceKind::kRaft
              ? absl::StrCat("the config service has ",
                             Numbered('m', s.cluster.config_nodes))
              : "set cluster.config_service = \"raft\" to have m1, m2, ...");
      return false;
    }
    if (IsClient(target.node) && id - kClientNodeBase > s.workload.clients) {
      findings->Error(path, message,
                      absl::StrCat("there are clients ",
                                   Numbered('c', s.workload.clients)));
      return false;
    }
  }
  return true;
}

void CheckFaults(const Scenario& s, Findings* findings) {
  const std::vector<FaultSpec>& timeline = s.faults.timeline;
  Ids ids;
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const std::string path = absl::StrCat("faults.timeline.", i);
    const auto [first, is_new] = ids.emplace(timeline[i].id, i);
    if (!is_new) {
      findings->Error(
          path + ".id",
          absl::StrCat("two faults have the id \"", timeline[i].id, "\""),
          absl::StrCat("the first is in line ",
                       findings->LineOf(absl::StrCat("faults.timeline.",
                                                     first->second, ".id")),
                       "; ids are unique"));
    }
  }
  for (std::size_t i = 0; i < timeline.size(); ++i) {
    const FaultSpec& fault = timeline[i];
    const std::string path = absl::StrCat("faults.timeline.", i);
    CheckTrigger(s, fault, ids, path, findings);
    CheckVictims(s, fault, path, findings);
    CheckSides(fault, path, findings);
    if (fault.kind == FaultKind::kConfig) {
      CheckConfigFault(s, fault, path, findings);
    }
    if (fault.kind == FaultKind::kMembership) {
      CheckMembershipFault(s, fault, path, findings);
    }
    for (std::size_t j = 0; j < fault.faults.size(); ++j) {
      CheckId(fault.faults[j], ids, fault.id,
              ItemPath(path + ".faults", j, *findings), findings);
    }
  }
  CheckRandom(s, findings);
}

}  // namespace wringer::sim
