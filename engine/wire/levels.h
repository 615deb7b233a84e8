// Consistency levels, one pair of enums for every model (replication.md A3).
//
// A request names the level it asks for; every reply names the level actually
// delivered, and the checks hold the system to that claim.
#ifndef WR_ENGINE_WIRE_LEVELS_H_
#define WR_ENGINE_WIRE_LEVELS_H_

#include <cstdint>
#include <string>

#include "engine/base/types.h"

namespace wringer::wire {

// Who must hold a write before it is acknowledged.
enum class WriteLevelKind : std::uint8_t {
  kMem = 0,     // one node's memory
  kOs = 1,      // one node's page cache
  kLocal = 2,   // one node, synced
  kCopies = 3,  // `copies` nodes, synced: the scenario's "k(n)"
  kQuorum = 4,  // a majority (log models), or W of N (quorum), synced
  kAll = 5,     // every member of the current configuration, synced
  kAny = 6,     // any node, a hint counts
};

// How a read proves that it is fresh.
enum class ReadLevelKind : std::uint8_t {
  kLocal = 0,    // not at all
  kSession = 1,  // not older than the session's token
  kBounded = 2,  // not older than `bound`
  kLeader = 3,   // whoever believes to lead answers
  kLease = 4,    // a leader within its lease
  kQuorum = 5,   // merge of R replicas
  kStrong = 6,   // linearizable by message rounds
};

struct WriteLevel {
  WriteLevelKind kind = WriteLevelKind::kLocal;
  std::uint32_t copies = 0;  // kCopies only
  bool operator==(const WriteLevel&) const = default;
};

struct ReadLevel {
  ReadLevelKind kind = ReadLevelKind::kLocal;
  Nanos bound = 0;  // kBounded only
  bool operator==(const ReadLevel&) const = default;
};

// "k(2)", "strong", "bounded(50ms)" as scenarios write them.
std::string LevelName(const WriteLevel& level);
std::string LevelName(const ReadLevel& level);

}  // namespace wringer::wire

#endif  // WR_ENGINE_WIRE_LEVELS_H_
