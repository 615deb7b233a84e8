// engine/log_store/log_replay: what damage means for the slots of the log.
#include "engine/log_store/log_replay.h"

#include <string>
#include <vector>

#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/engine/log_store/log_store_testing.h"

namespace wringer::log_store {
namespace {

using replication::RecoveredLog;

// A stream of records written by hand, some of them damaged.
class Stream {
 public:
  Stream& Append(std::uint64_t term, std::uint64_t index) {
    std::string bytes;
    EncodeEntryHead(lineage_, Entry(term, index), &bytes);
    bytes += ToStd(Entry(term, index).payload);
    return Add(bytes);
  }
  Stream& Truncate(LogPosition last) {
    lineage_ = {lineage_.truncations + 1, last.index};
    return Add(EncodeTruncate(lineage_, last));
  }
  Stream& State(LogPosition base, LogPosition last) {
    return Add(EncodeState(lineage_, base, last));
  }
  // Every record until the next Intact() is lost.
  Stream& Damaged() {
    damaged_ = true;
    replay_.OnDamage({Lsn{1}, Lsn{2}, wal::DamageKind::kCorrupt});
    return *this;
  }
  Stream& Intact() {
    damaged_ = false;
    return *this;
  }
  RecoveredLog Finish() {
    replay_.Finish();
    return replay_.TakeLog();
  }

 private:
  Stream& Add(const std::string& bytes) {
    if (!damaged_) replay_.OnRecord({.size = 1}, bytes);
    return *this;
  }
  LogReplay replay_;
  Lineage lineage_;
  bool damaged_ = false;
};

using Indexes = std::vector<LogIndex>;

TEST(LogReplay, EntriesAndTruncations) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Append(1, 2)
                               .Append(1, 3)
                               .Truncate(At(1, 1))
                               .Append(2, 2)
                               .Finish();
  ASSERT_EQ(log.entries.size(), 2u);
  EXPECT_EQ(log.entries[1], Entry(2, 2));
  EXPECT_TRUE(log.damaged.empty());
}

TEST(LogReplay, StateDropsAPrefix) {
  const RecoveredLog log =
      Stream().Append(1, 1).Append(1, 2).State(At(1, 1), At(1, 2)).Finish();
  EXPECT_EQ(log.base, At(1, 1));
  ASSERT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(log.entries[0], Entry(1, 2));
}

// The first segments are gone because the base has moved on since.
TEST(LogReplay, DroppedBeginningDoesNotTakeTheRestAlong) {
  const RecoveredLog log = Stream()
                               .State(At(0, 0), At(1, 1))
                               .Append(2, 2)
                               .Append(2, 3)
                               .State(At(1, 1), At(2, 3))
                               .Finish();
  EXPECT_EQ(log.base, At(1, 1));
  EXPECT_EQ(log.entries, Entries(2, 2, 3));
  EXPECT_TRUE(log.damaged.empty());
}

TEST(LogReplay, StateBeyondTheEndReplacesTheLog) {
  const RecoveredLog log =
      Stream().Append(1, 1).State(At(3, 9), At(3, 9)).Append(3, 10).Finish();
  EXPECT_EQ(log.base, At(3, 9));
  ASSERT_EQ(log.entries.size(), 1u);
  EXPECT_EQ(log.entries[0], Entry(3, 10));
}

TEST(LogReplay, DamagedEntryIsOneDamagedSlot) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Damaged()
                               .Append(1, 2)
                               .Intact()
                               .Append(2, 3)
                               .Finish();
  EXPECT_EQ(log.damaged, Indexes{LogIndex{2}});
  ASSERT_EQ(log.entries.size(), 3u);
  EXPECT_EQ(log.entries[1].kind, replication::EntryKind::kNoop);
  EXPECT_EQ(log.entries[1].term, Term{1});
  EXPECT_EQ(log.entries[2], Entry(2, 3));
}

