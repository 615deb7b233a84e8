#include "engine/node/merge_applier.h"

#include <gtest/gtest.h>

#include "tests/engine/node/parts_fixture.h"

namespace wringer::node {
namespace {

using replication::Merge;
using replication::StoreOp;
using replication::StoreReadDone;
using replication::StoreScanDone;
using replication::StoreSpace;
using replication::Version;
using replication::Versioned;

Version V(std::uint64_t time, std::uint32_t node = 1) {
  return {.time = time, .node = NodeId{node}, .op = OpId{time}};
}

class MergeApplierTest : public ::testing::Test {
 protected:
  void SetUp() override {
    options_.engine.wal.sync = wal::SyncPolicy::kGroup;
    node_.Run([&] {
      ASSERT_TRUE(engine_.Open().ok());
      ASSERT_TRUE(applier_.Load().ok());
      applier_.Start();
    });
  }
  ~MergeApplierTest() override { node_.Kill(); }

  StoreOp Put(const std::string& key, Version version, const std::string& value,
              bool tombstone = false) {
    return Give({.op = next_,
                 .space = StoreSpace::kData,
                 .owner = {},
                 .key = key,
                 .value = {version, tombstone, value},
                 .remove = false});
  }
  StoreOp Give(Merge merge) {
    merge.op = next_;
    ++next_;
    applier_.Submit(merge);
    return merge.op;
  }
  void Settle() { node_.Wait(100 * kMillisecond); }
  std::optional<Versioned> Read(const std::string& key) {
    applier_.Submit(replication::StoreRead{.op = next_, .key = key});
    ++next_;
    Settle();
    return host_.Steps<StoreReadDone>().back().held;
  }
  StoreScanDone Scan(StoreSpace space, NodeId owner, const std::string& from,
                     std::size_t limit) {
    applier_.Submit(replication::StoreScan{.op = next_,
                                           .space = space,
                                           .owner = owner,
                                           .from = from,
                                           .limit = limit});
    ++next_;
    Settle();
    return host_.Steps<StoreScanDone>().back();
  }

