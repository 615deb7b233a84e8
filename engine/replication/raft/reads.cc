// Reads that prove their freshness: by a round of answers, by a lease, or by
// asking the leader.
#include <algorithm>
#include <utility>

#include "engine/base/marks.h"
#include "engine/replication/raft/raft.h"

namespace wringer::replication::raft {

using wire::Outcome;
using wire::ReadLevel;
using wire::ReadLevelKind;

void Raft::SubmitRead(const Submit& submit, Ready& ready) {
  const ReadLevel level = submit.request.read_level;
  const Ticket ticket = submit.ticket;
  const auto& levels = capabilities_.read_levels;
  if (std::find(levels.begin(), levels.end(), level.kind) == levels.end()) {
    Refuse(ticket, Outcome::kUnsupported, ready);
    return;
  }
  switch (level.kind) {
    case ReadLevelKind::kLocal:
      ready.reads.push_back({ticket, LogIndex{0}, level, false});
      return;
    case ReadLevelKind::kSession:
      ready.reads.push_back({ticket, submit.request.token.index, level, false});
      return;
    case ReadLevelKind::kBounded:
      if (leads()) break;
      if (fresh_at_ >= 0 && now_.monotonic - fresh_at_ <= level.bound) {
        ready.reads.push_back({ticket, fresh_index_, level, false});
      } else {
        AskLeader(ticket, level, ready);
      }
      return;
    case ReadLevelKind::kLeader:
      if (!leads()) {
        Refuse(ticket, Outcome::kNotLeader, ready);
        return;
      }
      // A new leader does not know yet how far the log is committed
      // (section 8): until it does, a round, which waits for that.
      if (!CommittedInTerm()) break;
      ready.reads.push_back({ticket, commit_, level, false});
      return;
    case ReadLevelKind::kLease:
      if (!leads()) {
        Refuse(ticket, Outcome::kNotLeader, ready);
        return;
      }
      if (LeaseHolds() && CommittedInTerm()) {
        WR_MARK(kRaftLeaseRead);
        ready.reads.push_back({ticket, commit_, level, true});
        return;
      }
      break;  // no lease: prove it by a round
    default:
      break;
  }
  if (!leads()) {
    AskLeader(ticket, level, ready);
    return;
  }
  QueueRead({ticket, kNoNode, 0, 0, commit_}, ready);
}

void Raft::QueueRead(PendingRead read, Ready& ready) {
  // A round sent before the read proves nothing for it; one at a time, and
  // reads that arrive meanwhile share the next.
  read.round = round_ + 1;
  reads_.push_back(read);
  if (AnsweredRound() >= round_) StartRound(ready);
}

void Raft::StartRound(Ready& ready) {
  ++round_;
  round_sent_at_[round_] = now_.monotonic;
  for (auto& [node, progress] : progress_) {
    if (voters().Includes(node)) Ship(node, /*probe=*/true, ready);
  }
  ReleaseReads(ready);
}

std::uint64_t Raft::AnsweredRound() const {
  return QuorumValue<std::uint64_t>(voters(), [this](NodeId node) {
    if (node == options_.self) return round_;
    const auto it = progress_.find(node);
    return it == progress_.end() ? std::uint64_t{0} : it->second.round;
  });
}

void Raft::RenewLease(std::uint64_t answered) {
  const auto it = round_sent_at_.find(answered);
  if (it == round_sent_at_.end()) return;
  // Counted from the sending (Gray, Cheriton 1989): the voters' promise not to
  // elect another began no earlier. Shortened by both clocks' drift.
  Nanos from = it->second;
  if (WR_MUTANT(kLeaseFromReceipt)) from = now_.monotonic;
  if (WR_MUTANT(kLeaseOnWallClock)) from = now_.wall;
  const Nanos margin =
      raft_.election_min / 1'000'000 * 2 * raft_.clock_drift_ppm + 1;
  if (handed_over_in_ != term_) {
    lease_until_ = std::max(lease_until_, from + raft_.election_min - margin);
  }
  round_sent_at_.erase(round_sent_at_.begin(), std::next(it));
}

bool Raft::LeaseHolds() const {
  if (!raft_.leases || !leads() || transfer_to_ != kNoNode) return false;
  if (WR_MUTANT(kLeaseNotRechecked)) return lease_until_ > 0;
  const Nanos now = WR_MUTANT(kLeaseOnWallClock) ? now_.wall : now_.monotonic;
  return now < lease_until_;
}

void Raft::ReleaseReads(Ready& ready) {
  // Nobody waits, and every round has been answered: the lease is as new as it
  // can be.
  if (reads_.empty() && round_sent_at_.empty()) return;
  const std::uint64_t answered = AnsweredRound();
  RenewLease(answered);
  // Until an entry of this term has committed, the leader does not know which
  // entries are (section 8).
  const bool knows = CommittedInTerm() || WR_MUTANT(kRaftReadsBeforeCommit);
  while (knows && !reads_.empty() && reads_.front().round <= answered) {
    const PendingRead read = reads_.front();
    reads_.pop_front();
    const LogIndex index =
        WR_MUTANT(kRaftReadsBeforeCommit) ? read.commit : commit_;
    if (read.ticket != Ticket{0}) {
      ready.reads.push_back(
          {read.ticket, index, {ReadLevelKind::kStrong, 0}, false});
    } else {
      Send(read.follower, {term_, ReadIndexReply{read.id, true, index}}, {},
           ready);
    }
  }
  if (!reads_.empty() && answered >= round_ && knows) StartRound(ready);
}

void Raft::OnReadDone(const ReadDone& done, Ready& ready) {
  // The pause that no lease check can see is the one between check and read:
  // so the lease is asked again after reading.
  ReadVerdict verdict{done.ticket, LeaseHolds(), status_.leader};
  if (!verdict.ok) WR_MARK(kRaftLeaseLostWhileReading);
  ready.verdicts.push_back(verdict);
}

void Raft::AskLeader(Ticket ticket, ReadLevel level, Ready& ready) {
  if (status_.leader == kNoNode || status_.leader == options_.self) {
    Refuse(ticket, Outcome::kNotLeader, ready);
    return;
  }
  Question& question = questions_.emplace_back();
  question.id = ++question_id_;
  question.asked_at = now_.monotonic;
  question.reads.push_back({ticket, level});
  Send(status_.leader, {term_, ReadIndexRequest{question.id}}, {}, ready);
  // A lost question is answered by giving up: the client asks again.
  constexpr std::size_t kMaxQuestions = 1024;
  if (questions_.size() > kMaxQuestions) {
    for (const auto& read : questions_.front().reads) {
      Refuse(read.first, Outcome::kUnavailable, ready);
    }
    questions_.pop_front();
  }
}

void Raft::OnReadIndexRequest(NodeId from, const ReadIndexRequest& request,
                              Ready& ready) {
  if (!leads()) {
    Send(from, {term_, ReadIndexReply{request.id, false, LogIndex{0}}}, {},
         ready);
    return;
  }
  QueueRead({Ticket{0}, from, request.id, 0, commit_}, ready);
}

void Raft::OnReadIndexReply(const ReadIndexReply& reply, Ready& ready) {
  const auto it = std::find_if(
      questions_.begin(), questions_.end(),
      [&](const Question& question) { return question.id == reply.id; });
  if (it == questions_.end()) return;
  const Question question = std::move(*it);
  questions_.erase(it);
  for (const auto& [ticket, level] : question.reads) {
    if (reply.ok) {
      const bool bounded = level.kind == ReadLevelKind::kBounded;
      const ReadLevel delivered =
          bounded ? level : ReadLevel{ReadLevelKind::kStrong, 0};
      ready.reads.push_back({ticket, reply.index, delivered, false});
    } else {
      Refuse(ticket, Outcome::kNotLeader, ready);
    }
  }
  if (reply.ok && question.asked_at >= fresh_at_) {
    fresh_at_ = question.asked_at;
    fresh_index_ = std::max(fresh_index_, reply.index);
  }
}

}  // namespace wringer::replication::raft
