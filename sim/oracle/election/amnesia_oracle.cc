#include "sim/oracle/election/amnesia_oracle.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

}  // namespace

void AmnesiaOracle::OnAppended(const node::EntriesAppended& appended) {
  if (!holds_) return;
  Memory& memory = now_[appended.node];
  for (const replication::LogEntry& entry : *appended.entries) {
    if (memory.log.Append(entry.position())) continue;
    // A newer leader replaced what none had committed.
    memory.promised = std::min(memory.promised, entry.index.prev());
  }
}

void AmnesiaOracle::OnInstalled(const node::SnapshotInstalledAt& installed) {
  if (!holds_) return;
  Memory& memory = now_[installed.node];
  memory.log.Restart(installed.position);
  memory.promised = installed.position.index;
}

void AmnesiaOracle::OnPromise(const node::PromiseSent& sent) {
  if (!holds_ || sent.promise->log == LogPosition()) return;
  LogIndex& promised = now_[sent.node].promised;
  promised = std::max(promised, sent.promise->log.index);
}

void AmnesiaOracle::OnApplied(const node::EntryApplied& applied) {
  const LogIndex last = committed_.last().index;
  if (applied.position.index <= last) return;
  if (applied.position.index != last.next()) committed_.Restart({});
  committed_.Append(applied.position);
}

void AmnesiaOracle::OnDeath(const DeathNotice& death) {
  if (!death.disk_wiped) return;
  const auto it = now_.find(death.node);
  if (it == now_.end()) return;
  Memory& memory = it->second;
  memory.log.TruncateAfter(memory.promised);
  if (memory.promised > LogIndex()) {
    lost_[death.node].push_back(std::move(memory.log));
  }
  now_.erase(it);
}

void AmnesiaOracle::AfterEvent(const EventRecord& event) {
  const auto it = lost_.find(event.node);
  if (it == lost_.end()) return;
  const std::optional<LogPosition> from = votes_from_(event.node);
  if (!from) return;
  ++checked_;
  std::erase_if(it->second, [&](const TermRuns& acknowledged) {
    const LogPosition owed = acknowledged.Common(committed_);
    if (*from < owed) {
      log_->Add(event.node, "amnesia",
                absl::StrCat("votes for any log from ", Text(*from),
                             " on; before it lost its disk it had "
                             "acknowledged ",
                             Text(owed), ", which is committed"),
                owed.index);
      return true;
    }
    // Nothing more of it will be committed.
    return committed_.last().index >= acknowledged.last().index;
  });
  if (it->second.empty()) lost_.erase(it);
}

}  // namespace wringer::sim
