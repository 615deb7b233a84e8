// Primary-backup log shipping: one appointed primary orders all writes and
// ships its log; backups follow (replication.md A2.2).
//
// Rules it keeps, in the order in which they matter:
//  1. A node accepts nothing from an epoch older than the greatest it has
//     persisted, and persists an epoch before it acknowledges anything in it.
//  2. A primary never resumes an epoch after a restart: what it accepted and
//     did not sync is gone, and reusing the places would give one (epoch,
//     index) two contents. It asks for a new epoch (fenced), or takes one.
//  3. A backup acknowledges as durable only what agrees with the primary's log
//     of that epoch: (epoch, index) of the entry before must match, as in
//     Raft's log matching, which is Kafka's leader-epoch truncation (KIP-101).
//  4. Entries become visible (`safe`) when the ack rule is met (visible after
//     ack), or when the primary itself has synced them (before ack, and async).
//  5. A backup whose executed state parts from the primary's log cannot undo:
//     it is rebuilt from a replica snapshot.
//  6. A blank node that is not being born has forgotten promises: it leads
//     nothing until a primary has brought it up to date, in no life.
//  7. A lease read rests on the config service's word that nobody else is
//     appointed before the lease runs out, and is checked again after reading.
//
// Failover: kNone (an operator's business), kUnfenced (a backup that hears
// nothing promotes itself: split brain is possible, and shown), kFenced (the
// config service grants epochs; see engine/membership/config_service.h).
#ifndef WR_ENGINE_REPLICATION_PRIMARY_BACKUP_PRIMARY_BACKUP_H_
#define WR_ENGINE_REPLICATION_PRIMARY_BACKUP_PRIMARY_BACKUP_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "absl/container/btree_map.h"
#include "engine/base/types.h"
#include "engine/replication/log_view.h"
#include "engine/replication/options.h"
#include "engine/replication/primary_backup/messages.h"
#include "engine/replication/replicator.h"
#include "engine/replication/retransmission.h"

namespace wringer::replication::primary_backup {

// What the primary knows of one backup.
struct Progress {
  // Next index to send. Entries in [durable + 1, next) are in flight.
  // Invariant: durable < next.
  LogIndex next{1};
  LogIndex written;  // accepted by the backup in this epoch
  LogIndex durable;  // acknowledged as synced; never goes back in an epoch
  LogIndex applied;
  std::uint64_t round = 0;  // newest read round acknowledged
  // Where the logs agree is not known, or an answer is overdue: one message at
  // a time, so that a silent backup is not flooded, and always with the same
  // `prev`, so that an answer to an older question is told from one to this.
  bool probing = true;
  LogIndex asked_upto;  // end of what went along with the question; 0: nothing
  std::size_t inflight = 0;  // Append messages with entries, unanswered
  Retransmission retransmission;
  bool fetching = false;  // older entries are being read for it
  // Being rebuilt from a snapshot: nothing is shipped meanwhile.
  bool snapshotting = false;
  bool diverged = false;    // the base of its log is not in this one
  LogPosition snapshot_at;  // 0 until the first part is read
  std::uint64_t snapshot_offset = 0;
};

Capabilities PrimaryBackupCapabilities(const ReplicationOptions& options);

class PrimaryBackup : public Replicator {
 public:
  explicit PrimaryBackup(const ReplicationOptions& options);

  void Step(const Input& input, Ready& ready) override;
  const Status& status() const override { return status_; }
  const Capabilities& capabilities() const override { return capabilities_; }

  // For tests and the promise oracle.
  const ClusterView& view() const { return view_; }
  LogIndex safe() const { return safe_; }

 private:
  struct PendingWrite {
    Ticket ticket;
    LogPosition at;
    wire::WriteLevel asked;
    Nanos since = 0;  // monotonic time of submission
  };
  // A read that waits for a round: a client's, or a backup's question.
  struct PendingRead {
    Ticket ticket;  // 0: `backup` asked
    LogIndex at_least;
    std::uint64_t round = 0;  // waits for this round of every in-sync backup
    NodeId backup{};
    std::uint64_t id = 0;  // of the backup's question
  };
  // At a backup: bounded reads that wait for the answer to one question, and
  // then until the log agrees with the primary's up to `index`.
  struct Question {
    std::uint64_t id = 0;
    Nanos asked_at = 0;
    bool answered = false;
    LogIndex index;
    std::vector<std::pair<Ticket, wire::ReadLevel>> reads;
  };
  enum TimerId : std::uint8_t {
    kHeartbeat = 0,
    kSilence = 1,
    kDegrade = 2,
    kQuestion = 3,
  };

