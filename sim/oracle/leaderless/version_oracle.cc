#include "sim/oracle/leaderless/version_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void VersionOracle::OnStoreChanged(const node::StoreChanged& change) {
  if (change.held == nullptr) return;
  if (change.space != replication::StoreSpace::kData) return;
  Clock& clock = Of(change.node);
  clock.heard = std::max(clock.heard, change.held->version.time);
}

void VersionOracle::AfterEvent(const EventRecord& event) {
  if (!IsReplica(event.node)) return;
  const replication::Status* const status = look_(event.node);
  if (status == nullptr) return;
  Clock& clock = Of(event.node);
  if (status->numbered != clock.numbered) {
    ++checked_;
    clock.numbered = status->numbered;
    if (clock.numbered <= clock.known) {
      log_->Add(event.node, "version",
                absl::StrCat("numbered a write ", clock.known - clock.numbered,
                             " ns below what it knew of"));
    }
    clock.heard = std::max(clock.heard, clock.numbered);
  }
  clock.known = clock.heard;
}

void VersionOracle::OnDeath(const DeathNotice& death) {
  Clock& clock = Of(death.node);
  clock.numbered = 0;
  if (death.disk_wiped || (death.power_lost && !promises_.synced)) {
    clock = Clock();
  }
}

}  // namespace wringer::sim
