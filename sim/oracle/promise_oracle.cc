#include "sim/oracle/promise_oracle.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

}  // namespace

PromiseOracle::Ledger& PromiseOracle::LedgerOf(NodeId node) {
  if (node.value() >= ledgers_.size()) ledgers_.resize(node.value() + 1);
  return ledgers_[node.value()];
}

PromiseOracle::Ledger* PromiseOracle::FindLedger(NodeId node) {
  return node.value() < ledgers_.size() ? &ledgers_[node.value()] : nullptr;
}

void PromiseOracle::OnPromise(const node::PromiseSent& sent) {
  const replication::Promise& promise = *sent.promise;
  const LogIndex log = std::max(promise.log.index, promise.written.index);
  if (log == LogIndex() && promise.meta == MetaVersion()) return;
  Ledger& ledger = LedgerOf(sent.node);
  ledger.written = std::max(ledger.written, promise.written);
  ledger.log = std::max(ledger.log, promise.log);
  ledger.meta = std::max(ledger.meta, promise.meta);
  ++checked_;
  ++ledger.promises;
  if (ledger.fresh) return;
  ledger.fresh = true;
  fresh_.push_back(sent.node);
}

void PromiseOracle::OnRole(const node::RoleChanged& change) {
  LedgerOf(change.node).term = change.term;
}

void PromiseOracle::CheckFresh() {
  for (const NodeId node : fresh_) {
    Ledger& ledger = LedgerOf(node);
    ledger.fresh = false;
    const std::optional<node::NodeView> view = look_(node);
    if (!view) continue;
    ledger.vouched = view->log_vouched;
    ReleaseReplaced(*view, &ledger);
    CheckInstant(node, ledger, *view);
    const bool due = ledger.promises >= ledger.next_shadow &&
                     ledger.next_shadow <= kLastShadow;
    if (due) ledger.next_shadow *= kShadowGrowth;
    if (due || ledger.suspect > 0) CheckShadow(node, &ledger);
    if (ledger.suspect > 0) --ledger.suspect;
  }
  fresh_.clear();
}

void PromiseOracle::NoticeReplaced(NodeId node) {
  Ledger* const ledger = FindLedger(node);
  if (ledger == nullptr) return;
  if (ledger->log.index == LogIndex() && ledger->written.index == LogIndex()) {
    return;
  }
  const auto outlived = [ledger](const LogPosition& promised) {
    return promised != LogPosition() && ledger->term > promised.term;
  };
  if (!outlived(ledger->log) && !outlived(ledger->written)) return;
  const std::optional<node::NodeView> view = look_(node);
  if (!view || view->state != node::NodeState::kServing) return;
  ReleaseReplaced(*view, ledger);
}

// A newer leadership may replace what an older one never committed; within one
// leadership nothing that was promised may go.
void PromiseOracle::ReleaseReplaced(const node::NodeView& view,
                                    Ledger* ledger) {
  if (view.replication == nullptr) return;
  if (view.replication->term > ledger->written.term) {
    // A log that ends with another leadership has replaced some of it, or may
    // have: by entries that need not be in the page cache yet.
    const bool kept = view.log_last.term == ledger->written.term;
    ledger->written =
        kept ? std::min(ledger->written, view.log_last) : LogPosition{};
  }
  if (view.replication->term <= ledger->log.term) return;
  const bool replaced = view.durable.log.term > ledger->log.term &&
                        view.durable.log.index <= ledger->log.index;
  // How much of it is left under what replaced the rest, the view does not say.
  const LogPosition left = replaced ? LogPosition{} : view.durable.log;
  ledger->log = std::min({ledger->log, view.log_last, left});
}

