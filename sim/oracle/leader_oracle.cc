#include "sim/oracle/leader_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void LeaderOracle::OnRole(const node::RoleChanged& role) {
  if (role.role != replication::Role::kLeader) {
    leads_in_.erase(role.node);
    return;
  }
  if (promises_.one_leader) {
    const auto [it, first] = leaders_.emplace(role.term, role.node);
    if (!first && it->second != role.node) {
      log_->Add(role.node, "one-leader",
                absl::StrCat("leads in ", role.term.value(), ", as ",
                             NodeName(it->second), " did"));
    }
  }
  Term& greatest = terms_[role.node];
  if (role.term < greatest) {
    log_->Add(role.node, "fence",
              absl::StrCat("leads in ", role.term.value(),
                           " after it had led in ", greatest.value()));
  }
  leads_in_[role.node] = role.term;
  // A term that was voted for, or granted, is on disk before anybody leads in
  // it. One that was merely taken is so before the first word said in it.
  if (promises_.one_leader) greatest = std::max(greatest, role.term);
}

void LeaderOracle::OnPromise(const node::PromiseSent& sent) {
  const auto it = leads_in_.find(sent.node);
  if (it == leads_in_.end()) return;
  Term& greatest = terms_[sent.node];
  greatest = std::max(greatest, it->second);
}

void LeaderOracle::OnDeath(const DeathNotice& death) {
  leads_in_.erase(death.node);
  if (death.disk_wiped || (death.power_lost && !promises_.synced)) {
    terms_.erase(death.node);
  }
}

}  // namespace wringer::sim
