// engine/storage/memory/table: old versions live exactly as long as their pins.
#include "engine/storage/memory/table.h"

#include <string>

#include "gtest/gtest.h"

namespace wringer::storage::memory {
namespace {

void Put(Table* table, const std::string& key, const std::string& value,
         std::uint64_t seq) {
  WriteBatch batch;
  batch.Put(key, value);
  table->Apply(batch, SequenceNumber{seq});
}
void Delete(Table* table, const std::string& key, std::uint64_t seq) {
  WriteBatch batch;
  batch.Delete(key);
  table->Apply(batch, SequenceNumber{seq});
}

TEST(Table, WithoutPinsNothingOldIsKept) {
  Table table;
  for (std::uint64_t seq = 1; seq <= 10; ++seq) Put(&table, "k", "v", seq);
  Delete(&table, "k", 11);
  EXPECT_EQ(table.old_versions(), 0u);
  EXPECT_EQ(table.keys(), 0u);
  EXPECT_EQ(table.live_bytes(), 0u);
}

TEST(Table, PinKeepsOneVersionPerKeyHoweverOftenItIsOverwritten) {
  Table table;
  Put(&table, "k", "old", 1);
  table.Pin(SequenceNumber{1});
  for (std::uint64_t seq = 2; seq <= 50; ++seq) Put(&table, "k", "new", seq);
  EXPECT_EQ(table.old_versions(), 1u);
  EXPECT_EQ(*table.GetAt("k", SequenceNumber{1}), "old");
  EXPECT_EQ(*table.Get("k"), "new");
  table.Unpin(SequenceNumber{1});
  EXPECT_EQ(table.old_versions(), 0u);
}

TEST(Table, TombstonesGoWithTheLastPinThatSeesPastThem) {
  Table table;
  Put(&table, "k", "1", 1);
  table.Pin(SequenceNumber{1});
  Delete(&table, "k", 2);
  table.Pin(SequenceNumber{2});
  Put(&table, "k", "3", 3);
  Delete(&table, "k", 4);
  EXPECT_EQ(*table.GetAt("k", SequenceNumber{1}), "1");
  EXPECT_EQ(table.GetAt("k", SequenceNumber{2}), nullptr);
  EXPECT_EQ(table.Get("k"), nullptr);
  table.Unpin(SequenceNumber{1});
  EXPECT_EQ(table.GetAt("k", SequenceNumber{2}), nullptr);
  table.Unpin(SequenceNumber{2});
  EXPECT_EQ(table.old_versions(), 0u);
  EXPECT_EQ(table.keys(), 0u);
}

TEST(Table, MiddlePinReleasedFirstIsTrimmedWithTheOldest) {
  Table table;
  for (std::uint64_t seq = 1; seq <= 3; ++seq) {
    Put(&table, "k", std::to_string(seq), seq);
    table.Pin(SequenceNumber{seq});
  }
  Put(&table, "k", "4", 4);
  EXPECT_EQ(table.old_versions(), 3u);
  table.Unpin(SequenceNumber{2});
  EXPECT_EQ(*table.GetAt("k", SequenceNumber{1}), "1");
  EXPECT_EQ(*table.GetAt("k", SequenceNumber{3}), "3");
  table.Unpin(SequenceNumber{1});
  EXPECT_EQ(table.old_versions(), 1u);
  EXPECT_EQ(*table.GetAt("k", SequenceNumber{3}), "3");
}

}  // namespace
}  // namespace wringer::storage::memory
