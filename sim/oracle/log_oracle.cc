#include "sim/oracle/log_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"

namespace wringer::sim {

void LogOracle::OnAppended(const node::EntriesAppended& appended) {
  if (!holds_) return;
  Term before = appended.before;
  for (const replication::LogEntry& entry : *appended.entries) {
    Check(appended.node, entry, before);
    before = entry.term;
  }
}

void LogOracle::OnDeath(const DeathNotice& death) {
  for (auto& seen : seen_) {
    const auto gone = [&](const Seen& s) {
      return s.node == death.node && !s.shared;
    };
    seen.erase(std::remove_if(seen.begin(), seen.end(), gone), seen.end());
  }
}

void LogOracle::Check(NodeId node, const replication::LogEntry& entry,
                      Term before) {
  WR_CHECK(entry.index.value() > 0);
  ++checked_;
  const auto place = std::size_t{entry.index.value() - 1};
  if (place >= seen_.size()) seen_.resize(place + 1);
  const std::uint64_t hash = Hash64(entry.payload, std::uint64_t(entry.kind));
  for (Seen& seen : seen_[place]) {
    if (seen.term != entry.term) continue;
    const auto text = [&](Slice what) {
      return absl::StrCat("took entry ", entry.term.value(), "/",
                          entry.index.value(), " with other ", what, " than ",
                          NodeName(seen.node), " did");
    };
    if (seen.hash != hash) {
      log_->Add(node, "log-matching", text("contents"), entry.index);
    } else if (seen.before != Term() && before != Term() &&
               seen.before != before) {
      log_->Add(node, "log-matching", text("history before it"), entry.index);
    }
    if (seen.before == Term()) seen.before = before;
    seen.shared |= seen.node != node;
    return;
  }
  seen_[place].push_back(
      {.term = entry.term, .before = before, .hash = hash, .node = node});
}

}  // namespace wringer::sim