void PromiseOracle::CheckInstant(NodeId node, const Ledger& ledger,
                                 const node::NodeView& view) {
  // What a durable checkpoint or snapshot covers is kept without the log.
  const LogIndex kept = std::max(view.durable.log.index, view.log_base.index);
  if (ledger.log.index > kept) {
    log_->Add(
        node, "promise",
        absl::StrCat("promised the log up to ", Text(ledger.log),
                     " while only ", Text(view.durable.log), " was durable"),
        ledger.log.index);
  }
  if (ledger.meta > view.durable.meta) {
    log_->Add(node, "promise",
              absl::StrCat("promised hard state ", ledger.meta.value(),
                           " while only ", view.durable.meta.value(),
                           " was durable"));
  }
}

void PromiseOracle::CheckShadow(NodeId node, Ledger* ledger) {
  if (!shadow_ || !promises_.synced || ledger->damaged) return;
  ++shadows_;
  const std::string missing = shadow_(node, ledger->log, ledger->meta);
  if (missing.empty()) return;
  log_->Add(
      node, "promise",
      absl::StrCat("promised what its durable image does not hold: ", missing),
      ledger->log.index);
}

void PromiseOracle::OnServing(const node::NodeView& view) {
  Ledger* const found_ledger = FindLedger(view.id);
  if (found_ledger == nullptr) return;
  Ledger& ledger = *found_ledger;
  const bool held = !ledger.damaged && (promises_.synced || !ledger.power_lost);
  // Recovery may already have appended: what it found is at most this.
  const LogPosition found = std::max(view.log_last, view.log_base);
  if (held && found < ledger.log) {
    log_->Add(view.id, "promise",
              absl::StrCat("promised the log up to ", Text(ledger.log),
                           " and came back with ", Text(found)),
              ledger.log.index);
  }
  // A damaged disk may have lost what it held, but somebody has to say so.
  // What nothing vouched for looks like a torn tail, which without syncs is
  // all.
  const bool owns_up = view.replication != nullptr && view.replication->forgot;
  const LogPosition owed = std::min(ledger.log, ledger.vouched);
  if (ledger.damaged && promises_.synced && !owns_up && found < owed) {
    log_->Add(view.id, "promise",
              absl::StrCat("promised the log up to ", Text(owed),
                           ", came back from a damaged disk with ", Text(found),
                           " and does not know"),
              owed.index);
  }
  if (!ledger.damaged && !ledger.power_lost && found < ledger.written) {
    log_->Add(
        view.id, "promise",
        absl::StrCat("promised to have written the log up to ",
                     Text(ledger.written), " and came back with ", Text(found)),
        ledger.written.index);
  }
  if (held && view.durable.meta < ledger.meta) {
    log_->Add(view.id, "promise",
              absl::StrCat("promised hard state ", ledger.meta.value(),
                           " and came back with ", view.durable.meta.value()));
  }
  // Damaged entries are in what was found, and may be cut off yet.
  const LogPosition left = ledger.damaged ? LogPosition{} : found;
  ledger.log = std::min(ledger.log, left);
  ledger.written = std::min(ledger.written, left);
  ledger.meta = std::min(ledger.meta, view.durable.meta);
  // What a bad recovery breaks shows with the first words after it.
  if (ledger.power_lost) ledger.suspect = std::max(ledger.suspect, 1u);
  ledger.power_lost = false;
  ledger.damaged = false;
}

// A page cache that failed its disk keeps nothing it has promised.
void PromiseOracle::OnHalted(const node::NodeHalted& halted) {
  LedgerOf(halted.node).written = {};
}

void PromiseOracle::OnDeath(const DeathNotice& death) {
  if (death.disk_wiped) {
    LedgerOf(death.node) = Ledger();
    return;
  }
  Ledger* const ledger = FindLedger(death.node);
  if (ledger != nullptr) ledger->power_lost |= death.power_lost;
}

void PromiseOracle::OnDiskDamaged(NodeId node) {
  Ledger& ledger = LedgerOf(node);
  // Two bad sectors may take a record and what vouches for it.
  if (ledger.damaged) ledger.vouched = {};
  ledger.damaged = true;
}

}  // namespace wringer::sim
