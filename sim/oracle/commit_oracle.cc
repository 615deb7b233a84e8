#include "sim/oracle/commit_oracle.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

// Who votes for whom is tried out, so few may be asked.
constexpr std::size_t kRivalsAmong = 10;

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
  CheckRivals();
}

void CommitOracle::CheckRivals() {
  if (nodes_.size() > kRivalsAmong) return;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    for (std::size_t j = i + 1; j < nodes_.size(); ++j) {
      if (!BothWin(i, j)) continue;
      log_->Add(nodes_[i], "quorum",
                absl::StrCat("and ", NodeName(nodes_[j]),
                             " could both be elected in one term: they count "
                             "different voters"));
    }
  }
}

bool CommitOracle::BothWin(std::size_t one, std::size_t other) const {
  const replication::Status* const a = electors_[one].status;
  const replication::Status* const b = electors_[other].status;
  if (a == nullptr || b == nullptr) return false;
  if (a->voters == b->voters && a->voters_next == b->voters_next) return false;
  if (!electors_[one].election.may_lead) return false;
  if (!electors_[other].election.may_lead) return false;
  const std::uint64_t for_one = VotersFor(one) & ~(std::uint64_t{1} << other);
  const std::uint64_t for_other = VotersFor(other) & ~(std::uint64_t{1} << one);
  const std::uint64_t either = for_one & for_other;
  // Every subset of those who would vote for either.
  std::uint64_t part = either;
  while (true) {
    if (Majority(*a, (for_one & ~either) | part) &&
        Majority(*b, (for_other & ~either) | (either & ~part))) {
      return true;
    }
    if (part == 0) return false;
    part = (part - 1) & either;
  }
}

std::uint64_t CommitOracle::VotersFor(std::size_t candidate) const {
  const LogPosition last = electors_[candidate].election.log->last();
  std::uint64_t votes = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const bool votes_for_it = VotesFor(nodes_[candidate], nodes_[i], last);
    votes |= std::uint64_t{votes_for_it} << i;
  }
  return votes;
}

bool CommitOracle::Majority(const replication::Status& status,
                            std::uint64_t votes) const {
  for (const auto* set : {&status.voters, &status.voters_next}) {
    std::size_t won = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool counts =
          std::find(set->begin(), set->end(), nodes_[i]) != set->end();
      won += counts && ((votes >> i) & 1) != 0;
    }
    if (!set->empty() && won < set->size() / 2 + 1) return false;
  }
  return true;
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
