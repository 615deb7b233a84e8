#include "sim/oracle/leaderless/hint_oracle.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

using replication::StoreSpace;
using replication::Version;
using wire::WriteLevelKind;

HintOracle::Life& HintOracle::LifeOf(NodeId node) {
  if (node.value() >= lives_.size()) lives_.resize(node.value() + 1);
  return lives_[node.value()];
}

bool HintOracle::EverHeld(NodeId node, Slice key,
                          const Version& version) const {
  const auto at = ever_.find(Place(node, std::string(key)));
  return at != ever_.end() && at->second >= version;
}

void HintOracle::OnStoreChanged(const node::StoreChanged& change) {
  if (change.space == StoreSpace::kHint) return OnHint(change);
  if (change.held == nullptr) return;
  Version& ever = ever_[Place(change.node, std::string(change.key))];
  ever = std::max(ever, change.held->version);
}

void HintOracle::OnHint(const node::StoreChanged& change) {
  const std::pair place(change.node,
                        Place(change.owner, std::string(change.key)));
  if (change.held != nullptr) {
    Hint& hint = hints_[place];
    if (hint.version != change.held->version) {
      hint = {change.held->version, world_->now()};
    }
    return;
  }
  const auto at = hints_.find(place);
  if (at == hints_.end()) return;
  const Hint hint = at->second;
  hints_.erase(at);
  if (EverHeld(change.owner, change.key, hint.version)) return;
  if (world_->now() - hint.since >= promises_.hint_ttl / 2) return;
  log_->Add(
      change.node, "hint",
      absl::StrCat("dropped its hint for ", NodeName(change.owner),
                   ", which never held that version of \"", change.key, "\""));
}

std::size_t HintOracle::Need(const node::WriteAnswered& answer) const {
  const wire::WriteLevel& level =
      answer.given.kind == WriteLevelKind::kAny ? answer.asked : answer.given;
  switch (level.kind) {
    case WriteLevelKind::kAll:
      return promises_.n;
    case WriteLevelKind::kCopies:
      return level.copies;
    case WriteLevelKind::kQuorum:
    case WriteLevelKind::kOs:
      return promises_.w;
    default:
      return 1;
  }
}

void HintOracle::OnWriteAnswered(const node::WriteAnswered& answer) {
  ++checked_;
  const bool any = answer.given.kind == WriteLevelKind::kAny;
  if (any && answer.asked.kind != WriteLevelKind::kAny &&
      !promises_.hints_count) {
    log_->Add(answer.node, "hint",
              absl::StrCat("counted hints for a write of \"", answer.key,
                           "\" whose level asks for owners"));
    return;
  }
  std::size_t copies = 0;
  for (const NodeId owner : mirror_->Owners(answer.key)) {
    const bool hinted =
        any && hints_.contains({answer.node, Place(owner, answer.key)});
    if (hinted || EverHeld(owner, answer.key, answer.version)) ++copies;
  }
  const std::size_t need = Need(answer);
  if (copies >= need) return;
  log_->Add(answer.node, "hint",
            absl::StrCat("acknowledged a write of \"", answer.key, "\" that ",
                         copies, " of ", need, " replicas had durably"));
}

void HintOracle::OnDeath(const DeathNotice& death) {
  Life& life = LifeOf(death.node);
  life.before = mirror_->ItemsOf(death.node);
  life.died = true;
  life.damaged |= death.disk_wiped || (death.power_lost && !promises_.synced);
  // A wiped disk takes hints along; others are told of again.
  if (!life.damaged) return;
  for (auto it = hints_.begin(); it != hints_.end();) {
    it = it->first.first == death.node ? hints_.erase(it) : std::next(it);
  }
}

void HintOracle::OnServing(const node::NodeView& view) {
  Life& life = LifeOf(view.id);
  const bool held = life.died && !life.damaged;
  for (const auto& [key, before] : life.before) {
    if (!held) break;
    const StoreMirror::Held* now = mirror_->Find(view.id, key);
    // A tombstone may have been collected just then.
    if (now == nullptr && before.tombstone) continue;
    if (now != nullptr && now->version >= before.version) continue;
    log_->Add(view.id, "store",
              absl::StrCat("came back without the version of \"", key,
                           "\" that was durable before"));
    break;
  }
  life = Life();
}

}  // namespace wringer::sim
