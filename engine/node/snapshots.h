// Replica snapshots, out and in, as a stream of bytes cut into parts.
//
// The stream holds every record of the engine except the cursor, ascending:
// user data, sessions, membership. So what the receiver installs is the whole
// replicated state, which replaces its own and is never merged into it.
//
//   record: bytes key · bytes value        (engine/base/coding.h)
//   end:    bytes "" · varint records · u32 CRC-32C of everything before it
//
// Sending reads one point in time, chosen at the first part; the parts of one
// snapshot are therefore consistent however long they take. A part may be asked
// for again. Receiving gathers the parts in memory and hands the whole image to
// the applier, which installs it between two entries.
#ifndef WR_ENGINE_NODE_SNAPSHOTS_H_
#define WR_ENGINE_NODE_SNAPSHOTS_H_

#include <memory>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/node/applier.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

// Parses a whole stream into what the applier installs. kDataLoss on anything
// but a well-formed stream with a good checksum.
absl::StatusOr<SnapshotImage> ParseSnapshot(LogPosition at, Slice stream);

class SnapshotSender {
 public:
  SnapshotSender(env::Env* env, storage::StorageEngine* engine,
                 const Applier* applier, Host* host);
  void Start();
  // Does not yield. Answered by Step(SnapshotPart), at once or never: a request
  // for a snapshot that is no longer held gets an empty last part at position
  // 0, and the model starts again.
  void Submit(replication::SnapshotRead request);
  void Stop() { stopped_ = true; }

 private:
  // One snapshot being sent to one peer.
  struct Stream {
    LogPosition at;
    std::string config;
    std::unique_ptr<storage::ReadView> view;
    std::unique_ptr<storage::Iterator> records;
    std::string bytes;         // from `offset` on, not all of the stream
    std::uint64_t offset = 0;  // of bytes[0] in the stream
    std::uint64_t count = 0;
    std::uint32_t crc = 0;
    bool ended = false;
  };

  void Run();
  absl::Status Serve(const replication::SnapshotRead& request);
  absl::Status Open(Stream& stream);
  absl::Status Fill(Stream& stream, std::size_t wanted);

  env::Env* const env_;
  storage::StorageEngine* const engine_;
  const Applier* const applier_;
  Host* const host_;
  bool stopped_ = false;
  env::Mailbox<replication::SnapshotRead> requests_;
  absl::btree_map<NodeId, Stream> streams_;
};

class SnapshotReceiver {
 public:
  SnapshotReceiver(const NodeOptions& options, Applier* applier, Host* host)
      : options_(options), applier_(applier), host_(host) {}
  // Does not yield. Parts that do not follow on what has arrived are refused
  // (SnapshotInstalled with ok = false), except repetitions.
  void Add(replication::SnapshotWrite part);

 private:
  void Refuse(LogPosition at);

  const NodeOptions& options_;
  Applier* const applier_;
  Host* const host_;
  LogPosition at_;
  std::string stream_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_SNAPSHOTS_H_
