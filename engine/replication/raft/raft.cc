#include "engine/replication/raft/raft.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/marks.h"

namespace wringer::replication::raft {

using wire::OpKind;
using wire::Outcome;
using wire::ReadLevelKind;
using wire::WriteLevelKind;

Capabilities RaftCapabilities(const ReplicationOptions& options) {
  Capabilities c;
  c.operations = {OpKind::kGet, OpKind::kPut, OpKind::kDelete, OpKind::kCas,
                  OpKind::kRegisterSession};
  c.write_levels = {WriteLevelKind::kOs};
  c.default_write = {WriteLevelKind::kOs, 0};
  if (options.durable_means == WriteLevelKind::kLocal) {
    c.write_levels = {WriteLevelKind::kLocal, WriteLevelKind::kCopies,
                      WriteLevelKind::kQuorum, WriteLevelKind::kAll};
    c.default_write = {WriteLevelKind::kQuorum, 0};
  }
  c.read_levels = {ReadLevelKind::kLocal, ReadLevelKind::kSession,
                   ReadLevelKind::kBounded, ReadLevelKind::kLeader,
                   ReadLevelKind::kStrong};
  if (options.raft.leases) c.read_levels.push_back(ReadLevelKind::kLease);
  c.default_read = {ReadLevelKind::kStrong, 0};
  return c;
}

Raft::Raft(const ReplicationOptions& options)
    : options_(options),
      raft_(options_.raft),
      capabilities_(RaftCapabilities(options)),
      election_stream_(options.random_key, Purpose("raft.election")) {}

void Raft::Step(const Input& input, Ready& ready) {
  now_ = input.now;
  struct Dispatch {
    Raft& self;
    Ready& ready;
    void operator()(const Start& in) const { self.OnStart(in, ready); }
    void operator()(const Submit& in) const { self.OnSubmit(in, ready); }
    void operator()(const Receive& in) const { self.OnReceive(in, ready); }
    void operator()(const Timer& in) const { self.OnTimer(in, ready); }
    void operator()(const Durable& in) const { self.OnDurable(in, ready); }
    void operator()(const LogFailed&) const {
      self.latched_ = true;
      self.BecomeFollower(self.term_, kNoNode, ready);
    }
    void operator()(const Fetched& in) const { self.OnFetched(in, ready); }
    void operator()(const Applied& in) const {
      WR_CHECK(in.upto.index <= self.commit_);
      self.applied_ = in.upto.index;
    }
    void operator()(const ReadDone& in) const { self.OnReadDone(in, ready); }
    void operator()(const SnapshotPart& in) const {
      self.OnSnapshotPart(in, ready);
    }
    void operator()(const SnapshotInstalled& in) const {
      self.OnInstalled(in, ready);
    }
    void operator()(const Checkpointed& in) const {
      self.OnCheckpointed(in, ready);
    }
    void operator()(const ChangeMembers& in) const {
      self.OnChangeMembers(in, ready);
    }
    void operator()(const TransferLeadership& in) const {
      self.OnTransfer(in, ready);
    }
    // Advice, granted configurations and leaderless stores are not Raft's.
    void operator()(const PeerChanged&) const {}
    void operator()(const ConfigChanged&) const {}
    void operator()(const Merged&) const {}
    void operator()(const StoreReadDone&) const {}
    void operator()(const StoreScanDone&) const {}
  };
  std::visit(Dispatch{*this, ready}, input.body);
  UpdateStatus();
}

// ---- Boot -------------------------------------------------------------------

void Raft::OnStart(const Start& start, Ready& ready) {
  WR_CHECK(status_.role == Role::kStarting);
  started_at_ = now_.monotonic;
  log_.Reset(start.log);
  RecoverMeta(start);
  RecoverDamage(start, ready);
  durable_ = log_.last().index;
  applied_ = start.applied.index;
  commit_ = std::max(applied_, log_.base().index);
  // A new life draws other timeouts than the last one did.
  election_stream_ = RandomStream(options_.random_key, Purpose("raft.election"),
                                  start.incarnation.value());
  if (!halted_) status_.role = Role::kFollower;
  ArmElection(ready);
  RememberDemotion(ready);
  if (start.meta.version == MetaVersion{0} || promised_ > log_.last()) {
    PersistMeta(ready);
    cut_version_ = meta_version_;
  }
}

void Raft::RecoverMeta(const Start& start) {
  meta_version_ = start.meta.version;
  durable_meta_ = start.meta.version;
  Membership first;
  first.voters.incoming = options_.members;
  members_.Reset(LogIndex{0}, first);
  if (start.meta.bytes.empty()) {
    const bool amnesia = start.log.blank && !options_.bootstrap &&
                         !WR_MUTANT(kRaftWipedNodeVotes);
    if (amnesia) {
      WR_MARK(kRaftForgot);
      forgot_ = start.entropy | 1;
    }
  } else {
    // Meta bytes are checksummed by the meta cell: damage is our own bug.
    Reader r(start.meta.bytes);
    term_ = r.As<Term>();
    voted_for_ = r.As<NodeId>();
    promised_.term = r.As<Term>();
    promised_.index = r.As<LogIndex>();
    forgot_ = r.U64();
    for (std::size_t n = r.Count(3); n > 0; --n) {
      const LogIndex index = r.As<LogIndex>();
      Membership membership;
      WR_CHECK(DecodeMembership(r.Bytes(), &membership).ok());
      if (index <= log_.base().index) members_.Reset(index, membership);
    }
    WR_CHECK(r.done());
  }
  kept_vote_ = {term_, voted_for_};
  vote_version_ = meta_version_;
  for (const LogEntry& entry : start.log.entries) {
    Membership membership;
    if (entry.kind == EntryKind::kConfig &&
        DecodeMembership(entry.payload, &membership).ok()) {
      members_.Append(entry.index, std::move(membership));
    }
  }
}

void Raft::RecoverDamage(const Start& start, Ready& ready) {
  if (start.log.damaged.empty()) return;
  WR_MARK(kRaftDamagedLog);
  const LogIndex good = start.log.damaged.front().prev();
  if (raft_.on_damage == RaftOptions::OnDamage::kHalt) halted_ = true;
  const bool careless = raft_.on_damage == RaftOptions::OnDamage::kTruncate ||
                        WR_MUTANT(kRaftTruncatesDamage);
  if (!careless) {
    // Rule 6: remember the promise before the entries go.
    promised_ = std::max(promised_, log_.last());
    cut_after_ = good;
  } else {
    ready.truncate_after = good;
  }
  log_.TruncateAfter(good);
  members_.TruncateAfter(good);
}

void Raft::PersistMeta(Ready& ready) {
  std::string bytes;
  Writer w(&bytes);
  w.Id(term_);
  w.Id(voted_for_);
  w.Id(promised_.term);
  w.Id(promised_.index);
  w.U64(forgot_);
  const std::size_t extra = install_pending_ ? 1 : 0;
  w.Varint(members_.changes().size() + extra);
  const auto put = [&w](LogIndex index, const Membership& membership) {
    w.Id(index);
    std::string encoded;
    EncodeMembership(membership, &encoded);
    w.Bytes(encoded);
  };
  for (const auto& [index, membership] : members_.changes()) {
    put(index, membership);
  }
  if (install_pending_) put(installing_.index, install_members_);
  w.Flush();
  ++meta_version_;
  const std::pair vote(term_, voted_for_);
  if (kept_vote_ != vote) vote_version_ = meta_version_;
  kept_vote_ = vote;
  ready.meta = Meta{meta_version_, std::move(bytes)};
}

// ---- Terms and roles --------------------------------------------------------

void Raft::OnReceive(const Receive& receive, Ready& ready) {
  Message message;
  if (silent() || !Decode(receive.body, &message).ok()) return;
  if (receive.from == options_.self) return;
  if (!SettleTerm(receive.from, message, ready)) return;
  struct Dispatch {
    Raft& self;
    NodeId from;
    Term term;
    Ready& ready;
    void operator()(const VoteRequest& m) const {
      self.OnVoteRequest(from, term, m, ready);
    }
    void operator()(const VoteReply& m) const {
      self.OnVoteReply(from, term, m, ready);
    }
    void operator()(const Append& m) const { self.OnAppend(from, m, ready); }
    void operator()(const AppendReply& m) const {
      if (self.leads()) self.OnAppendReply(from, m, ready);
    }
    void operator()(const SnapshotChunk& m) const {
      self.OnSnapshotChunk(from, m, ready);
    }
    void operator()(const SnapshotReply& m) const {
      if (self.leads()) self.OnSnapshotReply(from, m, ready);
    }
    void operator()(const TimeoutNow&) const {
      if (!self.leads() && self.Electable()) {
        self.Campaign(/*pre=*/false, /*transfer=*/true, ready);
      }
    }
    void operator()(const ReadIndexRequest& m) const {
      self.OnReadIndexRequest(from, m, ready);
    }
    void operator()(const ReadIndexReply& m) const {
      self.OnReadIndexReply(m, ready);
    }
  };
  std::visit(Dispatch{*this, receive.from, message.term, ready}, message.body);
}

bool Raft::SettleTerm(NodeId from, const Message& message, Ready& ready) {
  const auto* request = std::get_if<VoteRequest>(&message.body);
  const auto* reply = std::get_if<VoteReply>(&message.body);
  if (message.term < term_) {
    AnswerStale(from, message, ready);
    return false;
  }
  if (message.term == term_) return true;
  // A pre-vote, and a yes to one, speak of a term that may never begin.
  if (request != nullptr && request->pre) return true;
  if (reply != nullptr && reply->pre && reply->granted) return true;
  // Whoever hears a leader does not let others depose it (rule 4). This is
  // also what leases rest on.
  if (request != nullptr && !request->transfer && HeardLeaderRecently()) {
    return false;
  }
  const bool from_leader = std::holds_alternative<Append>(message.body) ||
                           std::holds_alternative<SnapshotChunk>(message.body);
  BecomeFollower(message.term, from_leader ? from : kNoNode, ready);
  return true;
}

void Raft::AnswerStale(NodeId from, const Message& message, Ready& ready) {
  // Tell old leaders and candidates of the newer term.
  if (std::holds_alternative<Append>(message.body) ||
      std::holds_alternative<SnapshotChunk>(message.body)) {
    AppendReply reply;
    reply.hint = log_.last();
    Send(from, {term_, reply}, MetaPromise(), ready);
  } else if (const auto* request = std::get_if<VoteRequest>(&message.body)) {
    Send(from, {term_, VoteReply{request->pre, false}}, MetaPromise(), ready);
  }
}

void Raft::BecomeFollower(Term term, NodeId leader, Ready& ready) {
  WR_CHECK(term >= term_);
  const bool led = leads();
  if (led) FailPending(ready);
  const bool new_term = term > term_;
  if (new_term || WR_MUTANT(kRaftForgetsVote)) {
    term_ = term;
    voted_for_ = kNoNode;
    PersistMeta(ready);
  }
  if (led) WR_MARK(kRaftStepsDown);
  status_.role = Contains(members_.current().learners, options_.self)
                     ? Role::kLearner
                     : Role::kFollower;
  status_.leader = leader;
  progress_.clear();
  votes_.clear();
  transfer_to_ = kNoNode;
  if (new_term || led) ForgetLeader(ready);
  Disarm(kHeartbeat, ready);
  Disarm(kTransfer, ready);
  ArmElection(ready);
}

// What was agreed with, heard from and asked of a leader says nothing about the
// next one.
void Raft::ForgetLeader(Ready& ready) {
  agreed_ = commit_;
  leader_commit_ = commit_;
  round_seen_ = 0;
  fresh_at_ = -1;
  for (const Question& question : questions_) {
    for (const auto& read : question.reads) {
      Refuse(read.first, Outcome::kNotLeader, ready);
    }
  }
  questions_.clear();
}

void Raft::BecomeLeader(Ready& ready) {
  WR_CHECK(status_.role == Role::kCandidate);
  WR_MARK(kRaftLeaderChanged);
  status_.role = Role::kLeader;
  status_.leader = options_.self;
  progress_.clear();
  for (NodeId node : members_.current().All()) {
    if (node == options_.self) continue;
    progress_[node].next = log_.last().index.next();
    progress_[node].heard = true;
  }
  round_ = 0;
  round_sent_at_.clear();
  lease_until_ = 0;
  transfer_to_ = kNoNode;
  change_ticket_ = Ticket{0};
  AppendEntry(EntryKind::kNoop, {}, ready);
  term_start_ = log_.last().index;
  Arm(kHeartbeat, raft_.heartbeat, ready);
  Arm(kElection, raft_.election_max, ready);
  ShipAll(ready);
  AdvanceCommit(ready);
}

void Raft::OnTimer(const Timer& timer, Ready& ready) {
  if (silent()) return;
  switch (static_cast<TimerId>(timer.id)) {
    case kElection:
      if (leads()) {
        CheckQuorum(ready);
      } else {
        OnElectionTimeout(ready);
      }
      break;
    case kHeartbeat:
      if (leads()) OnHeartbeat(ready);
      break;
    case kTransfer:
      transfer_to_ = kNoNode;  // it did not take over: lead on
      break;
  }
}

void Raft::OnDurable(const Durable& durable, Ready& ready) {
  durable_ = std::min(durable.log.index, log_.last().index);
  durable_meta_ = durable.meta;
  if (cut_after_ && durable_meta_ >= cut_version_) {
    // The promise is on record: now the damaged tail may go.
    ready.truncate_after = *cut_after_;
    cut_after_.reset();
  }
  if (promised_ != LogPosition{} && log_.last() >= promised_ &&
      durable_ == log_.last().index) {
    WR_MARK(kRaftRepaired);
    promised_ = {};
    PersistMeta(ready);
  }
  if (status_.role == Role::kCandidate) CountVotes(ready);
  if (leads()) {
    AdvanceCommit(ready);
  } else {
    AdvanceFollower(ready);
  }
}

void Raft::OnCheckpointed(const Checkpointed& checkpointed, Ready& ready) {
  const std::uint64_t at = checkpointed.upto.index.value();
  if (at <= raft_.keep_entries) return;
  const LogIndex index = LogIndex(at - raft_.keep_entries);
  if (index <= log_.base().index || index > log_.last().index) return;
  WR_CHECK(index <= commit_);
  const LogPosition upto{log_.TermAt(index), index};
  members_.DropPrefix(index);
  log_.DropPrefix(upto);
  PersistMeta(ready);  // holds the membership as of the new base
  ready.drop_prefix = upto;
  WR_MARK(kRaftLogTruncated);
}

// ---- Helpers ----------------------------------------------------------------

void Raft::Send(NodeId to, const Message& message, Promise promise,
                Ready& ready) {
  replication::Send& send = ready.sends.emplace_back();
  send.to = to;
  send.promise = promise;
  Encode(message, &send.body);
}

void Raft::Refuse(Ticket ticket, Outcome outcome, Ready& ready) const {
  if (ticket == Ticket{0}) return;
  Reply& reply = ready.replies.emplace_back();
  reply.ticket = ticket;
  reply.reply.outcome = outcome;
  if (status_.leader != options_.self) reply.reply.hint = status_.leader;
}

void Raft::FailPending(Ready& ready) {
  // Entries of a deposed leader may still commit: nobody here can know.
  for (const PendingWrite& write : writes_) {
    Refuse(write.ticket, Outcome::kUnknown, ready);
  }
  for (const PendingRead& read : reads_) {
    Refuse(read.ticket, Outcome::kNotLeader, ready);
  }
  Refuse(change_ticket_, Outcome::kUnknown, ready);
  writes_.clear();
  reads_.clear();
  change_ticket_ = Ticket{0};
}

void Raft::Arm(TimerId id, Nanos after, Ready& ready) const {
  ready.timers.push_back({id, true, after});
}

void Raft::Disarm(TimerId id, Ready& ready) const {
  ready.timers.push_back({id, false, 0});
}

void Raft::UpdateStatus() {
  status_.forgot = forgot_ != 0 || promised_ > log_.last();
  status_.term = term_;
  status_.voted_for = voted_for_;
  status_.last = log_.last();
  status_.commit = commit_;
  status_.voter = MayBeNeeded();
  if (status_.voters_version != members_.version()) {
    status_.voters_version = members_.version();
    const VoterSets& sets = voters();
    status_.voters = sets.joint() ? sets.outgoing : sets.incoming;
    status_.voters_next = sets.joint() ? sets.incoming : std::vector<NodeId>{};
  }
  status_.lease_until = leads() ? lease_until_ : 0;
}

}  // namespace wringer::replication::raft
