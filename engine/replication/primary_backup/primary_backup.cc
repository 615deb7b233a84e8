#include "engine/replication/primary_backup/primary_backup.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/marks.h"
#include "engine/replication/quorum.h"

namespace wringer::replication::primary_backup {
namespace {

using wire::OpKind;
using wire::ReadLevelKind;
using wire::WriteLevel;
using wire::WriteLevelKind;
using Failover = PrimaryBackupOptions::Failover;
using Ack_ = PrimaryBackupOptions::Ack;
using AckedBy = PrimaryBackupOptions::AckedBy;

// Unfenced epochs are (round, rank): two nodes never take the same one.
constexpr std::uint64_t kEpochsPerRound = 1024;

std::string EncodeMeta(const ClusterView& view, bool forgot) {
  std::string bytes;
  Writer w(&bytes);
  w.Id(view.epoch);
  w.Id(view.primary);
  w.Varint(view.in_sync.size());
  for (NodeId node : view.in_sync) w.Id(node);
  w.U8(forgot ? 1 : 0);
  w.Flush();
  return bytes;
}

// Meta bytes are checksummed by the meta cell: damage is our own bug.
void DecodeMeta(Slice bytes, ClusterView* view, bool* forgot) {
  Reader r(bytes);
  view->epoch = r.As<Epoch>();
  view->primary = r.As<NodeId>();
  view->in_sync.resize(r.Count(1));
  for (NodeId& node : view->in_sync) node = r.As<NodeId>();
  *forgot = r.U8() != 0;
  WR_CHECK(r.done());
}

WriteLevel DefaultWrite(const ReplicationOptions& options) {
  const PrimaryBackupOptions& pb = options.primary_backup;
  const bool synced = pb.acked_by != AckedBy::kWrite &&
                      options.durable_means == WriteLevelKind::kLocal;
  if (pb.ack == Ack_::kAsync || !synced) return {options.durable_means, 0};
  if (pb.ack == Ack_::kSync) return {WriteLevelKind::kAll, 0};
  return {WriteLevelKind::kCopies, pb.copies + 1};
}

}  // namespace

Capabilities PrimaryBackupCapabilities(const ReplicationOptions& options) {
  Capabilities c;
  c.operations = {OpKind::kGet, OpKind::kPut, OpKind::kDelete, OpKind::kCas,
                  OpKind::kRegisterSession};
  c.write_levels = {WriteLevelKind::kMem, WriteLevelKind::kOs};
  if (options.durable_means == WriteLevelKind::kLocal) {
    c.write_levels.insert(c.write_levels.end(),
                          {WriteLevelKind::kLocal, WriteLevelKind::kCopies,
                           WriteLevelKind::kQuorum, WriteLevelKind::kAll});
  }
  c.read_levels = {ReadLevelKind::kLocal, ReadLevelKind::kSession,
                   ReadLevelKind::kBounded, ReadLevelKind::kLeader,
                   ReadLevelKind::kStrong};
  // Somebody must grant the lease.
  if (options.primary_backup.failover == Failover::kFenced &&
      options.primary_backup.lease > 0) {
    c.read_levels.push_back(ReadLevelKind::kLease);
  }
  c.needs_config_service = options.primary_backup.failover == Failover::kFenced;
  c.default_write = DefaultWrite(options);
  c.default_read = {ReadLevelKind::kStrong, 0};
  return c;
}

PrimaryBackup::PrimaryBackup(const ReplicationOptions& options)
    : options_(options),
      pb_(options_.primary_backup),
      capabilities_(PrimaryBackupCapabilities(options)) {
  view_.members = options_.members;
  view_.in_sync = options_.members;
  status_.voters = options_.members;
}

void PrimaryBackup::Step(const Input& input, Ready& ready) {
  now_ = input.now;
  struct Dispatch {
    PrimaryBackup& self;
    Ready& ready;
    void operator()(const Start& in) const { self.OnStart(in, ready); }
    void operator()(const Submit& in) const { self.OnSubmit(in, ready); }
    void operator()(const Receive& in) const { self.OnReceive(in, ready); }
    void operator()(const Timer& in) const { self.OnTimer(in, ready); }
    void operator()(const Durable& in) const {
      self.durable_ = in.log.index;
      if (in.meta >= self.meta_version_) {
        self.status_.kept_epoch = self.view_.epoch;
      }
      if (self.leads()) {
        self.Advance(ready);
      } else {
        self.AdvanceBackup(ready);
      }
    }
    void operator()(const LogFailed&) const {
      self.latched_ = true;
      if (self.leads()) self.BecomeBackup(ready);
    }
    void operator()(const Fetched& in) const { self.OnFetched(in, ready); }
    void operator()(const Applied& in) const {
      self.applied_ = in.upto.index;
      const bool tell = self.pb_.acked_by == AckedBy::kApply;
      if (tell && !self.leads() && self.view_.primary != kNoNode) {
        const LogIndex held = std::min(self.durable_, self.agreed_);
        self.Acknowledge(self.view_.primary, held, held, {}, ready);
      }
    }
    void operator()(const ConfigChanged& in) const { self.OnConfig(in, ready); }
    void operator()(const SnapshotPart& in) const {
      self.OnSnapshotPart(in, ready);
    }
    void operator()(const SnapshotInstalled& in) const {
      self.OnInstalled(in, ready);
    }
    void operator()(const Checkpointed& in) const {
      constexpr std::uint64_t kKeptEntries = 1000;
      if (in.upto.index.value() <= kKeptEntries) return;
      const LogIndex index = in.upto.index - kKeptEntries;
      if (index <= self.log_.base().index) return;
      const LogPosition upto{self.log_.TermAt(index), index};
      self.log_.DropPrefix(upto);
      ready.drop_prefix = upto;
    }
    void operator()(const ReadDone& in) const { self.OnReadDone(in, ready); }
    void operator()(const PeerChanged& in) const {
      self.OnPeerChanged(in, ready);
    }
    // Inputs of other families of models.
    void operator()(const Merged&) const {}
    void operator()(const StoreReadDone&) const {}
    void operator()(const StoreScanDone&) const {}
    void operator()(const ChangeMembers& in) const {
      self.Refuse(in.ticket, wire::Outcome::kUnsupported, ready);
    }
    void operator()(const TransferLeadership&) const {}
  };
  std::visit(Dispatch{*this, ready}, input.body);
  UpdateStatus();
}

void PrimaryBackup::OnStart(const Start& start, Ready& ready) {
  WR_CHECK(status_.role == Role::kStarting);
  log_.Reset(start.log);
  meta_version_ = start.meta.version;
  if (!start.meta.bytes.empty()) {
    DecodeMeta(start.meta.bytes, &view_, &forgot_);
  }
  // A damaged slot may have been acknowledged, and its content is gone: keep
  // the good prefix and treat the rest as forgotten promises.
  if (!start.log.damaged.empty()) {
    log_.TruncateAfter(start.log.damaged.front().prev());
    ready.truncate_after = log_.last().index;
    SetForgot(true, ready);
  }
  if (start.log.blank && !options_.bootstrap) SetForgot(true, ready);
  // The first entry of an epoch was kept, and not yet the epoch: nobody who
  // leads an older one is followed any more.
  if (log_.last().term.value() > view_.epoch.value()) {
    view_.epoch = Epoch(log_.last().term.value());
    view_.primary = kNoNode;
    PersistView(ready);
  }
  durable_ = log_.last().index;
  applied_ = start.applied.index;
  safe_ = std::max(applied_, log_.base().index);
  status_.kept_epoch = view_.epoch;

  status_.role = Role::kFollower;
  const bool first = options_.self == pb_.first_primary;
  switch (pb_.failover) {
    case Failover::kNone:
      // The one primary there is takes a new epoch at every boot (rule 2).
      if (first && MayPromoteItself()) {
        AdoptView({OwnNextEpoch(), options_.self, view_.members, view_.members},
                  ready);
      }
      break;
    case Failover::kUnfenced:
      if (first && options_.bootstrap) {
        AdoptView({OwnNextEpoch(), options_.self, view_.members, view_.members},
                  ready);
      } else {
        BecomeBackup(ready);
      }
      break;
    case Failover::kFenced:
      break;  // the config service will speak
  }
}

void PrimaryBackup::OnReceive(const Receive& receive, Ready& ready) {
  Message message;
  if (!Decode(receive.body, &message).ok()) return;
  const bool member = std::find(view_.members.begin(), view_.members.end(),
                                receive.from) != view_.members.end();
  if (!member || receive.from == options_.self) return;
  if (message.epoch < epoch()) {
    // Fencing: whoever speaks for an older epoch learns of the newer one.
    if (std::holds_alternative<Append>(message.body) ||
        std::holds_alternative<SnapshotChunk>(message.body)) {
      Send(receive.from, {epoch(), Stale{}}, {{}, meta_version_, {}}, ready);
    }
    return;
  }
  if (message.epoch > epoch()) {
    const bool from_primary =
        std::holds_alternative<Append>(message.body) ||
        std::holds_alternative<SnapshotChunk>(message.body);
    AdoptView(
        {Epoch(message.epoch.value()), from_primary ? receive.from : kNoNode,
         view_.members, view_.in_sync},
        ready);
  }
  if (const auto* append = std::get_if<Append>(&message.body)) {
    OnAppend(receive.from, *append, ready);
  } else if (const auto* ack = std::get_if<Ack>(&message.body)) {
    if (leads()) OnAck(receive.from, *ack, ready);
  } else if (const auto* reject = std::get_if<Reject>(&message.body)) {
    if (leads()) OnReject(receive.from, *reject, ready);
  } else if (const auto* chunk = std::get_if<SnapshotChunk>(&message.body)) {
    OnSnapshotChunk(receive.from, *chunk, ready);
  } else if (const auto* done = std::get_if<SnapshotAck>(&message.body)) {
    if (leads()) OnSnapshotAck(receive.from, *done, ready);
  } else if (const auto* ask = std::get_if<FreshAsk>(&message.body)) {
    if (leads()) OnFreshAsk(receive.from, *ask, ready);
  } else if (const auto* fresh = std::get_if<FreshAnswer>(&message.body)) {
    if (receive.from == view_.primary) OnFreshAnswer(*fresh, ready);
  }
}

void PrimaryBackup::OnTimer(const Timer& timer, Ready& ready) {
  switch (static_cast<TimerId>(timer.id)) {
    case kHeartbeat:
      if (leads()) {
        OnHeartbeat(ready);
        MaybeOpenAlone(ready);
      }
      break;
    case kSilence:
      if (!leads()) OnSilence(ready);
      break;
    case kDegrade:
      if (leads()) OnDegradeTimer(ready);
      break;
    case kQuestion:
      OnQuestionTimer(ready);
      break;
  }
}

void PrimaryBackup::OnSilence(Ready& ready) {
  if (!MayPromoteItself()) {
    BecomeBackup(ready);
    return;
  }
  // The detector says that the primary lives. It may be alive and yet lead
  // nothing, so this advice is not taken for ever.
  constexpr std::uint32_t kPatience = 4;
  const bool lives = view_.primary != kNoNode &&
                     view_.primary != options_.self &&
                     !suspected_.contains(view_.primary);
  if (pb_.advised && lives && ++patience_ < kPatience) {
    ArmSilence(pb_.failover_after, ready);
    return;
  }
  WR_MARK(kPrimaryBackupSelfPromotion);
  AdoptView({OwnNextEpoch(), options_.self, view_.members, view_.members},
            ready);
}

void PrimaryBackup::OnPeerChanged(const PeerChanged& change, Ready& ready) {
  if (change.alive) {
    suspected_.erase(change.peer);
    return;
  }
  suspected_.insert(change.peer);
  const bool mine_to_do = pb_.failover == Failover::kUnfenced && pb_.advised;
  if (mine_to_do && !leads() && change.peer == view_.primary) {
    ArmSilence(1, ready);
  }
}

void PrimaryBackup::ArmSilence(Nanos silence, Ready& ready) const {
  const auto rank =
      std::find(view_.members.begin(), view_.members.end(), options_.self) -
      view_.members.begin();
  Arm(kSilence, silence + rank * 2 * pb_.heartbeat, ready);
}

void PrimaryBackup::OnConfig(const ConfigChanged& change, Ready& ready) {
  if (pb_.failover != Failover::kFenced || latched_) return;
  OnView(change.view, ready);
  // A lease is the primary's, whatever epochs it has gone through since.
  if (leads() && change.view.primary == options_.self &&
      change.view.epoch == view_.epoch) {
    lease_until_ = std::max(lease_until_, change.lease_until);
  }
}

void PrimaryBackup::OnView(const ClusterView& view, Ready& ready) {
  if (view.epoch < view_.epoch) return;
  if (view.epoch == view_.epoch) {
    // The number was known from a message, or from a former life. A primary
    // that has restarted does not resume its epoch (rule 2): it waits.
    if (view_.primary == kNoNode && view.primary == options_.self) {
      AdoptView(view, ready);
    } else if (!leads()) {
      view_ = view;
    }
    return;
  }
  AdoptView(view, ready);
}

void PrimaryBackup::AdoptView(ClusterView view, Ready& ready) {
  WR_CHECK(view.epoch >= view_.epoch);
  const bool led = leads();
  const bool same_primary = led && view.primary == options_.self;
  view_ = std::move(view);
  PersistView(ready);
  proposed_in_sync_.clear();
  if (WR_MUTANT(kPbTruncateToSafe) && !same_primary &&
      safe_ < log_.last().index && safe_ >= log_.base().index) {
    log_.TruncateAfter(safe_);
    ready.truncate_after = safe_;
    durable_ = std::min(durable_, safe_);
  }
  if (view_.primary == options_.self && MayPromoteItself()) {
    BecomePrimary(ready);
  } else {
    BecomeBackup(ready);
  }
}

void PrimaryBackup::BecomePrimary(Ready& ready) {
  const bool led = leads();
  status_.role = Role::kLeader;
  if (!led) {
    FailPending(ready);
    WR_MARK(kPrimaryBackupPromoted);
    round_ = 0;
    round_open_ = false;
    degraded_ = false;
  }
  absl::btree_map<NodeId, Progress> former;
  former.swap(progress_);
  for (NodeId node : view_.members) {
    if (node == options_.self) continue;
    Progress& progress = progress_[node];
    progress.next = log_.last().index.next();
    // In a new epoch agreement starts from nothing: rule 3 re-proves it.
    if (led) progress.snapshotting = former[node].snapshotting;
  }
  // Opens the epoch, as the first entry of a Raft term does: everything before
  // it is settled once it is safe.
  AppendEntry(EntryKind::kNoop, {}, ready);
  epoch_start_ = log_.last().index;
  epoch_began_ = now_.monotonic;
  Disarm(kSilence, ready);
  Arm(kHeartbeat, pb_.heartbeat, ready);
  ShipAll(ready);
  Advance(ready);
}

void PrimaryBackup::BecomeBackup(Ready& ready) {
  FailPending(ready);
  status_.role = Role::kFollower;
  lease_until_ = 0;
  agreed_ = LogIndex{0};
  fresh_at_ = -1;
  patience_ = 0;
  progress_.clear();
  primary_safe_ = safe_;
  round_seen_ = 0;
  wants_snapshot_ = false;
  if (!install_pending_) installing_ = {};
  Disarm(kHeartbeat, ready);
  Disarm(kDegrade, ready);
  if (pb_.failover == Failover::kUnfenced) {
    ArmSilence(pb_.failover_after, ready);
  }
}

Epoch PrimaryBackup::OwnNextEpoch() const {
  // Entries of an epoch may reach the disk before the epoch itself does.
  const std::uint64_t known =
      std::max(view_.epoch.value(), log_.last().term.value());
  const std::uint64_t round = known / kEpochsPerRound;
  return Epoch((round + 1) * kEpochsPerRound + options_.self.value());
}

void PrimaryBackup::PersistView(Ready& ready) {
  ++meta_version_;
  ready.meta = Meta{meta_version_, EncodeMeta(view_, forgot_)};
}

// Kept, for the next life would not see what this one saw: an empty disk, or
// damage that has been cut away since.
void PrimaryBackup::SetForgot(bool forgot, Ready& ready) {
  if (forgot_ == forgot) return;
  forgot_ = forgot;
  PersistView(ready);
}

bool PrimaryBackup::MayPromoteItself() const {
  // Behind an installation stands a log that is not what was appointed.
  if (latched_ || install_pending_) return false;
  // Redis's documented trap: an empty primary that comes back and resyncs its
  // backups to emptiness.
  return !forgot_ || WR_MUTANT(kPbBlankPrimaryLeads);
}

// ---- Helpers ----------------------------------------------------------------

void PrimaryBackup::Send(NodeId to, const Message& message, Promise promise,
                         Ready& ready) {
  replication::Send& send = ready.sends.emplace_back();
  send.to = to;
  send.promise = promise;
  Encode(message, &send.body);
}

void PrimaryBackup::Arm(TimerId id, Nanos after, Ready& ready) const {
  ready.timers.push_back({id, true, after});
}

void PrimaryBackup::Disarm(TimerId id, Ready& ready) const {
  ready.timers.push_back({id, false, 0});
}

void PrimaryBackup::Refuse(Ticket ticket, wire::Outcome outcome,
                           Ready& ready) const {
  Reply& reply = ready.replies.emplace_back();
  reply.ticket = ticket;
  reply.reply.outcome = outcome;
  if (view_.primary != options_.self) reply.reply.hint = view_.primary;
}

void PrimaryBackup::FailPending(Ready& ready) {
  // The entries may survive in the next epoch: nobody here can know.
  for (const PendingWrite& write : writes_) {
    Refuse(write.ticket, wire::Outcome::kUnknown, ready);
  }
  for (const PendingRead& read : reads_) {
    if (read.ticket == Ticket{0}) continue;  // a backup's: it will ask again
    Refuse(read.ticket, wire::Outcome::kNotLeader, ready);
  }
  for (const Question& question : questions_) {
    for (const auto& [ticket, level] : question.reads) {
      Refuse(ticket, wire::Outcome::kNotLeader, ready);
    }
  }
  writes_.clear();
  reads_.clear();
  questions_.clear();
}

void PrimaryBackup::SetSafe(LogIndex safe, Ready& ready) {
  if (safe <= safe_) return;
  safe_ = safe;
  ready.commit = safe;
}

bool PrimaryBackup::InSync(NodeId node) const {
  return Contains(view_.in_sync, node) || Contains(proposed_in_sync_, node);
}

void PrimaryBackup::UpdateStatus() {
  status_.term = epoch();
  status_.leader = view_.primary;
  status_.last = log_.last();
  status_.commit = safe_;
  status_.lease_until = leads() ? lease_until_ : 0;
  status_.forgot = forgot_;
}

}  // namespace wringer::replication::primary_backup