  testing::TestNode node_{nullptr};
  NodeOptions options_;
  testing::FakeEngine::Image image_;
  testing::FakeEngine engine_{&image_};
  RecordingHost host_;
  MergeApplier applier_{options_, node_.env(), &engine_, &host_};
  StoreOp next_{1};
};

TEST_F(MergeApplierTest, TheGreaterVersionWinsInAnyOrder) {
  Put("k", V(2), "new");
  Put("k", V(1), "old");
  Settle();
  EXPECT_EQ(Read("k")->value, "new");
  Put("k", V(3), "newer");
  Settle();
  EXPECT_EQ(Read("k")->value, "newer");
}

TEST_F(MergeApplierTest, TellsWhichVersionWon) {
  const StoreOp first = Put("k", V(5), "a");
  const StoreOp second = Put("k", V(3), "b");
  Settle();
  ASSERT_EQ(host_.merged.size(), 2u);
  EXPECT_EQ(host_.merged[0], std::make_pair(first, V(5)));
  EXPECT_EQ(host_.merged[1], std::make_pair(second, V(5)));
}

TEST_F(MergeApplierTest, MergesThatWaitTogetherShareOneBatch) {
  const std::uint64_t before = engine_.batches;
  for (std::uint64_t i = 1; i <= 10; ++i) {
    Put("k" + std::to_string(i % 3), V(i), "v");
  }
  Settle();
  EXPECT_EQ(engine_.batches, before + 1);
  EXPECT_EQ(host_.merged.size(), 10u);
}

TEST_F(MergeApplierTest, RepeatingAMergeChangesNothing) {
  Put("k", V(1), "v");
  Settle();
  const std::uint64_t digest = applier_.state_digest();
  const std::uint64_t batches = engine_.batches;
  Put("k", V(1), "v");
  Settle();
  EXPECT_EQ(applier_.state_digest(), digest);
  EXPECT_EQ(engine_.batches, batches);
  EXPECT_EQ(host_.merged.size(), 2u);
}

TEST_F(MergeApplierTest, ATombstoneIsAVersion) {
  Put("k", V(1), "v");
  Put("k", V(2), "", /*tombstone=*/true);
  Put("k", V(1), "v");
  Settle();
  EXPECT_TRUE(Read("k")->tombstone);
}

TEST_F(MergeApplierTest, RemovingDropsOnlyWhatIsNotNewer) {
  Put("k", V(5), "", true);
  Settle();
  Merge collect{.op = {},
                .space = StoreSpace::kData,
                .owner = {},
                .key = "k",
                .value = {V(4), true, ""},
                .remove = true};
  Give(collect);
  Settle();
  EXPECT_TRUE(Read("k").has_value());
  collect.value.version = V(5);
  Give(collect);
  Settle();
  EXPECT_FALSE(Read("k").has_value());
  EXPECT_EQ(applier_.state_digest(), 0u);
}

TEST_F(MergeApplierTest, HintsAreKeptByOwnerAndOutsideTheDigest) {
  const auto hint = [&](std::uint32_t owner, const std::string& key) {
    Give({.op = {},
          .space = StoreSpace::kHint,
          .owner = NodeId{owner},
          .key = key,
          .value = {V(1), false, "v"},
          .remove = false});
  };
  hint(2, "a");
  hint(2, "b");
  hint(3, "c");
  Settle();
  const StoreScanDone scan = Scan(StoreSpace::kHint, NodeId{2}, "", 10);
  ASSERT_EQ(scan.items.size(), 2u);
  EXPECT_EQ(scan.items[0].first, "a");
  EXPECT_EQ(scan.items[1].first, "b");
  EXPECT_FALSE(scan.more);
  EXPECT_EQ(applier_.state_digest(), 0u);
}

TEST_F(MergeApplierTest, TellsWhatIsStoredOnceItIsDurable) {
  Put("k", V(5), "a");
  EXPECT_TRUE(host_.stored.empty());
  Settle();
  EXPECT_EQ(host_.stored.at("\1k"), V(5));
  Put("k", V(4), "older");
  Settle();
  EXPECT_EQ(host_.stored.at("\1k"), V(5));
  RecordingHost after;
  MergeApplier boot(options_, node_.env(), &engine_, &after);
  node_.Run([&] { ASSERT_TRUE(boot.Load().ok()); });
  EXPECT_EQ(after.stored.at("\1k"), V(5));
}

TEST_F(MergeApplierTest, AScanStopsAtItsLimitAndSaysThatThereIsMore) {
  for (const char* key : {"a", "b", "c"}) Put(key, V(1), "v");
  Settle();
  const StoreScanDone first = Scan(StoreSpace::kData, {}, "", 2);
  ASSERT_EQ(first.items.size(), 2u);
  EXPECT_TRUE(first.more);
  const StoreScanDone rest = Scan(StoreSpace::kData, {}, "c", 2);
  ASSERT_EQ(rest.items.size(), 1u);
  EXPECT_FALSE(rest.more);
}

TEST_F(MergeApplierTest, WithoutSpaceNothingIsAppliedAndNothingPromised) {
  engine_.apply_status = absl::ResourceExhaustedError("full");
  const StoreOp op = Put("k", V(1), "v");
  Settle();
  EXPECT_TRUE(host_.merged.empty());
  EXPECT_EQ(host_.failed, std::vector<StoreOp>{op});
  EXPECT_TRUE(host_.halted.ok());
  engine_.apply_status = absl::OkStatus();
  Put("k", V(1), "v");
  Settle();
  EXPECT_EQ(host_.merged.size(), 1u);
}

TEST_F(MergeApplierTest, EqualContentsHaveEqualDigests) {
  Put("a", V(1), "1");
  Put("b", V(2), "2");
  Settle();
  const std::uint64_t kept = applier_.state_digest();
  node_.Run([&] { ASSERT_TRUE(applier_.Load().ok()); });
  EXPECT_EQ(applier_.state_digest(), kept);
}

}  // namespace
}  // namespace wringer::node
