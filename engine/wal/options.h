// How a WAL is kept: when it syncs, and how its segments grow.
#ifndef WR_ENGINE_WAL_OPTIONS_H_
#define WR_ENGINE_WAL_OPTIONS_H_

#include <cstdint>

#include "engine/base/types.h"

namespace wringer::wal {

enum class SyncPolicy : std::uint8_t {
  kEvery,     // one sync per record, before it is reported durable
  kGroup,     // one sync per group of waiting records (after `delay`, if any)
  kInterval,  // sync every `interval`; records are reported before it
  kNone,      // never sync; records are reported once the page cache has them
};

struct WalOptions {
  SyncPolicy sync = SyncPolicy::kGroup;
  // kGroup: how long the first record of a group may wait for company.
  Nanos delay = 0;
  // kInterval: time between syncs.
  Nanos interval = 100 * kMillisecond;
  std::uint64_t segment_bytes = 4 << 20;
  std::uint64_t max_group_bytes = 1 << 20;
  // A WAL that has been idle for this long writes a marker, which says on disk
  // how far it is known durable; until then damage to its last group cannot be
  // told from a torn tail. 0: only the next group says so. Not under kNone.
  Nanos marker_delay = 10 * kMillisecond;
};

}  // namespace wringer::wal

#endif  // WR_ENGINE_WAL_OPTIONS_H_
