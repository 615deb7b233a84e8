// engine/storage/factory: engines by name.
#include "engine/storage/factory.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "tests/engine/fake_disk.h"
#include "tests/engine/test_node.h"

namespace wringer::storage {
namespace {

TEST(StorageFactory, UnknownEngineNamesTheKnownOnes) {
  testing::FakeDisk disk;
  testing::TestNode node(&disk);
  EngineOptions options;
  options.engine = "memori";
  const auto made = NewStorageEngine(options, node.env());
  ASSERT_TRUE(absl::IsInvalidArgument(made.status()));
  const std::string message(made.status().message());
  EXPECT_NE(message.find("memori"), std::string::npos);
  for (const std::string& name : StorageEngineNames()) {
    EXPECT_NE(message.find(name), std::string::npos);
  }
}

TEST(StorageFactory, NamesAreSorted) {
  const auto names = StorageEngineNames();
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
}

}  // namespace
}  // namespace wringer::storage