  // primary_backup.cc: the switch, lives and epochs.
  void OnStart(const Start& start, Ready& ready);
  void RecoverLog(const Start& start, Ready& ready);
  void OnReceive(const Receive& receive, Ready& ready);
  void OnTimer(const Timer& timer, Ready& ready);
  void OnConfig(const ConfigChanged& change, Ready& ready);
  void OnView(const ClusterView& view, Ready& ready);
  void OnPeerChanged(const PeerChanged& change, Ready& ready);
  void OnSilence(Ready& ready);
  // Staggered by rank, so that usually one promotes itself first.
  void ArmSilence(Nanos silence, Ready& ready) const;
  // Accepts a greater epoch: persists it and forgets the old leadership.
  void AdoptView(ClusterView view, Ready& ready);
  void BecomePrimary(Ready& ready);
  void BecomeBackup(Ready& ready);
  // Unfenced: the next epoch nobody else can take by itself.
  Epoch OwnNextEpoch() const;
  void PersistView(Ready& ready);
  bool MayPromoteItself() const;

  // primary.cc: writes, shipping, the ack rule.
  void OnSubmit(const Submit& submit, Ready& ready);
  void OnAck(NodeId from, const Ack& ack, Ready& ready);
  void OnReject(NodeId from, const Reject& reject, Ready& ready);
  void OnHeartbeat(Ready& ready);
  void OnDegradeTimer(Ready& ready);
  void MaybeOpenAlone(Ready& ready);
  // The degrade rule, for what the backups have not acknowledged up to `index`.
  void StopWaiting(LogIndex index, Ready& ready);
  void AppendEntry(EntryKind kind, SharedBytes payload, Ready& ready);
  void ShipAll(Ready& ready);
  // Sends what `to` lacks, as far as flow control allows. `probe` sends an
  // empty Append if there is nothing else to say.
  void Ship(NodeId to, bool probe, Ready& ready);
  static void ForgetAcks(Progress& progress);
  static void NoteShipped(Progress& progress, LogIndex upto);
  void SendEntries(NodeId to, Progress& progress, LogIndex upto, Ready& ready);
  void OnFetched(const Fetched& fetched, Ready& ready);
  // Moves `safe` and answers what may be answered.
  void Advance(Ready& ready);
  void RaiseSafe(Ready& ready);
  // Which of the three positions that backups acknowledge `index` waits for.
  LogIndex Progress::* AwaitedFor(LogIndex index) const;
  // The last index at which the ack rule holds, judged by one of them.
  LogIndex AckedIndex(LogIndex Progress::* position) const;
  LogIndex AckedIn(const std::vector<NodeId>& in_sync,
                   LogIndex Progress::* position) const;
  bool AckRuleIsOff() const;
  std::uint32_t SyncedCopies(LogIndex index) const;
  bool AllSynced(LogIndex index) const;
  // The level a write at `index` may claim; false if the one asked for must
  // still be waited for.
  bool DeliveredLevel(const PendingWrite& write, wire::WriteLevel* out) const;
  void ReleaseWrites(Ready& ready);
  void MaybeAdmit(Ready& ready);
  // Falls back to the ack rule if backups have caught up with a degraded
  // primary.
  void MaybeRestore();
  void ProposeInSync(std::vector<NodeId> in_sync, Ready& ready);

  // reads.cc.
  void SubmitRead(const Submit& submit, Ready& ready);
  void StartRound(Ready& ready);
  // The newest round that every in-sync backup has answered.
  std::uint64_t AnsweredRound() const;
  void ReleaseReads(Ready& ready);
  // Whoever is primary now was so when the read at hand came in, too.
  bool LeaseHolds() const;
  void OnReadDone(const ReadDone& done, Ready& ready);

  // bounded.cc: reads at a backup that are late by so much at most.
  void SubmitBounded(Ticket ticket, wire::ReadLevel level, Ready& ready);
  void OnFreshAsk(NodeId from, const FreshAsk& ask, Ready& ready);
  void AnswerFresh(NodeId to, std::uint64_t id, LogIndex index, Ready& ready);
  void OnFreshAnswer(const FreshAnswer& answer, Ready& ready);
  void ReleaseBounded(Ready& ready);
  // Refuses those whose answer is overdue.
  void OnQuestionTimer(Ready& ready);

