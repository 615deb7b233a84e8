#include "engine/storage/factory.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/storage/memory/memory_engine.h"

namespace wringer::storage {
namespace {

struct Maker {
  const char* name;
  std::unique_ptr<StorageEngine> (*make)(const EngineOptions& options,
                                         env::Env* env);
};

// One line per engine, sorted by name.
constexpr std::array kMakers = {
    Maker{"memory",
          [](const EngineOptions& options,
             env::Env* env) -> std::unique_ptr<StorageEngine> {
            return memory::NewMemoryEngine(
                {.directory = options.directory,
                 .journal = options.journal,
                 .wal = options.wal,
                 .checkpoint_bytes = options.checkpoint_bytes,
                 .log_barrier = options.log_barrier},
                env);
          }},
};

}  // namespace

std::vector<std::string> StorageEngineNames() {
  std::vector<std::string> names;
  for (const Maker& maker : kMakers) names.emplace_back(maker.name);
  return names;
}

absl::StatusOr<std::unique_ptr<StorageEngine>> NewStorageEngine(
    const EngineOptions& options, env::Env* env) {
  for (const Maker& maker : kMakers) {
    if (options.engine == maker.name) return maker.make(options, env);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("unknown storage engine \"", options.engine,
                   "\"; known: ", absl::StrJoin(StorageEngineNames(), ", ")));
}

}  // namespace wringer::storage