TEST(LogReplay, DamageAtTheEndPutsTheNextSlotInDoubt) {
  const RecoveredLog log =
      Stream().Append(1, 1).Damaged().Append(1, 2).Finish();
  EXPECT_EQ(log.damaged, Indexes{LogIndex{2}});
}

TEST(LogReplay, StateAfterDamageTellsHowManyEntriesAreGone) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Damaged()
                               .Append(1, 2)
                               .Append(1, 3)
                               .Intact()
                               .State(At(0, 0), At(1, 3))
                               .Finish();
  EXPECT_EQ(log.damaged, (Indexes{LogIndex{2}, LogIndex{3}}));
}

// The truncation and the entries that replaced the old ones are both lost: the
// old entries must not come back as if they were still valid.
TEST(LogReplay, LostTruncationDoesNotResurrectWhatItCut) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Append(1, 2)
                               .Append(1, 3)
                               .Damaged()
                               .Truncate(At(1, 1))
                               .Append(2, 2)
                               .Append(2, 3)
                               .Intact()
                               .Append(2, 4)
                               .Finish();
  ASSERT_EQ(log.entries.size(), 4u);
  EXPECT_EQ(log.entries[0], Entry(1, 1));
  EXPECT_EQ(log.damaged, (Indexes{LogIndex{2}, LogIndex{3}}));
  EXPECT_EQ(log.entries[3], Entry(2, 4));
}

TEST(LogReplay, SeveralLostTruncationsPutEverythingInDoubt) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Append(1, 2)
                               .Damaged()
                               .Truncate(At(0, 0))
                               .Append(2, 1)
                               .Append(2, 2)
                               .Truncate(At(2, 1))
                               .Intact()
                               .Append(3, 2)
                               .Finish();
  EXPECT_EQ(log.damaged, Indexes{LogIndex{1}});
  EXPECT_EQ(log.entries.back(), Entry(3, 2));
}

TEST(LogReplay, LostTruncationBeforeAnotherTruncation) {
  const RecoveredLog log = Stream()
                               .Append(1, 1)
                               .Append(1, 2)
                               .Damaged()
                               .Truncate(At(0, 0))
                               .Append(2, 1)
                               .Append(2, 2)
                               .Intact()
                               .Truncate(At(2, 1))
                               .Append(3, 2)
                               .Finish();
  EXPECT_EQ(log.damaged, Indexes{LogIndex{1}});
  EXPECT_EQ(log.entries.back(), Entry(3, 2));
}

TEST(LogReplay, FirstEntriesThatAreGoneAreMissing) {
  const RecoveredLog log = Stream().Damaged().Intact().Append(1, 3).Finish();
  EXPECT_EQ(log.damaged, (Indexes{LogIndex{1}, LogIndex{2}}));
}

TEST(LogReplay, GarbagePayloadsNeverCrashAndNeverGrowWithoutBound) {
  RandomStream random(5, Purpose("test.log_replay"));
  for (int round = 0; round < 3000; ++round) {
    LogReplay replay;
    for (int i = 0; i < 8; ++i) {
      std::string bytes;
      EncodeEntryHead({random.Below(3), LogIndex{random.Below(5)}},
                      Entry(1 + random.Below(3), 1 + random.Below(9)), &bytes);
      const std::uint64_t at = random.Below(bytes.size());
      if (random.Below(2) == 0) {
        bytes[at] = static_cast<char>(random.Below(256));
      }
      if (random.Below(4) == 0) bytes.resize(at);
      replay.OnRecord({.size = 1}, bytes);
      if (random.Below(5) == 0) replay.OnDamage({});
    }
    replay.Finish();
    const RecoveredLog log = replay.TakeLog();
    EXPECT_LE(log.entries.size(), 9 * LogImage::kDamagedMax);
    LogIndex next = log.base.index.next();
    for (const auto& entry : log.entries) {
      ASSERT_EQ(entry.index, next);
      ++next;
    }
  }
}

}  // namespace
}  // namespace wringer::log_store
