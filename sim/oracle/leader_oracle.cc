#include "sim/oracle/leader_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void LeaderOracle::OnRole(const node::RoleChanged& role) {
  Replica& replica = Of(role.node);
  replica.leads = role.role == replication::Role::kLeader;
  if (!replica.leads) return;
  if (promises_.one_leader) {
    const auto [it, first] = leaders_.emplace(role.term, role.node);
    if (!first && it->second != role.node) {
      log_->Add(role.node, "one-leader",
                absl::StrCat("leads in ", role.term.value(), ", as ",
                             NodeName(it->second), " did"));
    }
  }
  if (role.term < replica.greatest) {
    log_->Add(role.node, "fence",
              absl::StrCat("leads in ", role.term.value(),
                           " after it had led in ", replica.greatest.value()));
  }
  replica.term = role.term;
  replica.meta = role.meta;
  // A term that was voted for, or granted, is on disk before anybody leads in
  // it. One that was merely taken is so before the first word said in it.
  if (promises_.one_leader) {
    replica.greatest = std::max(replica.greatest, role.term);
  }
}

void LeaderOracle::OnPromise(const node::PromiseSent& sent) {
  Replica& replica = Of(sent.node);
  if (!replica.leads) return;
  // What it promised as a backup may be kept, and leave, only now.
  const replication::Promise& promise = *sent.promise;
  const bool as_leader = promise.meta >= replica.meta ||
                         promise.log.term == replica.term ||
                         promise.written.term == replica.term;
  if (as_leader) replica.greatest = std::max(replica.greatest, replica.term);
}

void LeaderOracle::OnDeath(const DeathNotice& death) {
  Replica& replica = Of(death.node);
  replica.leads = false;
  if (death.disk_wiped || (death.power_lost && !promises_.synced)) {
    replica.greatest = Term();
  }
}

}  // namespace wringer::sim
