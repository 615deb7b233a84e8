#include "sim/oracle/fence_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void FenceOracle::OnPromise(const node::PromiseSent& sent) {
  const LogPosition& at = sent.promise->log;
  if (!promises_.one_leader || !sent.is_reply || at.index == LogIndex()) return;
  const auto [it, first] = acknowledged_by_.emplace(at.term, sent.node);
  if (first || it->second == sent.node) return;
  log_->Add(sent.node, "fence",
            absl::StrCat("acknowledges a write of epoch ", at.term.value(),
                         " in which ", NodeName(it->second),
                         " has acknowledged others"),
            at.index);
}

void FenceOracle::OnRole(const node::RoleChanged& role) {
  Term& acting = acting_[role.node];
  if (role.term < acting) {
    log_->Add(role.node, "fence",
              absl::StrCat("acts in ", role.term.value(),
                           " after it had adopted ", acting.value()));
  }
  acting = role.term;
  if (role.role != replication::Role::kLeader || !promises_.one_leader) return;
  const auto it = granted_.find(role.term);
  if (it == granted_.end() || it->second == role.node) return;
  log_->Add(role.node, "grant",
            absl::StrCat("leads in epoch ", role.term.value(),
                         ", which was granted to ", NodeName(it->second)));
}

void FenceOracle::OnView(const node::ViewInstalled& installed) {
  granted_.emplace(Term(installed.view->epoch.value()),
                   installed.view->primary);
}

}  // namespace wringer::sim
