#include "sim/oracle/commit_oracle.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

// A snapshot that covers it holds it, too.
bool Holds(const replication::LogView& log, const LogPosition& position) {
  return position.index <= log.base().index || log.Holds(position);
}

}  // namespace

void CommitOracle::AfterEvent(const EventRecord& event) {
  if (!holds_) return;
  if (!std::binary_search(nodes_.begin(), nodes_.end(), event.node)) return;
  const replication::Status* const status = status_of_(event.node);
  if (status != nullptr && status->commit > committed_.index) {
    const replication::LogView& log = *look_(event.node).election.log;
    committed_ = {log.TermAt(status->commit), status->commit};
    committed_by_ = event.node;
    changed_ = true;
  }
  if (changed_ && committed_ != LogPosition()) Check();
  changed_ = false;
}

void CommitOracle::Check() {
  ++checked_;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    electors_[i] = look_(nodes_[i]);
  }
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Elector& candidate = electors_[i];
    if (candidate.status == nullptr || !candidate.election.may_lead) continue;
    const replication::LogView& log = *candidate.election.log;
    if (Holds(log, committed_)) continue;
    const NodeId node = nodes_[i];
    if (!Wins(node, candidate)) continue;
    log_->Add(node, "commit",
              absl::StrCat("could be elected by ", Electorate(node, log.last()),
                           " with a log that ends at ", Text(log.last()),
                           " and lacks ", Text(committed_), ", which ",
                           NodeName(committed_by_), " committed"),
              committed_.index);
  }
}

bool CommitOracle::VotesFor(NodeId candidate, NodeId voter,
                            const LogPosition& last) const {
  if (voter == candidate) return true;
  const auto found = std::lower_bound(nodes_.begin(), nodes_.end(), voter);
  if (found == nodes_.end() || *found != voter) return false;
  const auto place = static_cast<std::size_t>(found - nodes_.begin());
  const auto& floor = electors_[place].election.votes_from;
  return floor.has_value() && *floor <= last;
}

bool CommitOracle::Wins(NodeId candidate, const Elector& standing) const {
  const replication::Status& status = *standing.status;
  const LogPosition last = standing.election.log->last();
  for (const auto* set : {&status.voters, &status.voters_next}) {
    const auto won = static_cast<std::size_t>(std::count_if(
        set->begin(), set->end(),
        [&](NodeId node) { return VotesFor(candidate, node, last); }));
    if (!set->empty() && won < set->size() / 2 + 1) return false;
  }
  return true;
}

std::string CommitOracle::Electorate(NodeId candidate,
                                     const LogPosition& last) const {
  std::string names;
  for (const NodeId node : nodes_) {
    if (!VotesFor(candidate, node, last)) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", NodeName(node));
  }
  return names;
}

}  // namespace wringer::sim
