// engine/storage/memory/checkpoint_file: all of it or nothing.
#include "engine/storage/memory/checkpoint_file.h"

#include <map>
#include <string>

#include "gtest/gtest.h"
#include "tests/engine/fake_disk.h"

namespace wringer::storage::memory {
namespace {

using Model = std::map<std::string, std::string>;

const CheckpointHeader kHeader{.number = 7,
                               .generation = 2,
                               .sequence = SequenceNumber{99},
                               .wal = wal::WalId{5}};

std::string Written(const Model& model) {
  testing::FakeDisk disk;
  auto file = disk.Open("/c", {.create = true});
  auto writer = CheckpointWriter::Start(*std::move(file), kHeader);
  EXPECT_TRUE(writer.ok());
  for (const auto& [key, value] : model) {
    EXPECT_TRUE((*writer)->Add(key, value).ok());
  }
  EXPECT_TRUE((*writer)->Finish().ok());
  return disk.Contents("/c");
}

absl::StatusOr<Model> Parsed(Slice bytes, std::uint64_t number = 7) {
  Model model;
  const auto header = ParseCheckpoint(bytes, number, [&](Slice k, Slice v) {
    model[std::string(k.data(), k.size())] = std::string(v.data(), v.size());
  });
  if (!header.ok()) return header.status();
  EXPECT_EQ(*header, kHeader);
  return model;
}

TEST(CheckpointFile, RoundTripsEmptySmallAndManyBlocks) {
  Model large;
  for (int i = 0; i < 3000; ++i) {
    large["key" + std::to_string(i)] = std::string(100, 'v');
  }
  for (const Model& model : {Model{}, Model{{"a", ""}, {"b", "2"}}, large}) {
    const auto parsed = Parsed(Written(model));
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(*parsed, model);
  }
}

TEST(CheckpointFile, EveryBitFlipAndEveryCutIsDataLoss) {
  const std::string good = Written({{"alpha", "1"}, {"beta", "2"}});
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_TRUE(absl::IsDataLoss(Parsed(bad).status())) << bit;
  }
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(Parsed(Slice(good).substr(0, n)).status()));
  }
  EXPECT_TRUE(absl::IsDataLoss(Parsed(good + "x").status()));
}

TEST(CheckpointFile, IsRefusedUnderAnotherNumber) {
  EXPECT_TRUE(absl::IsDataLoss(Parsed(Written({{"a", "1"}}), 8).status()));
}

TEST(CheckpointFile, NamesHaveOneSpelling) {
  EXPECT_EQ(CheckpointFileName(7), "checkpoint-00000007");
  EXPECT_EQ(ParseCheckpointFileName("checkpoint-00000007"), 7u);
  for (Slice bad : {"checkpoint-7", "checkpoint-00000007.tmp", "journal"}) {
    EXPECT_FALSE(ParseCheckpointFileName(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace wringer::storage::memory
