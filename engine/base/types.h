// The numbers of the house: who, when, and which.
//
// Time is integer nanoseconds everywhere. A point counts from the start of the
// run (true time), or from whatever the node's clock believes; the name of the
// variable says which.
#ifndef WR_ENGINE_BASE_TYPES_H_
#define WR_ENGINE_BASE_TYPES_H_

#include <cstdint>
#include <string>

#include "engine/base/strong_int.h"

namespace wringer {

using Nanos = std::int64_t;  // a point in time or a length of time

inline constexpr Nanos kMicrosecond = 1000;
inline constexpr Nanos kMillisecond = 1000 * kMicrosecond;
inline constexpr Nanos kSecond = 1000 * kMillisecond;

// A party on the message bus. 0 is nobody. Replicas are 1..999 and print as
// n1..n999, config-service members are 1001.. and print as m1.., clients are
// 10001.. and print as c1...
using NodeId = StrongInt<struct NodeIdTag, std::uint32_t>;
inline constexpr NodeId kNoNode{0};
inline constexpr std::uint32_t kConfigNodeBase = 1000;
inline constexpr std::uint32_t kClientNodeBase = 10000;

inline bool IsReplica(NodeId id) {
  return id.value() > 0 && id.value() < kConfigNodeBase;
}
inline bool IsConfigNode(NodeId id) {
  return id.value() > kConfigNodeBase && id.value() < kClientNodeBase;
}
inline bool IsClient(NodeId id) { return id.value() > kClientNodeBase; }

// "n3", "m1", "c7"; "-" for kNoNode.
std::string NodeName(NodeId id);

// Boots of one node, counted from 1; every message carries its sender's.
using Incarnation = StrongInt<struct IncarnationTag, std::uint32_t>;

// Election epoch of a consensus protocol. Models whose epochs are granted by a
// config service store the epoch here too: both order leaderships.
using Term = StrongInt<struct TermTag>;
// Number of a configuration granted by the config service.
using Epoch = StrongInt<struct EpochTag>;
// Place in the replicated log, from 1. 0 is "before the first entry".
using LogIndex = StrongInt<struct LogIndexTag>;
// Version of a node's hard state in its MetaCell, from 1.
using MetaVersion = StrongInt<struct MetaVersionTag>;
// Byte position in a node's WAL: counts every byte ever appended.
using Lsn = StrongInt<struct LsnTag>;
// Per-node order of applied write batches.
using SequenceNumber = StrongInt<struct SequenceNumberTag>;

// A client session, and the number of a request within it (from 1).
using ClientId = StrongInt<struct ClientIdTag>;
using RequestSeq = StrongInt<struct RequestSeqTag>;
// Names one client operation in the whole run, from 1; the version tag of
// every value it writes (design.md 10). 0 is the initial, absent value.
using OpId = StrongInt<struct OpIdTag>;

// A place in the replicated log together with the leadership that wrote it.
// Ordered by term first: the "more up to date" order of Raft, section 5.4.1.
struct LogPosition {
  Term term;
  LogIndex index;
  auto operator<=>(const LogPosition&) const = default;
};

}  // namespace wringer

#endif  // WR_ENGINE_BASE_TYPES_H_
