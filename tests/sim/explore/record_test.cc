// Records and shards: what survives a kill at any byte.
#include <fstream>

#include "tests/sim/explore/campaign_fixture.h"

namespace wringer::sim {
namespace {

std::vector<RunRecord> ReadAll(const std::string& path, std::uint64_t* torn) {
  std::vector<RunRecord> records;
  const auto scan = ReadRecords(
      path, [&](const RunRecord& record) { records.push_back(record); });
  EXPECT_TRUE(scan.ok()) << scan.status();
  *torn = scan.ok() ? scan->torn : 0;
  return records;
}

TEST(RunRecord, ComesBackAsItWas) {
  const RunRecord record = SampleRecord(0xffff'ffff'ffff'ffff);
  const std::string line = EncodeRecord(record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto again = DecodeRecord(line);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(*again, record);
}

TEST(RunRecord, CutAnywhereIsNoRecord) {
  const std::string line = EncodeRecord(SampleRecord(1));
  for (std::size_t size = 0; size < line.size(); ++size) {
    EXPECT_FALSE(DecodeRecord(line.substr(0, size)).ok()) << size;
  }
}

TEST(RunRecord, WithOneBitFlippedIsNoRecord) {
  const std::string line = EncodeRecord(SampleRecord(1));
  for (std::size_t i = 0; i < line.size(); ++i) {
    std::string damaged = line;
    damaged[i] = static_cast<char>(damaged[i] ^ 4);
    EXPECT_FALSE(DecodeRecord(damaged).ok()) << i;
  }
}

TEST(RecordLog, ATornTailCostsOnlyItself) {
  const Scratch scratch;
  const std::string path = scratch.path("0.jsonl");
  const std::string line = EncodeRecord(SampleRecord(2));
  for (std::size_t cut = 1; cut <= line.size(); cut += 97) {
    std::filesystem::remove(path);
    ASSERT_TRUE(RecordWriter::Open(path)->Append(SampleRecord(1)).ok());
    std::ofstream(path, std::ios::app | std::ios::binary)
        << line.substr(0, line.size() - cut);
    // The next worker of that shard.
    ASSERT_TRUE(RecordWriter::Open(path)->Append(SampleRecord(3)).ok());
    std::uint64_t torn = 0;
    const std::vector<RunRecord> records = ReadAll(path, &torn);
    ASSERT_EQ(records.size(), 2u) << cut;
    EXPECT_EQ(records[0].seed, 1u);
    EXPECT_EQ(records[1].seed, 3u);
    EXPECT_EQ(torn, cut < line.size() ? 1u : 0u);
  }
}

// The line was whole, and only its end was cut off.
TEST(RecordLog, ARecordWithoutItsNewlineCounts) {
  const Scratch scratch;
  const std::string path = scratch.path("0.jsonl");
  std::ofstream(path, std::ios::binary) << EncodeRecord(SampleRecord(1));
  std::uint64_t torn = 0;
  EXPECT_EQ(ReadAll(path, &torn).size(), 1u);
  ASSERT_TRUE(RecordWriter::Open(path)->Append(SampleRecord(2)).ok());
  EXPECT_EQ(ReadAll(path, &torn).size(), 2u);
  EXPECT_EQ(torn, 0u);
}

TEST(RecordLog, AFullDiskIsSaid) {
  auto writer = RecordWriter::Open("/dev/full");
  ASSERT_TRUE(writer.ok()) << writer.status();
  EXPECT_FALSE(writer->Append(SampleRecord(1)).ok());
}

}  // namespace
}  // namespace wringer::sim
