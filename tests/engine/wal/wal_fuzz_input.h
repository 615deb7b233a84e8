// What one fuzz input does to WAL recovery; shared by the fuzz target and the
// test that replays the corpus.
//
// First byte even: the rest is a segment file, as it is. Odd: the rest is a
// script that edits a small, valid WAL of several segments, five bytes a step:
// (file, operation, offset u16, value). A fuzzer cannot guess checksums, so
// the second form is what reaches the depths.
#ifndef WR_TESTS_ENGINE_WAL_WAL_FUZZ_INPUT_H_
#define WR_TESTS_ENGINE_WAL_WAL_FUZZ_INPUT_H_

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/check.h"
#include "engine/wal/log_format.h"
#include "engine/wal/recovery.h"
#include "tests/engine/fake_disk.h"

namespace wringer::wal {

inline constexpr char kFuzzDirectory[] = "/wal";

inline std::string FuzzRecord(std::uint64_t n) {
  return "record " + std::to_string(n) + std::string(n % 13, '.');
}

// Three segments of four records, sealed, each stamped with what was durable.
inline std::unique_ptr<testing::FakeDisk> FuzzBase() {
  auto disk = std::make_unique<testing::FakeDisk>();
  WR_CHECK(disk->MakeDirectory(kFuzzDirectory).ok());
  Lsn lsn;
  for (std::uint64_t s = 1; s <= 3; ++s) {
    const SegmentNumber number{s};
    const SegmentIdentity identity(WalId{77}, number);
    std::string bytes = EncodeSegmentHeader({WalId{77}, number, lsn, lsn});
    for (std::uint64_t r = 0; r < 4; ++r) {
      const std::uint64_t at = bytes.size();
      FrameRecord(identity, {.file_offset = at}, FuzzRecord(4 * s + r), Slice(),
                  &bytes);
      lsn += bytes.size() - at;
    }
    if (s < 3) {
      FrameRecord(identity,
                  {.file_offset = bytes.size(), .type = RecordType::kSeal},
                  std::string(8, '\0'), Slice(), &bytes);
    }
    disk->SetContents(
        std::string(kFuzzDirectory) + "/" + SegmentFileName(number), bytes);
  }
  return disk;
}

inline void FuzzEdit(testing::FakeDisk* disk, Slice step) {
  const auto files = disk->Files();
  if (files.empty()) return;
  const auto byte = [&](std::size_t i) {
    return static_cast<std::uint8_t>(step[i]);
  };
  const std::string path = files[byte(0) % files.size()];
  std::string bytes = disk->Contents(path);
  // Most of a small segment is header; aim at its records.
  std::uint64_t at = byte(2) + 256u * byte(3);
  if (at >= 64) at += kSegmentHeaderBytes - 64;
  at = std::min<std::uint64_t>(at, bytes.size());
  switch (byte(1) % 6) {
    case 0:
      if (at < bytes.size()) bytes[at] = static_cast<char>(byte(4));
      break;
    case 1:
      bytes.resize(at);
      break;
    case 2:
      bytes.insert(at, byte(4), '\0');
      break;
    case 3:
      bytes.erase(at, byte(4));
      break;
    case 4:
      bytes += bytes.substr(at, byte(4));
      break;
    case 5:
      disk->Erase(path);
      return;
  }
  disk->SetContents(path, bytes);
}

// Records that were written, in order, and LSN ranges that make sense.
class FuzzSink : public RecordSink {
 public:
  explicit FuzzSink(bool only_ours) : only_ours_(only_ours) {}
  void OnRecord(const RecordPlace& place, Slice payload) override {
    WR_CHECK(place.end > last_);
    last_ = place.end;
    records.emplace_back(payload.data(), payload.size());
    if (!only_ours_) return;
    while (next_ < 16 && FuzzRecord(next_) != records.back()) ++next_;
    WR_CHECK_MSG(next_ < 16, "a record nobody wrote: " + records.back());
    ++next_;
  }
  void OnDamage(const Damage& damage) override {
    WR_CHECK(damage.begin <= damage.end);
  }
  std::vector<std::string> records;

 private:
  const bool only_ours_;
  std::uint64_t next_ = 4;
  Lsn last_;
};

inline void RunWalFuzzInput(Slice input) {
  if (input.empty()) return;
  const bool script = (input[0] & 1) != 0;
  input.remove_prefix(1);
  std::unique_ptr<testing::FakeDisk> disk;
  if (script) {
    disk = FuzzBase();
    for (; input.size() >= 5; input.remove_prefix(5)) {
      FuzzEdit(disk.get(), input.substr(0, 5));
    }
  } else {
    disk = std::make_unique<testing::FakeDisk>();
    WR_CHECK(disk->MakeDirectory(kFuzzDirectory).ok());
    disk->SetContents("/wal/wal-00000001.seg",
                      std::string(input.data(), input.size()));
  }
  // Recover, repair, recover: the second time finds the same and no torn tail.
  FuzzSink first(script), second(script);
  const auto found =
      RecoverWal(disk.get(), kFuzzDirectory, std::nullopt, &first);
  WR_CHECK(found.ok());
  WR_CHECK(RepairWal(disk.get(), kFuzzDirectory, *found, true).ok());
  const auto again =
      RecoverWal(disk.get(), kFuzzDirectory, std::nullopt, &second);
  WR_CHECK(again.ok());
  WR_CHECK(first.records == second.records);
  WR_CHECK(again->torn_bytes == 0);
  WR_CHECK(again->end == found->end);
}

}  // namespace wringer::wal

#endif  // WR_TESTS_ENGINE_WAL_WAL_FUZZ_INPUT_H_
