// Workload, network and expectations against the design.
#include <set>

#include "absl/strings/str_cat.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/units.h"

namespace wringer::sim {
namespace {

using Model = ReplicationModel;
using Write = WriteLevelSpec::Kind;
using Read = ReadLevelSpec::Kind;

bool Synced(Write level) {
  return level == Write::kLocal || level == Write::kCount ||
         level == Write::kQuorum || level == Write::kAll;
}

// Write levels the model has at all (replication.md A3).
Slice WriteLevelsOf(const Scenario& s) {
  switch (s.replication.model) {
    case Model::kSingle:
      return "default, mem, os, local";
    case Model::kPrimaryBackup:
      return s.replication.primary_backup.ack == AckRule::kAsync
                 ? "default, mem, os, local"
                 : "default, mem, os, local, k, all";
    case Model::kRaft:
      return "default, quorum, all";
    case Model::kQuorum:
      return "default, k, quorum, all, any";
    case Model::kChain:
    case Model::kMultiLeader:
      break;
  }
  return "default";
}

constexpr Slice kWriteNames[] = {"default", "mem",    "os",  "local",
                                 "k",       "quorum", "all", "any"};

bool Lists(Slice list, Slice word) {
  return absl::StrCat(", ", list, ",").find(absl::StrCat(", ", word, ",")) !=
         std::string::npos;
}

void CheckWriteLevel(const Scenario& s, Findings* findings) {
  const WriteLevelSpec& write = s.workload.levels.write;
  const Slice name = kWriteNames[static_cast<std::size_t>(write.kind)];
  const Slice known = WriteLevelsOf(s);
  constexpr Slice kPath = "workload.levels.write";
  if (!Lists(known, name)) {
    findings->Error(kPath,
                    absl::StrCat("model \"", NameOf(s.replication.model),
                                 "\" has no write level \"", name, "\""),
                    absl::StrCat("here it has ", known));
  } else if (Synced(write.kind) && (s.wal.sync == WalSync::kInterval ||
                                    s.wal.sync == WalSync::kNone)) {
    findings->Error(
        kPath,
        absl::StrCat("level \"", name,
                     "\" promises synced copies, but "
                     "wal.sync = \"",
                     NameOf(s.wal.sync), "\" delivers \"os\" at most"),
        "use wal.sync = \"every\" or \"group\", or write = \"os\"");
  } else if (write.kind == Write::kCount && write.copies > s.cluster.nodes) {
    findings->Error(kPath,
                    absl::StrCat("k(", write.copies,
                                 ") asks for more copies "
                                 "than there are nodes"),
                    absl::StrCat("use k(1) to k(", s.cluster.nodes, ")"));
  }
}

// A lease is somebody's word that nobody else is appointed.
void CheckPrimaryLease(const Scenario& s, Findings* findings) {
  constexpr Slice kPath = "workload.levels.read";
  const PrimaryBackupSpec& pb = s.replication.primary_backup;
  if (pb.failover == FailoverRule::kUnfenced) {
    findings->Error(kPath,
                    "an unfenced failover asks nobody, so nobody can grant the "
                    "primary a lease",
                    "set replication.primary_backup.failover = \"fenced\", or "
                    "read = \"strong\"");
  } else if (pb.failover == FailoverRule::kNone) {
    findings->Error(kPath,
                    "leases are granted with epochs, and failover = \"none\" "
                    "has no config service grant any",
                    "set replication.primary_backup.failover = \"fenced\" or "
                    "\"scripted\", or read = \"strong\"");
  } else if (s.cluster.config_service == ConfigServiceKind::kNone) {
    findings->Error(kPath, "there is no config service to grant a lease",
                    "set cluster.config_service = \"scripted\" or \"raft\"");
  } else if (pb.lease <= 2 * pb.heartbeat) {
    findings->Warning(
        "replication.primary_backup.lease",
        "a lease shorter than two heartbeats is mostly over before it is "
        "renewed: reads fall back to rounds",
        "make the lease several heartbeats long");
  }
}

// ABD's reads are atomic because every majority meets every other.
void CheckStrongQuorum(const Scenario& s, Findings* findings) {
  const QuorumSpec& q = s.replication.quorum;
  constexpr Slice kPath = "workload.levels.read";
  if (q.versions == VersionScheme::kLww) {
    findings->Error(
        kPath,
        "the quorum model has no strong reads with versions = \"lww\": a fast "
        "clock can hide a later write",
        "set replication.quorum.versions = \"abd\", or read = \"quorum\"");
  } else if (q.w + q.r <= q.n) {
    findings->Error(
        kPath,
        absl::StrCat(
            "the quorum model has no strong reads with w + r = ", q.w + q.r,
            " of n = ", q.n, ": they may miss every copy of the last write"),
        absl::StrCat("use w + r > ", q.n, ", or read = \"quorum\""));
  }
}

void CheckReadLevel(const Scenario& s, Findings* findings) {
  const Read read = s.workload.levels.read.kind;
  const Model model = s.replication.model;
  constexpr Slice kPath = "workload.levels.read";
  const std::string has_no =
      absl::StrCat("model \"", NameOf(model), "\" has no such reads: ");
  if (read == Read::kQuorum && model != Model::kQuorum) {
    findings->Error(kPath, has_no + "\"quorum\" merges the answers of r owners",
                    "use \"strong\"");
  } else if (model == Model::kQuorum &&
             (read == Read::kLeader || read == Read::kLease)) {
    findings->Error(kPath, has_no + "it has no leader",
                    "use \"local\", \"session\", \"quorum\" or \"strong\"");
  } else if (model == Model::kSingle &&
             (read == Read::kLease || read == Read::kBounded)) {
    findings->Error(kPath, has_no + "one node is never behind itself",
                    "use \"local\" or \"strong\"");
  } else if (model == Model::kPrimaryBackup && read == Read::kLease) {
    CheckPrimaryLease(s, findings);
  } else if (model == Model::kQuorum && read == Read::kBounded) {
    findings->Error(kPath, has_no + "nothing bounds how late an owner is",
                    "use \"quorum\" or \"strong\"");
  } else if (model == Model::kQuorum && read == Read::kStrong) {
    CheckStrongQuorum(s, findings);
  }
}

void CheckScript(const Scenario& s, Findings* findings) {
  const WorkloadSpec& w = s.workload;
  std::set<std::uint64_t> ids;
  for (std::size_t i = 0; i < w.script.size(); ++i) {
    const ScriptedOp& op = w.script[i];
    const std::string path = absl::StrCat("workload.script.", i);
    if (!ids.insert(op.id).second) {
      findings->Error(path + ".id",
                      absl::StrCat("two operations have the id ", op.id),
                      "give every operation its own: values are told apart by "
                      "it");
    }
    if (op.client > w.clients) {
      findings->Error(path + ".client",
                      absl::StrCat("there is no client ", op.client),
                      absl::StrCat("this workload has 1 to ", w.clients,
                                   "; raise workload.clients"));
    }
    if (op.key >= w.keys.count) {
      findings->Error(path + ".key", absl::StrCat("there is no key ", op.key),
                      absl::StrCat("keys are 0 to ", w.keys.count - 1,
                                   "; raise workload.keys.count"));
    }
    if (op.kind == ScriptKind::kCas && s.replication.model == Model::kQuorum) {
      findings->Error(path + ".do", "the quorum model has no compare-and-set",
                      "use put, or choose raft or primary_backup");
    }
  }
  if (!w.script.empty() && w.operations) {
    findings->Error("workload.operations",
                    "a script says itself how many operations there are",
                    "drop `operations` or the script");
  }
}

void CheckExpectedViolation(const Scenario& s, Findings* findings) {
  const ExpectSpec& e = s.expect;
  constexpr Slice kPath = "expect.violation";
  if (!e.violation) {
    return;
  }
  if (s.regression) {
    findings->Error(
        kPath,
        "a regression file says what must not come back; it cannot also "
        "expect a violation",
        "keep [regression] in files of fixed bugs, `violation` in the "
        "gallery");
  }
  if (*e.violation == "safety/lost-ack" && e.lost_acks == 0) {
    findings->Error("expect.lost_acks",
                    "lost_acks = 0 contradicts violation = "
                    "\"safety/lost-ack\"",
                    "keep the one that is meant");
  }
  if (*e.violation == "safety/non-linearizable" &&
      e.consistency == Consistency::kLinearizable) {
    findings->Error("expect.consistency",
                    "consistency = \"linearizable\" contradicts violation = "
                    "\"safety/non-linearizable\"",
                    "keep the one that is meant");
  }
}

void CheckBounds(const Scenario& s, Findings* findings) {
  const ExpectSpec& e = s.expect;
  if (e.converges && *e.converges > s.run.settle) {
    findings->Error(
        "expect.converges",
        absl::StrCat("the run settles for ",
                     FormatQuantity(s.run.settle, Dimension::kDuration),
                     " only; convergence after ",
                     FormatQuantity(*e.converges, Dimension::kDuration),
                     " is never seen"),
        "raise run.settle, or lower converges");
  }
  if (e.availability.min && e.availability.window > s.run.length) {
    findings->Error("expect.availability.window",
                    "the window is longer than the run",
                    "shorten it below run.length");
  }
  if (e.latency.p50 && e.latency.p99 && *e.latency.p50 > *e.latency.p99) {
    findings->Error("expect.latency.p50", "the median is above the p99",
                    "p50 cannot exceed p99");
  }
  if (e.latency.p99 && e.latency.max && *e.latency.p99 > *e.latency.max) {
    findings->Error("expect.latency.p99", "the p99 is above the maximum",
                    "p99 cannot exceed max");
  }
}

}  // namespace

void CheckWorkload(const Scenario& s, Findings* findings) {
  const WorkloadSpec& w = s.workload;
  const MixSpec& mix = w.mix;
  if (std::uint64_t{mix.get} + mix.put + mix.del + mix.cas == 0) {
    findings->Error("workload.mix", "this mix draws no operation",
                    "give at least one weight above 0");
  }
  if (s.replication.model == Model::kQuorum && mix.cas > 0) {
    findings->Error(
        "workload.mix.cas",
        "the quorum model has no compare-and-set: that takes consensus per "
        "key",
        "set cas = 0, or choose raft or primary_backup");
  }
  if (w.timeout > s.run.length && findings->IsWritten("workload.timeout")) {
    findings->Warning("workload.timeout",
                      "operations may not time out within the run",
                      "keep timeout below run.length");
  }
  CheckScript(s, findings);
  CheckWriteLevel(s, findings);
  CheckReadLevel(s, findings);
}

void CheckWorld(const Scenario& s, Findings* findings) {
  for (std::size_t i = 0; i < s.network.links.size(); ++i) {
    const LinkSpec& link = s.network.links[i];
    const std::string path = absl::StrCat("network.links.", i);
    for (const auto& [key, targets] :
         {std::pair("between", &link.between), std::pair("from", &link.from),
          std::pair("to", &link.to)}) {
      for (std::size_t j = 0; j < targets->size(); ++j) {
        const Target& target = (*targets)[j];
        const std::string at = absl::StrCat(path, ".", key, ".", j);
        if (CheckTarget(s, target, at, findings) &&
            target.kind == Target::Kind::kRole && target.role != Role::kAll &&
            target.role != Role::kClients && target.role != Role::kConfig) {
          findings->Error(
              at,
              absl::StrCat("a link cannot be of role \"", NameOf(target.role),
                           "\": roles move, wires do not"),
              "name nodes, zones, \"all\", \"clients\" or "
              "\"config\"; faults take roles");
        }
      }
    }
  }
  if (s.network.quality.reorder > 0 && s.network.order == MessageOrder::kFifo &&
      findings->IsWritten("network.reorder")) {
    findings->Warning("network.reorder",
                      "order = \"fifo\" keeps messages in order; `reorder` "
                      "does nothing",
                      "set order = \"any\"");
  }
}

void CheckExpectations(const Scenario& s, Findings* findings) {
  CheckExpectedViolation(s, findings);
  CheckBounds(s, findings);
}

}  // namespace wringer::sim