  // backup.cc.
  void OnAppend(NodeId from, const Append& append, Ready& ready);
  void HearPrimary(Ready& ready);
  bool Agrees(NodeId from, const Append& append, Ready& ready);
  bool Accept(NodeId from, const Append& append, Ready& ready);
  // Entries both agreed upon and durable may be executed.
  void AdvanceBackup(Ready& ready);
  void Acknowledge(NodeId to, LogIndex written, LogIndex durable,
                   Promise promise, Ready& ready);
  bool AgreesAtBase(const Append& append) const;
  Reject AskForSnapshot(LogIndex rejected) const;
  void SendReject(NodeId to, Reject reject, Ready& ready);
  bool AlreadyHolds(LogPosition at);
  void OnSnapshotChunk(NodeId from, const SnapshotChunk& chunk, Ready& ready);
  void OnInstalled(const SnapshotInstalled& installed, Ready& ready);

  // snapshot.cc: the primary's side.
  void StartSnapshot(NodeId to, Ready& ready);
  void OnSnapshotPart(const SnapshotPart& part, Ready& ready);
  void OnSnapshotAck(NodeId from, const SnapshotAck& ack, Ready& ready);

  // Helpers.
  void Send(NodeId to, const Message& message, Promise promise, Ready& ready);
  void Arm(TimerId id, Nanos after, Ready& ready) const;
  void Disarm(TimerId id, Ready& ready) const;
  void Refuse(Ticket ticket, wire::Outcome outcome, Ready& ready) const;
  void FailPending(Ready& ready);
  void SetSafe(LogIndex safe, Ready& ready);
  Term epoch() const { return Term(view_.epoch.value()); }
  bool leads() const { return status_.role == Role::kLeader; }
  bool InSync(NodeId node) const;
  void UpdateStatus();

  const ReplicationOptions options_;
  const PrimaryBackupOptions& pb_;
  const Capabilities capabilities_;
  Status status_;

  ClusterView view_;  // of the greatest epoch seen
  MetaVersion meta_version_;
  LogView log_;
  LogIndex durable_;  // own log
  LogIndex applied_;
  LogIndex safe_;
  // Blank and not newly born, or damaged: leads nothing until brought up to
  // date. On disk with the view, for it outlives this life.
  bool forgot_ = false;
  std::optional<LogIndex> cut_after_;  // once that is given to the disk
  bool latched_ = false;               // the log store failed

  // Primary.
  absl::btree_map<NodeId, Progress> progress_;
  std::deque<PendingWrite> writes_;  // by index
  std::deque<PendingRead> reads_;
  LogIndex epoch_start_;   // the no-op that opened this epoch
  Nanos epoch_began_ = 0;  // monotonic time of that
  std::uint64_t round_ = 0;
  bool round_open_ = false;  // a round was asked for and not yet sent
  bool degraded_ = false;    // acknowledges alone, and says so in every reply
  Now now_;                  // of the input at hand
  // No other primary before this, by the clock leases are measured on.
  Nanos lease_until_ = 0;
  // A set asked for and not yet granted. Nobody knows which of the two the
  // config service will go by, so what is acknowledged satisfies the ack rule
  // in either (as Kafka's maximal ISR does for sync).
  std::vector<NodeId> proposed_in_sync_;

  // Backup.
  // The log agrees with that of this epoch's primary up to here; 0: unknown.
  LogIndex agreed_;
  LogIndex primary_safe_;  // as the primary last said
  std::uint64_t round_seen_ = 0;
  std::set<NodeId> suspected_;  // advice of the failure detector
  std::uint32_t patience_ = 0;  // times it kept the backup from acting
  std::deque<Question> questions_;
  std::uint64_t question_id_ = 0;
  // State up to `fresh_index_` was the primary's at `fresh_at_` or later.
  Nanos fresh_at_ = -1;
  LogIndex fresh_index_;
  bool wants_snapshot_ = false;
  LogPosition installing_;  // 0: nothing
  std::uint64_t install_offset_ = 0;
  bool install_pending_ = false;  // the last part was handed to the driver
  Epoch install_epoch_;           // whose primary sent it
};

}  // namespace wringer::replication::primary_backup

#endif  // WR_ENGINE_REPLICATION_PRIMARY_BACKUP_PRIMARY_BACKUP_H_
