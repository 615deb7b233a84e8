#include "sim/oracle/lease_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void LeaseOracle::AfterEvent(const EventRecord& event) {
  if (!IsReplica(event.node)) return;
  if (look_(event.node) <= 0) {
    holders_.erase(event.node);
    return;
  }
  ++checked_;
  holders_.insert(event.node);
  if (holders_.size() < 2) return;
  for (auto it = holders_.begin(); it != holders_.end();) {
    const NodeId other = *it;
    if (other == event.node) {
      ++it;
      continue;
    }
    const Nanos left = look_(other);
    if (left <= 0) {
      it = holders_.erase(it);
      continue;
    }
    log_->Add(
        event.node, "lease",
        absl::StrCat("holds a lease while ", NodeName(other),
                     " has one for another ", left / kMicrosecond, " us"));
    ++it;
  }
}

}  // namespace wringer::sim
