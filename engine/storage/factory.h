// Storage engines by the name scenarios give them.
#ifndef WR_ENGINE_STORAGE_FACTORY_H_
#define WR_ENGINE_STORAGE_FACTORY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/storage/storage_engine.h"
#include "engine/wal/options.h"

namespace wringer::storage {

struct EngineOptions {
  std::string engine = "memory";
  std::string directory;  // absolute; created if absent
  // Own journal: off when a replicated log is authoritative.
  bool journal = true;
  wal::WalOptions wal;  // of the journal
  // Applied bytes after which HasWork() offers a checkpoint.
  std::uint64_t checkpoint_bytes = 1 << 20;
  LogBarrier log_barrier = nullptr;  // of the replicated log, if there is one
};

// The known names, sorted: for scenario checks and their "did you mean".
std::vector<std::string> StorageEngineNames();

// kInvalidArgument for an unknown name, listing the known ones.
absl::StatusOr<std::unique_ptr<StorageEngine>> NewStorageEngine(
    const EngineOptions& options, env::Env* env);

}  // namespace wringer::storage

#endif  // WR_ENGINE_STORAGE_FACTORY_H_
