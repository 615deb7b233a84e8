#include "engine/replication/replicator.h"

namespace wringer::replication {

void Ready::Clear() {
  truncate_after.reset();
  append.clear();
  meta.reset();
  merges.clear();
  sends.clear();
  replies.clear();
  after_apply.clear();
  commit = LogIndex{};
  reads.clear();
  verdicts.clear();
  timers.clear();
  fetches.clear();
  store_reads.clear();
  store_scans.clear();
  snapshot_reads.clear();
  snapshot_writes.clear();
  drop_prefix.reset();
  propose_config.reset();
}

bool Ready::empty() const {
  const bool durable_part = truncate_after.has_value() || !append.empty() ||
                            meta.has_value() || !merges.empty();
  if (durable_part) return false;
  const bool answers = !sends.empty() || !replies.empty() ||
                       !after_apply.empty() || !reads.empty() ||
                       !verdicts.empty();
  if (answers || commit.value() != 0) return false;
  const bool requests = !timers.empty() || !fetches.empty() ||
                        !store_reads.empty() || !store_scans.empty() ||
                        !snapshot_reads.empty() || !snapshot_writes.empty();
  return !requests && !drop_prefix.has_value() && !propose_config.has_value();
}

const char* RoleName(Role role) {
  switch (role) {
    case Role::kStarting:
      return "starting";
    case Role::kFollower:
      return "follower";
    case Role::kCandidate:
      return "candidate";
    case Role::kLeader:
      return "leader";
    case Role::kLearner:
      return "learner";
    case Role::kPeer:
      return "peer";
  }
  return "?";
}

}  // namespace wringer::replication
