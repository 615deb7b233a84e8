// Bounded reads at a backup: the state read is at most so old.
//
// The backup asks the primary how far it must have executed to be as fresh as
// the primary is now; the primary answers once it has proved, by its lease or
// by a round, that it still is one. From the instant of asking the backup's
// state up to there counts as fresh, on its own clock: no two clocks are
// compared, and a message that was long on its way makes nothing fresher.
#include <algorithm>

#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/replication/primary_backup/primary_backup.h"

namespace wringer::replication::primary_backup {

namespace {

// Questions older than so many heartbeats are given up.
constexpr Nanos kHeartbeatsToAnswer = 8;

}  // namespace

void PrimaryBackup::SubmitBounded(Ticket ticket, wire::ReadLevel level,
                                  Ready& ready) {
  WR_CHECK(!leads());
  const bool fresh = fresh_at_ >= 0 && !wants_snapshot_ &&
                     now_.monotonic - fresh_at_ <= level.bound;
  if (fresh) {
    WR_MARK(kPrimaryBackupBoundedRead);
    ready.reads.push_back({ticket, fresh_index_, level, false});
    return;
  }
  if (view_.primary == kNoNode || view_.primary == options_.self) {
    Refuse(ticket, wire::Outcome::kNotLeader, ready);
    return;
  }
  // Reads of one instant share a question.
  const bool shared =
      !questions_.empty() && questions_.back().asked_at == now_.monotonic;
  if (!shared) {
    questions_.push_back({++question_id_, now_.monotonic, false, {}, {}});
    Send(view_.primary, {epoch(), FreshAsk{question_id_}},
         {{}, meta_version_, {}}, ready);
    if (questions_.size() == 1) {
      Arm(kQuestion, kHeartbeatsToAnswer * pb_.heartbeat, ready);
    }
  }
  questions_.back().reads.emplace_back(ticket, level);
}

void PrimaryBackup::OnFreshAsk(NodeId from, const FreshAsk& ask, Ready& ready) {
  WR_CHECK(leads());
  const LogIndex index = std::max(safe_, epoch_start_);
  if (LeaseHolds()) {
    AnswerFresh(from, ask.id, index, ready);
    return;
  }
  reads_.push_back({Ticket{0}, index, round_ + 1, from, ask.id});
  if (AnsweredRound() >= round_) StartRound(ready);
}

void PrimaryBackup::AnswerFresh(NodeId to, std::uint64_t id, LogIndex index,
                                Ready& ready) {
  Send(to, {epoch(), FreshAnswer{id, index}}, {{}, meta_version_, {}}, ready);
}

void PrimaryBackup::OnFreshAnswer(const FreshAnswer& answer, Ready& ready) {
  for (Question& question : questions_) {
    if (question.id != answer.id) continue;
    question.answered = true;
    question.index = answer.index;
  }
  ReleaseBounded(ready);
}

void PrimaryBackup::ReleaseBounded(Ready& ready) {
  // What this backup has executed may part from the primary's log: only what
  // was matched with it in this epoch is the primary's state.
  if (wants_snapshot_) return;
  for (auto it = questions_.begin(); it != questions_.end();) {
    if (!it->answered || it->index > agreed_) {
      ++it;
      continue;
    }
    if (it->asked_at > fresh_at_) {
      fresh_at_ = it->asked_at;
      fresh_index_ = it->index;
    }
    for (const auto& [ticket, level] : it->reads) {
      ready.reads.push_back({ticket, it->index, level, false});
    }
    it = questions_.erase(it);
  }
}

void PrimaryBackup::OnQuestionTimer(Ready& ready) {
  const Nanos patience = kHeartbeatsToAnswer * pb_.heartbeat;
  while (!questions_.empty() &&
         now_.monotonic - questions_.front().asked_at >= patience) {
    for (const auto& [ticket, level] : questions_.front().reads) {
      Refuse(ticket, wire::Outcome::kUnavailable, ready);
    }
    questions_.pop_front();
  }
  if (questions_.empty()) return;
  const Nanos waited = now_.monotonic - questions_.front().asked_at;
  Arm(kQuestion, patience - waited, ready);
}

}  // namespace wringer::replication::primary_backup
