// What clients and replicas say to each other, and its bytes (README.md).
//
// A frame is: header {magic, version, kind, cluster, sender incarnation}, body,
// CRC-32C over all before it. Decode* never crash on garbage: they answer
// kDataLoss (bad checksum) or kInvalidArgument (malformed), and the node counts
// and drops. Protocol bodies (raft, primary_backup, quorum ...) are opaque
// here: each model keeps its own messages and codec beside its rules.
#ifndef WR_ENGINE_WIRE_MESSAGES_H_
#define WR_ENGINE_WIRE_MESSAGES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/wire/levels.h"

namespace wringer::wire {

enum class FrameKind : std::uint8_t {
  kClientRequest = 1,
  kClientReply = 2,
  kReplication = 3,    // body belongs to the replication model
  kConfigRequest = 4,  // to the config service
  kConfigReply = 5,    // from it, or pushed by it
  kDetector = 6,       // failure detectors' own probes and gossip
};

struct FrameHeader {
  FrameKind kind = FrameKind::kReplication;
  std::uint64_t cluster = 0;
  Incarnation incarnation{};
};

// Appends a frame to `*out` (usually MessageBus::AcquireBuffer()).
void EncodeFrame(const FrameHeader& header, Slice body, std::string* out);
// `*body` points into `bytes`.
absl::Status DecodeFrame(Slice bytes, FrameHeader* header, Slice* body);

enum class OpKind : std::uint8_t {
  kGet = 0,
  kPut = 1,
  kDelete = 2,
  kCas = 3,              // put if the current tag is `expected_tag`
  kRegisterSession = 4,  // opens the session that `client` names
};

// A place to read from that is not older than what the session has seen.
struct SessionToken {
  LogIndex index;             // log models
  std::uint64_t version = 0;  // version models: the highest HLC seen
  bool operator==(const SessionToken&) const = default;
};

// What is replicated: everything that execution depends on, and nothing else.
struct Command {
  ClientId client;
  RequestSeq seq;
  OpId op;  // also the tag of the value written
  OpKind kind = OpKind::kGet;
  std::string key;
  std::string value;
  // kCas. 0 expects a key that was never written; after a deletion the current
  // tag is the tombstone's.
  OpId expected_tag;
  // Every answer up to here has reached the client: the session may forget it.
  RequestSeq acknowledged;
  bool operator==(const Command&) const = default;
};
void EncodeCommand(const Command& command, std::string* out);
absl::Status DecodeCommand(Slice bytes, Command* command);

struct ClientRequest {
  Command command;
  WriteLevel write_level;
  ReadLevel read_level;
  SessionToken token;
  std::uint32_t attempt = 1;  // counts resends of this (client, seq)
  bool operator==(const ClientRequest&) const = default;
};

// What a node can know of a request's fate.
enum class Outcome : std::uint8_t {
  kOk = 0,           // executed; a failed compare is kOk with cas_applied false
  kNotLeader = 1,    // not executed by this node and never will be; see `hint`
  kUnavailable = 2,  // not executed and never will be, try again later
  kUnknown = 3,      // may or may not take effect
  kUnsupported = 4,  // the model cannot do this; not executed
  kSessionUnknown = 5,  // no such session: expired, or never registered
  kNoSpace = 6,         // not executed: a disk is full
};

struct ClientReply {
  ClientId client;
  RequestSeq seq;
  std::uint32_t attempt = 1;
  Outcome outcome = Outcome::kOk;
  NodeId hint;  // kNotLeader: who may lead; 0 if not known
  // What the operation saw (get, failed cas) or wrote. A tag with found ==
  // false is the tombstone's, or 0 for a key never written.
  bool found = false;
  bool cas_applied = false;
  OpId tag;
  std::string value;
  // The level actually delivered.
  WriteLevel write_level;
  ReadLevel read_level;
  // The witness: where the implementation says the operation took effect. For
  // a read, the log index it read at. Zero where the model has no order.
  LogPosition position;
  SessionToken token;
  bool operator==(const ClientReply&) const = default;
};

void EncodeRequest(const ClientRequest& request, std::string* out);
absl::Status DecodeRequest(Slice body, ClientRequest* request);
// Also tells where in `body` the encoded command lies: ready to be proposed.
absl::Status DecodeRequest(Slice body, ClientRequest* request,
                           Slice* command_bytes);
void EncodeReply(const ClientReply& reply, std::string* out);
absl::Status DecodeReply(Slice body, ClientReply* reply);

// "not_leader", "cas": as traces and histories write them.
const char* OutcomeName(Outcome outcome);
const char* OpKindName(OpKind kind);

}  // namespace wringer::wire

#endif  // WR_ENGINE_WIRE_MESSAGES_H_
