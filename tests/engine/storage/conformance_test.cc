// Every storage engine the factory knows, against the one suite.
#include "tests/engine/storage/conformance.h"

namespace wringer::storage {

INSTANTIATE_TEST_SUITE_P(Engines, StorageConformance,
                         ::testing::ValuesIn(StorageEngineNames()),
                         [](const auto& engine) { return engine.param; });

}  // namespace wringer::storage
