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
  if (!holds_ || !members_.contains(event.node)) return;
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
  std::vector<Elector> electors;
  for (const NodeId node : nodes_) electors.push_back(look_(node));
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const Elector& candidate = electors[i];
    if (candidate.status == nullptr || !candidate.election.may_lead) continue;
    const replication::LogView& log = *candidate.election.log;
    if (Holds(log, committed_)) continue;
    const NodeId node = nodes_[i];
    const std::string voters = Electorate(node, electors);
    if (voters.empty()) continue;
    log_->Add(node, "commit",
              absl::StrCat("could be elected by ", voters,
                           " with a log that ends at ", Text(log.last()),
                           " and lacks ", Text(committed_), ", which ",
                           NodeName(committed_by_), " committed"),
              committed_.index);
  }
}

std::string CommitOracle::Electorate(
    NodeId candidate, const std::vector<Elector>& electors) const {
  const auto place = [this](NodeId node) {
    return static_cast<std::size_t>(
        std::lower_bound(nodes_.begin(), nodes_.end(), node) - nodes_.begin());
  };
  const Elector& standing = electors[place(candidate)];
  const LogPosition last = standing.election.log->last();
  std::set<NodeId> votes;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto& floor = electors[i].election.votes_from;
    const bool votes_for_it =
        nodes_[i] == candidate || (floor.has_value() && *floor <= last);
    if (votes_for_it) votes.insert(nodes_[i]);
  }
  const replication::Status& status = *standing.status;
  for (const auto* set : {&status.voters, &status.voters_next}) {
    const auto won = static_cast<std::size_t>(
        std::count_if(set->begin(), set->end(),
                      [&](NodeId node) { return votes.contains(node); }));
    if (!set->empty() && won < set->size() / 2 + 1) return "";
  }
  std::string names;
  for (const NodeId node : votes) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", NodeName(node));
  }
  return names;
}

}  // namespace wringer::sim
