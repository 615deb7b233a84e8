// engine/replication/shipping: what a leader sends a follower, and what the
// answers make of it.
#include "engine/replication/shipping.h"

#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace wringer::replication {
namespace {

constexpr NodeId kPeer{2};
constexpr ShipLimits kLimits{.window = 2, .bytes = 100, .entries = 3};

LogIndex Index(std::uint64_t index) { return LogIndex(index); }

// Entries 1 to `last`, all of term 1 but those from `second` on.
LogView LogOf(std::uint64_t last, std::uint64_t second = 1000,
              std::size_t cached = 100) {
  LogView log(cached);
  for (std::uint64_t i = 1; i <= last; ++i) {
    log.Append({.term = Term(i < second ? 1 : 2),
                .index = Index(i),
                .kind = EntryKind::kCommand,
                .payload = {}});
  }
  return log;
}

class ShippingTest : public ::testing::Test {
 protected:
  // The ends of the messages that leave.
  std::vector<std::uint64_t> Ship(const LogView& log, bool probe = false) {
    std::vector<std::uint64_t> sent;
    shipping_.Ship(kPeer, log, kLimits, probe, ready_,
                   [&](LogIndex upto) { sent.push_back(upto.value()); });
    return sent;
  }

  using Ends = std::vector<std::uint64_t>;
  Shipping shipping_;
  Ready ready_;
};

TEST_F(ShippingTest, OneMessageAtATimeUntilTheLogsAgree) {
  const LogView log = LogOf(12);
  EXPECT_EQ(Ship(log), Ends({3}));
  EXPECT_EQ(Ship(log), Ends());
  EXPECT_EQ(shipping_.next, Index(1));
  shipping_.OnAccepted(Index(3), Index(0));
  EXPECT_EQ(shipping_.next, Index(4));
  EXPECT_EQ(Ship(log), Ends({6, 9}));
  EXPECT_EQ(Ship(log), Ends());
  shipping_.OnAccepted(Index(6), Index(6));
  EXPECT_EQ(Ship(log), Ends({12}));
}

TEST_F(ShippingTest, AProbeLeavesEvenIfThereIsNothingToSend) {
  const LogView log = LogOf(3);
  shipping_.next = Index(4);
  EXPECT_EQ(Ship(log), Ends());
  EXPECT_EQ(Ship(log, /*probe=*/true), Ends({3}));
  EXPECT_TRUE(shipping_.flying.empty());
}

TEST_F(ShippingTest, AnAnswerToAnOlderQuestionUndoesNothing) {
  const LogView log = LogOf(9);
  shipping_.next = Index(7);
  EXPECT_FALSE(shipping_.OnRejected(Index(4), {Term(1), Index(2)}, log));
  EXPECT_EQ(shipping_.next, Index(7));
  shipping_.OnAccepted(Index(6), Index(6));
  EXPECT_FALSE(shipping_.OnRejected(Index(5), {Term(1), Index(2)}, log));
  EXPECT_FALSE(shipping_.OnRejected(Index(7), {Term(1), Index(2)}, log));
  EXPECT_EQ(shipping_.match, Index(6));
}

TEST_F(ShippingTest, TheHintNamesWhereTheLogsMayMeet) {
  const LogView log = LogOf(9, /*second=*/5);
  shipping_.next = Index(9);
  // The follower's log ends with term 1: no later than where ours ends that.
  EXPECT_TRUE(shipping_.OnRejected(Index(8), {Term(1), Index(7)}, log));
  EXPECT_EQ(shipping_.next, Index(5));
  EXPECT_TRUE(shipping_.probing);
}

TEST_F(ShippingTest, WhoLacksWhatItAcknowledgedHasLostIt) {
  const LogView log = LogOf(9);
  shipping_.OnAccepted(Index(6), Index(6));
  EXPECT_EQ(Ship(log), Ends({9}));
  EXPECT_TRUE(shipping_.OnRejected(Index(6), {}, log));
  EXPECT_EQ(shipping_.match, Index(0));
  EXPECT_EQ(shipping_.next, Index(1));
}

TEST_F(ShippingTest, SilenceSendsAgainFromWhatIsDurable) {
  const LogView log = LogOf(9);
  shipping_.OnAccepted(Index(3), Index(3));
  EXPECT_EQ(Ship(log), Ends({6, 9}));
  shipping_.OnHeartbeat(kPeer, Index(9), 64, ready_);  // it moved since
  EXPECT_EQ(Ship(log), Ends());
  shipping_.OnHeartbeat(kPeer, Index(9), 64, ready_);
  EXPECT_EQ(shipping_.next, Index(4));
  EXPECT_EQ(Ship(log), Ends({6}));
  EXPECT_TRUE(ready_.snapshot_reads.empty());
}

// What the network duplicates, and answers to what has been sent again since.
TEST_F(ShippingTest, AnAnswerThatTellsNothingNewSendsNothingNew) {
  const LogView log = LogOf(30);
  shipping_.OnAccepted(Index(3), Index(3));
  EXPECT_EQ(Ship(log), Ends({6, 9}));
  for (int i = 0; i < 3; ++i) {
    shipping_.OnAccepted(Index(3), Index(3));
    EXPECT_EQ(Ship(log), Ends());
  }
  shipping_.OnAccepted(Index(9), Index(9));
  EXPECT_EQ(Ship(log), Ends({12, 15}));
  shipping_.OnAccepted(Index(6), Index(6));
  EXPECT_EQ(Ship(log), Ends());
}

TEST_F(ShippingTest, WhatIsNotInMemoryIsReadOnce) {
  const LogView log = LogOf(9, 1000, /*cached=*/2);
  EXPECT_EQ(Ship(log), Ends());
  EXPECT_EQ(Ship(log), Ends());
  ASSERT_EQ(ready_.fetches.size(), 1u);
  const std::vector<LogEntry> read = {{.term = Term(1),
                                       .index = Index(1),
                                       .kind = EntryKind::kCommand,
                                       .payload = {}}};
  EXPECT_TRUE(shipping_.OnFetched(log, read));
  shipping_.next = Index(4);  // an answer came meanwhile
  EXPECT_FALSE(shipping_.OnFetched(log, read));
}

TEST_F(ShippingTest, ASnapshotGoesOnWhereItIsHeld) {
  shipping_.OnAccepted(Index(2), Index(2));
  shipping_.BeginSnapshot(kPeer, 64, ready_);
  shipping_.snapshot_at = {Term(1), Index(7)};
  shipping_.ContinueSnapshot(kPeer, 64, 64, ready_);
  EXPECT_FALSE(shipping_.OnRejected(Index(2), {}, LogOf(9)));
  shipping_.OnHeartbeat(kPeer, Index(9), 64, ready_);
  shipping_.OnHeartbeat(kPeer, Index(9), 64, ready_);
  ASSERT_EQ(ready_.snapshot_reads.size(), 3u);
  EXPECT_EQ(ready_.snapshot_reads.back().offset, 64u);
  // Told twice, and told long ago.
  shipping_.ContinueSnapshot(kPeer, 128, 64, ready_);
  for (const std::uint64_t offset : {128u, 64u, 0u}) {
    shipping_.ContinueSnapshot(kPeer, offset, 64, ready_);
  }
  ASSERT_EQ(ready_.snapshot_reads.size(), 4u);
  // A follower that lost what it had says so when it is asked again.
  for (int i = 0; i < 4; ++i) {
    shipping_.OnHeartbeat(kPeer, Index(9), 64, ready_);
  }
  const std::size_t reads = ready_.snapshot_reads.size();
  for (int i = 0; i < 2; ++i) {
    shipping_.ContinueSnapshot(kPeer, 0, 64, ready_);
    ASSERT_EQ(ready_.snapshot_reads.size(), reads + 1);
    EXPECT_EQ(ready_.snapshot_reads.back().offset, 0u);
  }
  shipping_.EndSnapshot(Index(7));
  EXPECT_FALSE(shipping_.snapshotting);
  EXPECT_EQ(shipping_.next, Index(8));
}

}  // namespace
}  // namespace wringer::replication
