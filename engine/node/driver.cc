#include "engine/node/driver.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/base/marks.h"
#include "engine/node/keyspace.h"

namespace wringer::node {

using env::Component;
using replication::Ready;
using replication::ReplyAfterApply;
using replication::Role;
using wire::ClientReply;
using wire::Outcome;

Driver::Driver(Parts* parts)
    : parts_(parts),
      answers_(parts->outbox.get(), &parts->counters),
      promises_(parts->log.get()) {}

// ---- inputs ----

replication::Now Driver::Now() const {
  return {.monotonic = parts_->env->clock->Monotonic(),
          .wall = parts_->env->clock->Wall()};
}

void Driver::Start(replication::Start start) {
  WR_CHECK(!started_);
  started_ = true;
  last_meta_ = start.meta.version;
  Give(std::move(start));
  // A model that takes no role refuses what its log has left: out loud, as
  // whatever else stops a node does.
  if (parts_->replicator->status().role == replication::Role::kStarting) {
    return Halt(absl::DataLossError(
        "the log has damage that may hide what was promised"));
  }
  if (durable_before_start_) OnDurable(parts_->log->durable());
}

void Driver::Take(const replication::Input& input) {
  if (halted_ || !started_) return;
  parts_->replicator->Step(input, *collecting_);
  if (pumping_) return;
  pumping_ = true;
  while (!collecting_->empty() && !halted_) {
    std::swap(collecting_, carrying_);
    CarryOut(*carrying_);
    carrying_->Clear();
  }
  pumping_ = false;
  NoticeRole();
}

void Driver::Submit(NodeId from, wire::ClientRequest request, Slice payload) {
  const replication::Ticket ticket = answers_.Open(from, request);
  Give(replication::Submit{
      .ticket = ticket, .request = std::move(request), .payload = payload});
}

void Driver::Refuse(NodeId from, const wire::ClientRequest& request,
                    Outcome outcome) {
  answers_.Refuse(from, request, no_space_ ? Outcome::kNoSpace : outcome);
}

void Driver::OnTimer(std::uint64_t cookie) {
  timers_[cookie] = env::TimerId{};
  Give(replication::Timer{.id = static_cast<std::uint8_t>(cookie)});
}

void Driver::OnDurable(const log_store::DurableMark& mark) {
  // What recovery itself has written; the model hears it after its Start.
  if (!started_) durable_before_start_ = true;
  if (!started_ || halted_) return;
  if (parts_->applier != nullptr) parts_->applier->OnDurable();
  parts_->maintenance->OnDurable();
  ReleaseHeld();
  Give(replication::Durable{.log = mark.log, .meta = mark.meta});
}

void Driver::OnWritten() {
  if (promises_.waits_for_writes()) ReleaseHeld();
}

void Driver::OnLogError(const absl::Status& status) { Halt(status); }

// ---- outputs, in order ----

void Driver::CarryOut(Ready& ready) {
  Persist(ready);
  Speak(ready);
  if (ready.commit.value() != 0) parts_->applier->Commit(ready.commit);
  Continue(ready);
  Snapshots(ready);
  if (ready.drop_prefix.has_value()) DropPrefix(*ready.drop_prefix);
  if (ready.propose_config.has_value()) {
    parts_->config->Propose(std::move(*ready.propose_config));
  }
}

// 1. The durable stream.
void Driver::Persist(Ready& ready) {
  if (ready.truncate_after.has_value()) {
    // Nothing is cut before the reason is durable: a model that finds damage
    // keeps that it forgot.
    if (ready.meta.has_value()) KeepMeta(ready);
    promises_.OnTruncated(*ready.truncate_after, &broken_);
    DropBroken(broken_);
    parts_->log->SubmitTruncateSuffix(*ready.truncate_after);
  }
  if (!ready.append.empty()) {
    const LogIndex before{ready.append.front().index.value() - 1};
    parts_->observer->OnAppended({.node = parts_->options.replication.self,
                                  .incarnation = parts_->outbox->incarnation(),
                                  .before = parts_->log->TermAt(before),
                                  .entries = &ready.append});
    parts_->log->SubmitAppend(std::move(ready.append));
  }
  if (ready.meta.has_value()) KeepMeta(ready);
  for (replication::Merge& merge : ready.merges) {
    promises_.OnMergeStarted(merge.op);
    parts_->merge_applier->Submit(std::move(merge));
  }
}

void Driver::KeepMeta(Ready& ready) {
  last_meta_ = ready.meta->version;
  parts_->log->SubmitMeta(std::move(*ready.meta));
  ready.meta.reset();
}

// 2. What may leave, each when its promise holds.
void Driver::Speak(Ready& ready) {
  for (replication::Send& send : ready.sends) Release(send);
  for (replication::Reply& reply : ready.replies) Release(reply);
  for (ReplyAfterApply& waiter : ready.after_apply) {
    AwaitApply(std::move(waiter));
  }
}

// 4. Everything else.
void Driver::Continue(Ready& ready) {
  for (const replication::Read& read : ready.reads) StartRead(read);
  for (const auto& verdict : ready.verdicts) GiveVerdict(verdict);
  for (const auto& command : ready.timers) SetTimer(command);
  for (const replication::Fetch& fetch : ready.fetches) Fetch(fetch);
  for (replication::StoreRead& read : ready.store_reads) {
    parts_->merge_applier->Submit(std::move(read));
  }
  for (replication::StoreScan& scan : ready.store_scans) {
    parts_->merge_applier->Submit(std::move(scan));
  }
}

void Driver::Snapshots(Ready& ready) {
  for (replication::SnapshotRead& read : ready.snapshot_reads) {
    parts_->snapshot_sender->Submit(std::move(read));
  }
  for (replication::SnapshotWrite& part : ready.snapshot_writes) {
    parts_->snapshot_receiver->Add(std::move(part));
  }
}

// ---- promises ----

template <typename Output>
void Driver::Release(Output& output) {
  if (halted_) return;
  switch (promises_.Judge(output.promise)) {
    case Promises::Fate::kLeave:
      return SendNow(output);
    case Promises::Fate::kHeld:
      return promises_.Hold(std::move(output));
    case Promises::Fate::kBroken:
      broken_.push_back(std::move(output));
      return DropBroken(broken_);
  }
}

void Driver::ReleaseHeld() {
  promises_.Release(&leaving_, &broken_);
  for (Promises::Output& output : leaving_) {
    std::visit([this](auto& o) { SendNow(o); }, output);
  }
  leaving_.clear();
  DropBroken(broken_);
}

void Driver::SendNow(replication::Send& send) {
  if (!send.promise.empty()) {
    parts_->observer->OnPromise({.node = parts_->options.replication.self,
                                 .incarnation = parts_->outbox->incarnation(),
                                 .to = send.to,
                                 .promise = &send.promise});
  }
  parts_->outbox->Send(send.to, wire::FrameKind::kReplication, send.body);
}

void Driver::SendNow(replication::Reply& reply) {
  const OpenRequest* open = answers_.Find(reply.ticket);
  if (open == nullptr) return;
  if (!reply.promise.empty()) {
    parts_->observer->OnPromise({.node = parts_->options.replication.self,
                                 .incarnation = parts_->outbox->incarnation(),
                                 .to = open->from,
                                 .is_reply = true,
                                 .promise = &reply.promise});
  }
  TellOfWrite(*open, reply.reply);
  answers_.Answer(reply.ticket, std::move(reply.reply));
}

void Driver::TellOfWrite(const OpenRequest& open, const ClientReply& reply) {
  const bool write = open.kind != wire::OpKind::kGet &&
                     open.kind != wire::OpKind::kRegisterSession;
  if (!write || reply.outcome != Outcome::kOk) return;
  const NodeId self = parts_->options.replication.self;
  parts_->observer->OnWriteAnswered(
      {.node = self,
       .key = open.key,
       .version = {reply.token.version, self, reply.tag},
       .position = reply.position,
       .asked = open.write_asked,
       .given = reply.write_level});
}

// A dropped message is like a lost one. A client hears that nothing is known:
// the entry is gone from here, but perhaps not from everywhere.
void Driver::DropBroken(Promises::Outputs& broken) {
  for (const Promises::Output& output : broken) {
    WR_MARK(kPromiseBroken);
    const auto* reply = std::get_if<replication::Reply>(&output);
    if (reply != nullptr) answers_.Answer(reply->ticket, Outcome::kUnknown);
  }
  broken.clear();
}

// ---- execution ----

void Driver::AwaitApply(ReplyAfterApply waiter) {
  if (waiter.at.index > parts_->applier->applied().index) {
    return answers_.AwaitApply(std::move(waiter));
  }
  // Executed before it was decided to answer (visible before the ack).
  replication::Reply reply;
  reply.reply =
      answers_.ReplyFromSession(waiter, parts_->log->TermAt(waiter.at.index),
                                parts_->applier->sessions());
  reply.ticket = waiter.ticket;
  reply.promise = waiter.promise;
  if (reply.reply.outcome != Outcome::kOk) reply.promise = {};
  Release(reply);
}

void Driver::OnExecuted(const replication::LogEntry& entry,
                        const session::Result& result) {
  ++parts_->counters.entries_applied;
  parts_->observer->OnApplied(
      {.node = parts_->options.replication.self,
       .incarnation = parts_->outbox->incarnation(),
       .position = entry.position(),
       .kind = entry.kind,
       .payload_hash = Hash64(entry.payload, std::uint64_t(entry.kind)),
       .state_digest = parts_->applier->state_digest()});
  answers_.OnExecuted(entry.position(), result, &executed_);
  for (replication::Reply& reply : executed_) Release(reply);
  executed_.clear();
  parts_->maintenance->Poke();
}

void Driver::OnAppliedUpTo(LogPosition applied) {
  parts_->reader->OnApplied(applied.index);
  Give(replication::Applied{.upto = applied});
}

void Driver::OnLogRestarting() {
  promises_.OnTruncated(LogIndex{0}, &broken_);
  DropBroken(broken_);
}

void Driver::OnSnapshotInstalled(LogPosition at, bool ok) {
  if (ok) {
    // The new image is durable: now the log it replaces may go, all of it.
    log_store::LogStore& log = *parts_->log;
    if (log.last().index > log.base().index) {
      promises_.OnTruncated(log.base().index, &broken_);
      DropBroken(broken_);
      log.SubmitTruncateSuffix(log.base().index);
    }
    log.SubmitDropPrefix(at);
    parts_->observer->OnInstalled(
        {.node = parts_->options.replication.self,
         .incarnation = parts_->outbox->incarnation(),
         .position = at,
         .state_digest = parts_->applier->state_digest()});
    parts_->reader->OnApplied(at.index);
  }
  Step(replication::SnapshotInstalled{.at = at, .ok = ok});
}

// ---- reads ----

void Driver::StartRead(const replication::Read& read) {
  OpenRequest* open = answers_.Find(read.ticket);
  if (open == nullptr) return;
  open->delivered = read.delivered;
  open->confirm = read.confirm;
  parts_->reader->Submit(
      {.ticket = read.ticket, .at_least = read.at_least, .key = open->key});
}

void Driver::OnRead(replication::Ticket ticket,
                    absl::StatusOr<ReadAnswer> answer) {
  OpenRequest* open = answers_.Find(ticket);
  if (open == nullptr) return;
  if (!answer.ok()) return answers_.Answer(ticket, Outcome::kUnavailable);
  ClientReply reply = Answers::ReplyOf(*answer, open->delivered);
  if (!open->confirm) return answers_.Answer(ticket, std::move(reply));
  open->stash = std::move(reply);
  Give(replication::ReadDone{.ticket = ticket});
}

void Driver::GiveVerdict(const replication::ReadVerdict& verdict) {
  OpenRequest* open = answers_.Find(verdict.ticket);
  if (open == nullptr) return;
  if (!verdict.ok) {
    return answers_.Answer(verdict.ticket, Outcome::kNotLeader, verdict.hint);
  }
  answers_.Answer(verdict.ticket, std::move(open->stash));
}

// ---- leaderless store ----

void Driver::OnMerged(replication::StoreOp op,
                      const replication::Version& winner) {
  promises_.OnMerged(op);
  ReleaseHeld();
  Give(replication::Merged{.op = op, .winner = winner});
  parts_->maintenance->Poke();
}

void Driver::OnStoreChanged(Slice stored_key,
                            const replication::Versioned* held) {
  const bool hint = IsHintKey(stored_key);
  parts_->observer->OnStoreChanged(
      {.node = parts_->options.replication.self,
       .space = hint ? replication::StoreSpace::kHint
                     : replication::StoreSpace::kData,
       .owner = hint ? OwnerOfHint(stored_key) : kNoNode,
       .key = hint ? KeyOfHint(stored_key) : stored_key.substr(1),
       .held = held});
}

void Driver::OnStoreRead(Slice key, const replication::Versioned* held) {
  parts_->observer->OnStoreRead(
      {.node = parts_->options.replication.self, .key = key, .held = held});
}

void Driver::OnMergeFailed(replication::StoreOp op) {
  promises_.OnMergeFailed(op, &broken_);
  DropBroken(broken_);
  Step(replication::Merged{.op = op, .winner = {}, .ok = false});
}

// ---- the rest ----

void Driver::SetTimer(const replication::TimerCommand& command) {
  WR_CHECK(command.id < timers_.size());
  env::TimerId& timer = timers_[command.id];
  if (timer.value() != 0) parts_->env->fibers->CancelTimer(timer);
  timer = command.armed
              ? parts_->env->fibers->ArmTimer(command.after, this, command.id)
              : env::TimerId{};
}

void Driver::Fetch(const replication::Fetch& fetch) {
  log_store::LogStore* log = parts_->log.get();
  // The log may have moved since the model looked: what is gone is gone.
  const LogIndex to = std::min(fetch.to, log->last().index);
  if (fetch.from <= log->base().index || fetch.from > to) {
    return Step(replication::Fetched{.peer = fetch.peer, .entries = {}});
  }
  auto read = [this, log, fetch, to] {
    auto entries = log->ReadEntries(fetch.from, to, fetch.max_bytes);
    replication::Fetched fetched{.peer = fetch.peer, .entries = {}};
    if (entries.ok()) fetched.entries = std::move(*entries);
    Step(std::move(fetched));
  };
  if (log->Cached(fetch.from, to)) return read();
  parts_->env->fibers->Spawn("log fetch", std::move(read));
}

void Driver::DropPrefix(LogPosition upto) {
  // Only what a durable checkpoint holds may leave the log.
  WR_CHECK(upto.index <=
           parts_->applier->IndexAt(parts_->engine->durable_sequence()));
  parts_->log->SubmitDropPrefix(upto);
}

void Driver::NoticeRole() {
  const replication::Status& status = parts_->replicator->status();
  if (last_role_.role == status.role && last_role_.term == status.term &&
      last_role_.leader == status.leader) {
    return;
  }
  last_role_ = {.node = parts_->options.replication.self,
                .incarnation = parts_->outbox->incarnation(),
                .role = status.role,
                .term = status.term,
                .leader = status.leader,
                .meta = last_meta_};
  parts_->observer->OnRole(last_role_);
  if (parts_->env->trace->on(Component::kReplication)) {
    parts_->env->trace->Log(Component::kReplication, "node.role",
                            absl::StrCat(replication::RoleName(status.role),
                                         " term=", status.term.value(),
                                         " leader=", NodeName(status.leader)));
  }
}

void Driver::Halt(const absl::Status& why) {
  if (halted_) return;
  WR_MARK(kNodeHalted);
  // The model hears it, so that its status tells the truth; whatever it would
  // still like to say stays unsaid.
  if (started_) {
    parts_->replicator->Step({.now = Now(), .body = replication::LogFailed{}},
                             *collecting_);
  }
  halted_ = true;
  no_space_ = absl::IsResourceExhausted(why);
  collecting_->Clear();
  promises_.DropAll(&broken_);
  broken_.clear();
  answers_.FailAll();
  parts_->maintenance->Stop();
  parts_->config->Stop();
  if (parts_->config_seat != nullptr) parts_->config_seat->Stop();
  if (parts_->detector != nullptr) parts_->detector->Stop();
  if (parts_->applier != nullptr) parts_->applier->Stop();
  if (parts_->reader != nullptr) parts_->reader->Stop();
  if (parts_->snapshot_sender != nullptr) parts_->snapshot_sender->Stop();
  if (parts_->merge_applier != nullptr) parts_->merge_applier->Stop();
  parts_->env->trace->Log(Component::kNode, "node.halt", why.ToString());
  NoticeRole();
  parts_->observer->OnHalted({.node = parts_->options.replication.self,
                              .incarnation = parts_->outbox->incarnation(),
                              .why = why,
                              .wants_crash = parts_->options.on_failure ==
                                             NodeOptions::OnFailure::kCrash});
}

}  // namespace wringer::node
