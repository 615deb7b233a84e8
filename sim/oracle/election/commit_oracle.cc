#include "sim/oracle/election/commit_oracle.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::sim {
namespace {

std::string Text(const LogPosition& position) {
  return absl::StrCat(position.term.value(), "/", position.index.value());
}

// Who votes for whom is tried out, so few may be asked.
constexpr std::size_t kRivalsAmong = 10;

// Whether a bit is set.
auto In(std::uint64_t set) {
  return [set](std::size_t i) { return ((set >> i) & 1) != 0; };
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
    const auto votes = [&](std::size_t voter) { return VotesFor(voter, i); };
    if (!Majority(*candidate.status, votes)) continue;
    log_->Add(node, "commit",
              absl::StrCat("could be elected by ", Names(votes),
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
      const std::optional<Votes> votes = BothWin(i, j);
      if (!votes) continue;
      log_->Add(nodes_[i], "quorum",
                absl::StrCat("could be elected by ", Names(In(votes->one)),
                             " and ", NodeName(nodes_[j]), " by ",
                             Names(In(votes->other)), ", both in one term"));
    }
  }
}

std::optional<CommitOracle::Votes> CommitOracle::BothWin(
    std::size_t one, std::size_t other) const {
  const replication::Status* const a = electors_[one].status;
  const replication::Status* const b = electors_[other].status;
  if (a == nullptr || b == nullptr) return {};
  if (a->voters == b->voters && a->voters_next == b->voters_next) return {};
  if (!electors_[one].election.may_lead) return {};
  if (!electors_[other].election.may_lead) return {};
  const std::uint64_t for_one = VotersFor(one) & ~(std::uint64_t{1} << other);
  const std::uint64_t for_other = VotersFor(other) & ~(std::uint64_t{1} << one);
  const std::uint64_t either = for_one & for_other;
  // Every subset of those who would vote for either.
  std::uint64_t part = either;
  while (true) {
    const Votes votes{.one = (for_one & ~either) | part,
                      .other = (for_other & ~either) | (either & ~part)};
    if (Majority(*a, In(votes.one)) && Majority(*b, In(votes.other))) {
      return votes;
    }
    if (part == 0) return {};
    part = (part - 1) & either;
  }
}

bool CommitOracle::VotesFor(std::size_t voter, std::size_t candidate) const {
  if (voter == candidate) return true;
  const auto& floor = electors_[voter].election.votes_from;
  return floor.has_value() &&
         *floor <= electors_[candidate].election.log->last();
}

std::uint64_t CommitOracle::VotersFor(std::size_t candidate) const {
  WR_CHECK(nodes_.size() <= kRivalsAmong);
  std::uint64_t votes = 0;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    votes |= std::uint64_t{VotesFor(i, candidate)} << i;
  }
  return votes;
}

bool CommitOracle::Majority(const replication::Status& status,
                            VotesOf votes) const {
  for (const auto* set : {&status.voters, &status.voters_next}) {
    std::size_t won = 0;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      const bool counts =
          std::find(set->begin(), set->end(), nodes_[i]) != set->end();
      won += counts && votes(i);
    }
    if (!set->empty() && won < set->size() / 2 + 1) return false;
  }
  return true;
}

std::string CommitOracle::Names(VotesOf votes) const {
  std::string names;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!votes(i)) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", NodeName(nodes_[i]));
  }
  return names;
}

}  // namespace wringer::sim
