// Executes the committed log, in order, on a fiber of its own.
//
// Executing one entry is one engine batch: its effects, the session record
// that protects them from being executed twice, and the applied cursor. So
// whatever batch recovery ends with, state, sessions and cursor agree
// (replication.md A2.3, durability rule 5).
//
// Batches are numbered by log index with room for two each, so that the
// engine's durable sequence number tells which entries a checkpoint covers.
// The distance between the two numberings changes only when a replica snapshot
// replaces the contents, and is found again at Load.
#ifndef WR_ENGINE_NODE_APPLIER_H_
#define WR_ENGINE_NODE_APPLIER_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/log_store/log_store.h"
#include "engine/node/config_machine.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/node/stored_value.h"
#include "engine/session/session_table.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

// A replica snapshot that has fully arrived: the sender's contents at `at`.
struct SnapshotImage {
  LogPosition at;
  storage::WriteBatch contents;  // puts, ascending, cursor included
  bool diverged = false;         // see SnapshotWrite
};

class Applier {
 public:
  // All pointers must outlive the applier. With a `machine` commands are its
  // own, and no user data is kept.
  Applier(const NodeOptions& options, env::Env* env,
          storage::StorageEngine* engine, log_store::LogStore* log, Host* host,
          ConfigMachine* machine = nullptr);

  // Reads cursor, sessions and digest from the opened engine. May yield.
  absl::Status Load();
  // Starts the fiber. REQUIRES: loaded.
  void Start();
  // Entries up to `upto` may be executed. Does not yield.
  void Commit(LogIndex upto);
  // Replaces the contents, once the entry being executed is done. Does not
  // yield; Host::OnSnapshotInstalled tells the end.
  void Install(SnapshotImage image);
  // More of the log is durable.
  void OnDurable() {
    if (waits_for_log_) work_.WakeOne();
  }
  void Stop() {
    stopped_ = true;
    OnDurable();
  }

  LogPosition applied() const { return applied_; }
  std::uint64_t state_digest() const { return digest_.value(); }
  // Payload of the last kConfig entry executed.
  const std::string& config() const { return config_; }
  const session::SessionTable& sessions() const { return sessions_; }
  std::uint64_t bytes_applied() const { return bytes_applied_; }

  // The position whose effects are in the engine at `sequence`.
  // REQUIRES: the engine's last sequence number, now.
  LogPosition PositionAt(SequenceNumber sequence) const;
  // The greatest index whose batch is within `sequence`; at most applied().
  LogIndex IndexAt(SequenceNumber sequence) const;

 private:
  void Run();
  absl::Status ApplyPage();
  absl::Status ApplyEntry(const replication::LogEntry& entry);
  absl::StatusOr<session::Result> Execute(const replication::LogEntry& entry);
  absl::StatusOr<session::Result> ExecuteOnce(const wire::Command& command,
                                              LogPosition at);
  // REQUIRES: `key_` is the command's.
  absl::StatusOr<session::Result> ExecuteWrite(const wire::Command& command,
                                               LogPosition at);
  absl::Status Write(const replication::LogEntry& entry);
  absl::Status RunInstall(SnapshotImage image);
  SequenceNumber SequenceOf(LogIndex index) const;

  const NodeOptions& options_;
  env::Env* const env_;
  storage::StorageEngine* const engine_;
  log_store::LogStore* const log_;
  Host* const host_;
  ConfigMachine* const machine_;

  session::SessionTable sessions_;
  StateDigest digest_;
  std::string config_;
  bool stopped_ = false;
  bool waits_for_log_ = false;  // for its restart to be durable

  LogIndex commit_;
  LogPosition applied_;
  SequenceNumber applied_sequence_;
  // The entry whose batch is being written: visible or not, nobody can tell.
  LogPosition applying_;
  SequenceNumber applying_sequence_;
  // Sequence number = 2 * index + offset, wrapping.
  std::uint64_t sequence_offset_ = 0;
  std::uint64_t bytes_applied_ = 0;

  std::optional<SnapshotImage> install_;
  env::WaitQueue work_;

  // Of the entry being executed; kept for their capacity.
  wire::Command command_;
  storage::WriteBatch batch_;
  StateDigest delta_;
  std::string key_;
  std::string before_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_APPLIER_H_
