#include "sim/oracle/state_oracle.h"

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

}  // namespace

StateOracle::Slot& StateOracle::At(LogIndex index) {
  WR_CHECK(index.value() > 0);
  const auto i = std::size_t{index.value() - 1};
  if (i >= slots_.size()) slots_.resize(i + 1);
  return slots_[i];
}

void StateOracle::OnApplied(const node::EntryApplied& applied) {
  ++checked_;
  CheckCursor(applied);
  Slot& slot = At(applied.position.index);
  const bool known = slot.term != Term();
  const bool same = known && slot.term == applied.position.term &&
                    slot.payload_hash == applied.payload_hash;
  if (known && !same && (final_ || slot.term == applied.position.term)) {
    log_->Add(applied.node, "log",
              absl::StrCat("executed ", Text(applied.position), " where ",
                           NodeName(slot.node), " had executed ",
                           Text({slot.term, applied.position.index}),
                           " with other contents"),
              applied.position.index);
  }
  if (same && slot.state_digest != applied.state_digest) {
    log_->Add(
        applied.node, "state",
        absl::StrCat("after ", Text(applied.position),
                     " holds other data than ", NodeName(slot.node), " did"),
        applied.position.index);
  }
  if (!same) {
    slot = {.term = applied.position.term,
            .payload_hash = applied.payload_hash,
            .state_digest = applied.state_digest,
            .node = applied.node};
  }
}

void StateOracle::CheckCursor(const node::EntryApplied& applied) {
  const auto [it, first] = cursors_.emplace(applied.node, applied.position);
  if (first) return;
  const LogPosition before = it->second;
  it->second = applied.position;
  if (applied.position.index != before.index.next()) {
    log_->Add(applied.node, "fence",
              absl::StrCat("executed ", Text(applied.position), " after ",
                           Text(before)),
              applied.position.index);
  } else if (applied.position.term < before.term) {
    log_->Add(applied.node, "fence",
              absl::StrCat("executed ", Text(applied.position),
                           " of an older term after ", Text(before)),
              applied.position.index);
  }
}

void StateOracle::OnInstalled(const node::SnapshotInstalledAt& installed) {
  const auto cursor =
      cursors_.emplace(installed.node, installed.position).first;
  if (promises_.state_advances && installed.position < cursor->second) {
    log_->Add(installed.node, "state",
              absl::StrCat("installed a snapshot at ", Text(installed.position),
                           " and had executed ", Text(cursor->second)),
              installed.position.index);
  }
  cursor->second = installed.position;
  if (installed.position.index == LogIndex()) return;
  const Slot& slot = At(installed.position.index);
  if (slot.term == installed.position.term &&
      slot.state_digest != installed.state_digest) {
    log_->Add(installed.node, "state",
              absl::StrCat("installed a snapshot at ", Text(installed.position),
                           " that holds other data than ", NodeName(slot.node),
                           " did"),
              installed.position.index);
  }
}

}  // namespace wringer::sim
