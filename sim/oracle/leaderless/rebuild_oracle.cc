#include "sim/oracle/leaderless/rebuild_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

bool RebuildOracle::Rebuilds(NodeId node, Slice key,
                             const replication::Version& version) {
  std::size_t copies = 0;
  for (const NodeId owner : mirror_->Owners(key)) {
    const StoreMirror::Held* held = mirror_->Find(owner, key);
    const bool has = held != nullptr && held->version >= version;
    if (owner != node && has) ++copies;
  }
  return copies >= std::max<std::size_t>(1, w_ - 1);
}

void RebuildOracle::OnDeath(const DeathNotice& death) {
  if (!death.disk_wiped || !synced_) return;
  // Wiped before it was rebuilt, it still owes what it owed.
  if (death.node != debtor_) owed_.clear();
  debtor_ = death.node;
  for (const auto& [key, held] : mirror_->ItemsOf(death.node)) {
    if (held.tombstone || !Rebuilds(death.node, key, held.version)) continue;
    owed_[key] = held;
  }
}

void RebuildOracle::OnStoreRead(const node::StoreRead& read) {
  if (read.node != debtor_) return;
  const auto at = owed_.find(read.key);
  if (at == owed_.end()) return;
  ++checked_;
  const replication::Version& owed = at->second.version;
  if (read.held != nullptr && read.held->version >= owed) return;
  // A tombstone that was collected everywhere took it along.
  if (!Rebuilds(read.node, read.key, owed)) return;
  log_->Add(read.node, "rebuild",
            absl::StrCat("answers a read of \"", read.key, "\" with ",
                         read.held == nullptr ? "nothing" : "an older version",
                         ", though it held more before it lost its disk, and "
                         "enough others still do"));
}

}  // namespace wringer::sim
