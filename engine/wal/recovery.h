// What a WAL's directory says after a crash: the records, in order, and the
// truth about the places where there is none.
//
// Three things look alike to a careless reader and are told apart here by the
// durable stamps that headers and records carry (W is the highest found):
//   * torn tail: the first unreadable place at or beyond W. It was never
//     synced, so never promised; it and everything after it is cut.
//   * damage: an unreadable place below W. It had been synced and may have been
//     promised. It is reported with its LSN range, and the records after it are
//     delivered all the same.
//   * missing segment: a hole in the LSNs between two segments, or a sealed
//     segment without successor. Reported like damage.
// Records synced by the very last group before a crash carry no later stamp; a
// bit flip there cannot be told from a torn write. WalOptions::marker_delay
// bounds that time.
#ifndef WR_ENGINE_WAL_RECOVERY_H_
#define WR_ENGINE_WAL_RECOVERY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/file_system.h"
#include "engine/wal/log_format.h"

namespace wringer::wal {

enum class DamageKind : std::uint8_t { kCorrupt, kMissing };

// LSNs [begin, end) cannot be read although they had been synced. An empty
// range is a place at which an unknown number of records is gone.
struct Damage {
  Lsn begin;
  Lsn end;
  DamageKind kind = DamageKind::kCorrupt;
  bool operator==(const Damage&) const = default;
};

// Where a record lies; what ReadRecord needs.
struct RecordPlace {
  SegmentNumber segment{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;  // header included
  Lsn end{};               // LSN behind it
};

// Hears the stream in order. Must not yield.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void OnRecord(const RecordPlace& place, Slice payload) = 0;
  virtual void OnDamage(const Damage& damage) = 0;
};

struct RecoveredSegment {
  SegmentNumber number;
  Lsn start;
};

struct Recovered {
  // Nothing: no intact segment was found.
  std::optional<WalId> wal;
  // LSNs held: [begin, end). A record before `begin` was dropped, or is lost:
  // the caller knows what it needs.
  Lsn begin;
  Lsn end;
  // Highest LSN known to have been synced before this boot.
  Lsn watermark;
  std::vector<Damage> damage;
  std::uint64_t torn_bytes = 0;
  // Readable segments that hold [begin, end), ascending.
  std::vector<RecoveredSegment> segments;
  // No file has this or a higher number.
  SegmentNumber next_number{1};
  // What to do on disk so that the cut stays cut: see RepairWal.
  std::vector<SegmentNumber> remove;
  std::optional<SegmentNumber> truncate;
  std::uint64_t truncate_to = 0;
};

// Reads the segments of `directory`, which must exist, and tells `sink`. If
// `expected` is given, segments of another WAL count as unreadable. Changes
// nothing on disk. Any bytes are accepted: the only errors are of the file
// system, kDataLoss excepted. May yield.
absl::StatusOr<Recovered> RecoverWal(env::FileSystem* files, Slice directory,
                                     std::optional<WalId> expected,
                                     RecordSink* sink);

// Carries out the cut that `recovered` found and, with `rewrite`, writes the
// bytes of [watermark, end) once more and syncs them: what recovery read may
// have come from a page cache that a failed sync left clean but unwritten
// (Rebello et al., ATC 2020), and only a new write makes it durable. Crashing
// in it and recovering again finds the same records. May yield.
absl::Status RepairWal(env::FileSystem* files, Slice directory,
                       const Recovered& recovered, bool rewrite);

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_RECOVERY_H_
