// A Raft group's membership as data: who votes, who only listens.
#ifndef WR_ENGINE_REPLICATION_RAFT_MEMBERSHIP_H_
#define WR_ENGINE_REPLICATION_RAFT_MEMBERSHIP_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/quorum.h"

namespace wringer::replication::raft {

struct Membership {
  VoterSets voters;
  std::vector<NodeId> learners;  // ascending; hold data, decide nothing
  // Learners that were demoted because they had lost their disk, with the
  // mark of the life that asked for it (see Raft rule 7).
  std::map<NodeId, std::uint64_t> demoted;

  // Everyone who receives the log: voters of both sets and learners.
  std::vector<NodeId> All() const;
  bool operator==(const Membership&) const = default;
};

void EncodeMembership(const Membership& membership, std::string* out);
// kInvalidArgument unless the sets are ascending and some node votes.
absl::Status DecodeMembership(Slice bytes, Membership* membership);

// The memberships that a log implies: one by entry that changes it. A change is
// in force as soon as it is appended (dissertation, section 4.1), and leaves
// with its entry.
class MembershipLog {
 public:
  MembershipLog() = default;
  MembershipLog(const MembershipLog&) = delete;
  MembershipLog& operator=(const MembershipLog&) = delete;

  void Reset(LogIndex at, Membership membership);
  // REQUIRES: index > the last change's.
  void Append(LogIndex index, Membership membership);
  void TruncateAfter(LogIndex after);
  // Forgets what no entry after `base` can need.
  void DropPrefix(LogIndex base);

  const Membership& current() const { return last_->second; }
  LogIndex current_index() const { return last_->first; }
  // Another number whenever current() is another.
  std::uint64_t version() const { return version_; }
  // As of `index`.
  const Membership& At(LogIndex index) const;
  const std::map<LogIndex, Membership>& changes() const { return changes_; }

 private:
  using Changes = std::map<LogIndex, Membership>;

  void Changed();

  Changes changes_;  // never empty after Reset
  Changes::const_iterator last_;
  std::uint64_t version_ = 0;
};

}  // namespace wringer::replication::raft

#endif  // WR_ENGINE_REPLICATION_RAFT_MEMBERSHIP_H_
