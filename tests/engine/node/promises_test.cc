#include "engine/node/promises.h"

#include <gtest/gtest.h>

namespace wringer::node {
namespace {

using replication::Reply;
using replication::Send;
using replication::StoreOp;

// A log of which only the marks matter.
class MarksOnly : public log_store::LogStore {
 public:
  absl::StatusOr<log_store::Recovery> Open(
      log_store::LogStoreListener*) override {
    return log_store::Recovery{};
  }
  void SubmitAppend(std::vector<replication::LogEntry>&&) override {}
  void SubmitTruncateSuffix(LogIndex) override {}
  void SubmitMeta(replication::Meta) override {}
  void SubmitDropPrefix(LogPosition) override {}
  void SubmitRestart(LogPosition) override {}
  LogPosition base() const override { return base_; }
  LogPosition last() const override { return {term_, LogIndex{100}}; }
  Term TermAt(LogIndex) const override { return term_; }
  log_store::DurableMark durable() const override { return mark_; }
  LogPosition written() const override { return std::max(written_, mark_.log); }
  LogPosition vouched() const override { return mark_.log; }
  absl::StatusOr<std::vector<replication::LogEntry>> ReadEntries(
      LogIndex, LogIndex, std::size_t) override {
    return std::vector<replication::LogEntry>{};
  }
  bool Cached(LogIndex, LogIndex) const override { return true; }

  LogPosition base_;
  Term term_{1};
  log_store::DurableMark mark_;
  LogPosition written_;
};

class PromisesTest : public ::testing::Test {
 protected:
  Promises::Fate Offer(std::uint32_t to, replication::Promise promise) {
    Promises::Output output =
        Send{.to = NodeId{to}, .body = "", .promise = promise};
    return promises_.Offer(output);
  }
  static replication::Promise Log(std::uint64_t index, std::uint64_t term = 1) {
    return {.log = {Term{term}, LogIndex{index}}, .meta = {}, .merge = {}};
  }
  void Durable(std::uint64_t index, std::uint64_t meta = 0) {
    log_.mark_ = {.log = {Term{1}, LogIndex{index}}, .meta = MetaVersion{meta}};
  }
  // Whom the outputs that leave now are for.
  std::vector<std::uint32_t> Leaving() {
    Promises::Outputs leaving;
    broken_.clear();
    promises_.Release(&leaving, &broken_);
    std::vector<std::uint32_t> to;
    for (const auto& o : leaving) to.push_back(std::get<Send>(o).to.value());
    return to;
  }

  MarksOnly log_;
  Promises promises_{&log_};
  Promises::Outputs broken_;
};

using Ids = std::vector<std::uint32_t>;

TEST_F(PromisesTest, NothingPromisedLeavesAtOnce) {
  EXPECT_EQ(Offer(1, {}), Promises::Fate::kLeave);
}

TEST_F(PromisesTest, APromiseOfTheLogWaitsForItsIndexToBeDurable) {
  EXPECT_EQ(Offer(1, Log(5)), Promises::Fate::kHeld);
  Durable(4);
  EXPECT_EQ(Leaving(), Ids{});
  Durable(5);
  EXPECT_EQ(Leaving(), Ids{1});
  EXPECT_EQ(promises_.held(), 0u);
}

TEST_F(PromisesTest, APromiseOfThePageCacheWaitsForNoSync) {
  replication::Promise written;
  written.written = {Term{1}, LogIndex{5}};
  EXPECT_EQ(Offer(1, written), Promises::Fate::kHeld);
  EXPECT_EQ(Offer(2, Log(5)), Promises::Fate::kHeld);
  EXPECT_TRUE(promises_.waits_for_writes());
  log_.written_ = {Term{1}, LogIndex{5}};
  EXPECT_EQ(Leaving(), Ids{1});
  EXPECT_FALSE(promises_.waits_for_writes());
  Durable(5);
  EXPECT_EQ(Leaving(), Ids{2});
}

TEST_F(PromisesTest, APromiseOfThePageCacheBreaksWithItsEntry) {
  replication::Promise written;
  written.written = {Term{1}, LogIndex{5}};
  Offer(1, written);
  promises_.OnTruncated(LogIndex{4}, &broken_);
  EXPECT_EQ(broken_.size(), 1u);
  EXPECT_FALSE(promises_.waits_for_writes());
}

TEST_F(PromisesTest, OutputsLeaveInTheOrderOfWhatTheyWaitFor) {
  Offer(3, Log(3));
  Offer(1, Log(1));
  Offer(2, Log(1));
  Durable(3);
  EXPECT_EQ(Leaving(), (Ids{1, 2, 3}));
}

TEST_F(PromisesTest, AllNamedPartsMustHold) {
  replication::Promise all = Log(2);
  all.meta = MetaVersion{4};
  all.merge = StoreOp{9};
  promises_.OnMergeStarted(StoreOp{9});
  Offer(1, all);
  Durable(2);
  EXPECT_EQ(Leaving(), Ids{});
  Durable(2, 4);
  EXPECT_EQ(Leaving(), Ids{});
  promises_.OnMerged(StoreOp{9});
  EXPECT_EQ(Leaving(), Ids{1});
}

TEST_F(PromisesTest, AMergeThatIsDoneHoldsNothingBack) {
  EXPECT_EQ(Offer(1, {.log = {}, .meta = {}, .merge = StoreOp{3}}),
            Promises::Fate::kLeave);
}

TEST_F(PromisesTest, ATruncationBreaksWhatPromisedTheLostEntries) {
  Offer(1, Log(5));
  Offer(2, Log(7));
  promises_.OnTruncated(LogIndex{5}, &broken_);
  ASSERT_EQ(broken_.size(), 1u);
  EXPECT_EQ(std::get<Send>(broken_[0]).to, NodeId{2});
  Durable(9);
  EXPECT_EQ(Leaving(), Ids{1});
}

TEST_F(PromisesTest, AnEntryOfAnotherTermDoesNotKeepThePromise) {
  Offer(1, Log(5, /*term=*/1));
  log_.term_ = Term{2};  // the place was taken by another leadership
  Durable(5);
  EXPECT_EQ(Leaving(), Ids{});
  EXPECT_EQ(broken_.size(), 1u);
}

TEST_F(PromisesTest, WhatACheckpointCoversIsDurableWhateverItsTerm) {
  log_.base_ = {Term{7}, LogIndex{6}};
  EXPECT_EQ(Offer(1, Log(5)), Promises::Fate::kLeave);
}

TEST_F(PromisesTest, AFailedMergeBreaksWhatPromisedIt) {
  promises_.OnMergeStarted(StoreOp{1});
  Offer(1, {.log = {}, .meta = {}, .merge = StoreOp{1}});
  promises_.OnMergeFailed(StoreOp{1}, &broken_);
  EXPECT_EQ(broken_.size(), 1u);
  EXPECT_EQ(promises_.held(), 0u);
}

}  // namespace
}  // namespace wringer::node
