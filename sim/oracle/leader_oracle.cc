#include "sim/oracle/leader_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void LeaderOracle::OnRole(const node::RoleChanged& role) {
  if (role.role != replication::Role::kLeader) return;
  if (promises_.one_leader) {
    const auto [it, first] = leaders_.emplace(role.term, role.node);
    if (!first && it->second != role.node) {
      log_->Add(role.node, "one-leader",
                absl::StrCat("leads in ", role.term.value(), ", as ",
                             NodeName(it->second), " did"));
    }
  }
  // A leader has its term on disk before it acts in it.
  Term& greatest = terms_[role.node];
  if (role.term < greatest) {
    log_->Add(role.node, "fence",
              absl::StrCat("leads in ", role.term.value(),
                           " after it had led in ", greatest.value()));
  }
  greatest = std::max(greatest, role.term);
}

void LeaderOracle::OnDeath(const DeathNotice& death) {
  if (death.disk_wiped || (death.power_lost && !promises_.synced)) {
    terms_.erase(death.node);
  }
}

}  // namespace wringer::sim
