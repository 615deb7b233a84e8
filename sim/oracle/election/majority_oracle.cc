#include "sim/oracle/election/majority_oracle.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void MajorityOracle::OnRole(const node::RoleChanged& role) {
  if (role.role != replication::Role::kLeader) {
    leaders_.erase(role.node);
    return;
  }
  // What it had committed before it was elected, others counted.
  const auto [it, fresh] = leaders_.try_emplace(role.node);
  const replication::Status* const status = status_of_(role.node);
  if (fresh && status != nullptr) it->second.commit = status->commit;
}

void MajorityOracle::AfterEvent(const EventRecord& event) {
  if (!holds_) return;
  const auto it = leaders_.find(event.node);
  if (it == leaders_.end()) return;
  const replication::Status* const status = status_of_(event.node);
  if (status == nullptr || status->commit <= it->second.commit) return;
  Check(event.node, *status, &it->second);
  it->second.commit = status->commit;
}

void MajorityOracle::Check(NodeId node, const replication::Status& status,
                           Leader* leader) {
  ++checked_;
  const LogIndex index = status.commit;
  Voters& voters = leader->voters;
  Voters before;
  if (voters.now.empty() || voters.version != status.voters_version) {
    before = std::exchange(
        voters, {status.voters_version, status.voters, status.voters_next});
  }
  const auto counted = [&] {
    return Majority(voters, index) || Majority(before, index);
  };
  logs_.LookAt(node);  // a leader promises itself nothing
  if (counted()) return;
  logs_.LookAround();
  if (counted()) return;
  std::string holders;
  for (const auto* set : {&voters.now, &voters.next}) {
    for (const NodeId voter : *set) {
      if (logs_.HeldBy(voter) < index) continue;
      absl::StrAppend(&holders, holders.empty() ? "" : ", ", NodeName(voter));
    }
  }
  log_->Add(
      node, "majority",
      absl::StrCat(
          "committed log entry ", index.value(),
          ", which no majority of its voters ever held: ", holders, " of ",
          voters.now.size(),
          voters.next.empty() ? "" : absl::StrCat(" and ", voters.next.size())),
      index);
}

bool MajorityOracle::Majority(const Voters& voters, LogIndex index) const {
  if (voters.now.empty()) return false;
  for (const auto* set : {&voters.now, &voters.next}) {
    const auto held = std::count_if(
        set->begin(), set->end(),
        [&](NodeId voter) { return logs_.HeldBy(voter) >= index; });
    if (!set->empty() && std::size_t(held) < set->size() / 2 + 1) return false;
  }
  return true;
}

}  // namespace wringer::sim
