#include "sim/oracle/lease_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void LeaseOracle::OnView(const node::ViewInstalled& installed) {
  const replication::ClusterView& view = *installed.view;
  if (view.epoch <= newest_) return;
  newest_ = view.epoch;
  if (view.primary == kNoNode) return;
  for (const NodeId holder : holders_) {
    const Nanos left = holder == view.primary ? 0 : look_(holder);
    if (left <= 0) continue;
    log_->Add(installed.node, "lease",
              absl::StrCat("appointed ", NodeName(view.primary), " while ",
                           NodeName(holder), " has a lease for another ",
                           left / kMicrosecond, " us"));
  }
}

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
