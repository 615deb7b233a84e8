// Three nodes under each replication model with a log: the same promises.
#include <gtest/gtest.h>

#include "tests/engine/node/test_cluster.h"

namespace wringer::node {
namespace {

using client::Completion;
using client::Fate;
using replication::Role;
using wire::OpKind;

class RaftNodes : public ::testing::Test {
 protected:
  static TestClusterOptions Three() {
    TestClusterOptions options;
    options.model = "raft";
    options.nodes = 3;
    options.adjust = [](NodeOptions* node) {
      node->checkpoint_bytes = 2 << 10;
      node->engine.checkpoint_bytes = 2 << 10;
      node->replication.raft.snapshot_every = 50;
      node->replication.raft.keep_entries = 10;
      node->replication.raft.snapshot_chunk_bytes = 500;
    };
    return options;
  }
  static NodeId Leader(TestCluster& cluster) {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      const NodeView view = cluster.node(NodeId{i}).Inspect();
      if (view.replication != nullptr &&
          view.replication->role == Role::kLeader) {
        return NodeId{i};
      }
    }
    return kNoNode;
  }
  static bool Converged(TestCluster& cluster) {
    const NodeView first = cluster.node(NodeId{1}).Inspect();
    for (std::uint32_t i = 2; i <= 3; ++i) {
      const NodeView view = cluster.node(NodeId{i}).Inspect();
      if (view.applied != first.applied) return false;
      if (view.state_digest != first.state_digest) return false;
    }
    return true;
  }
};

TEST_F(RaftNodes, AnswerWritesAndReads) {
  TestCluster cluster(Three());
  cluster.BootAll();
  EXPECT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  EXPECT_EQ(cluster.Get("k").reply.value, "v");
  EXPECT_TRUE(cluster.RunUntil([&] { return Converged(cluster); }));
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
}

TEST_F(RaftNodes, KeepAcknowledgedWritesWhenTheLeaderLosesPower) {
  TestCluster cluster(Three());
  cluster.BootAll();
  for (int round = 0; round < 5; ++round) {
    const std::string value = "v" + std::to_string(round);
    ASSERT_EQ(cluster.Put("k", value).fate, Fate::kOk);
    const NodeId leader = Leader(cluster);
    ASSERT_NE(leader, kNoNode);
    cluster.PowerLoss(leader);
    EXPECT_EQ(cluster.Get("k").reply.value, value);
    cluster.Boot(leader);
    cluster.Run(1 * kSecond);
  }
  EXPECT_TRUE(cluster.RunUntil([&] { return Converged(cluster); }));
  EXPECT_EQ(cluster.recorder().payloads_differ, 0u);
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
  EXPECT_EQ(cluster.defects(), 0u);
}

TEST_F(RaftNodes, BringALaggardBackBySnapshot) {
  TestCluster cluster(Three());
  cluster.BootAll();
  cluster.Put("k", "v");
  NodeId laggard = Leader(cluster) == NodeId{1} ? NodeId{2} : NodeId{1};
  cluster.Kill(laggard);
  for (int i = 0; i < 200; ++i) {
    cluster.Put("k" + std::to_string(i), std::string(50, 'x'));
  }
  cluster.Boot(laggard);
  EXPECT_TRUE(cluster.RunUntil([&] { return Converged(cluster); }));
  EXPECT_GT(cluster.node(laggard).Inspect().log_base.index, LogIndex{100});
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
}

TEST_F(RaftNodes, ExecuteEveryRequestOnceThroughLeaderChanges) {
  TestCluster cluster(Three());
  cluster.BootAll();
  // A chain of compares: any double execution breaks it.
  OpId expected;
  for (int round = 0; round < 30; ++round) {
    const OpId op = cluster.Start(OpKind::kCas, "k", "v", expected);
    if (round % 5 == 4) {
      cluster.Run(Nanos(round) * 20 * kMicrosecond);
      const NodeId leader = Leader(cluster);
      if (leader != kNoNode) {
        cluster.Kill(leader);
        cluster.Run(10 * kMillisecond);
        cluster.Boot(leader);
      }
    }
    ASSERT_TRUE(cluster.RunUntil([&] { return cluster.done.contains(op); }));
    const Completion& cas = cluster.done.at(op);
    ASSERT_EQ(cas.fate, Fate::kOk) << round;
    ASSERT_TRUE(cas.reply.cas_applied) << round;
    expected = op;
  }
  EXPECT_TRUE(cluster.RunUntil([&] { return Converged(cluster); }));
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
}

TEST(PrimaryBackupNodes, ShipTheLogAndConverge) {
  TestClusterOptions options;
  options.model = "primary_backup";
  options.nodes = 3;
  options.adjust = [](NodeOptions* node) {
    node->replication.primary_backup.failover =
        replication::PrimaryBackupOptions::Failover::kNone;
  };
  TestCluster cluster(options);
  cluster.BootAll();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(cluster.Put("k" + std::to_string(i), "v").fate, Fate::kOk);
  }
  EXPECT_EQ(cluster.Get("k7").reply.value, "v");
  cluster.Run(1 * kSecond);
  const std::uint64_t digest = cluster.node(NodeId{1}).Inspect().state_digest;
  EXPECT_EQ(cluster.node(NodeId{2}).Inspect().state_digest, digest);
  EXPECT_EQ(cluster.node(NodeId{3}).Inspect().state_digest, digest);
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
}

TEST(QuorumNodes, MergeVersionsAndConverge) {
  TestClusterOptions options;
  options.model = "quorum";
  options.nodes = 3;
  options.adjust = [](NodeOptions* node) { node->engine.journal = true; };
  TestCluster cluster(options);
  cluster.BootAll();
  for (int i = 0; i < 20; ++i) {
    const Completion put = cluster.Put("k" + std::to_string(i % 4), "v");
    ASSERT_EQ(put.fate, Fate::kOk);
  }
  const Completion last = cluster.Put("k1", "last");
  ASSERT_EQ(last.fate, Fate::kOk);
  const Completion get = cluster.Get("k1", wire::ReadLevelKind::kQuorum);
  EXPECT_EQ(get.fate, Fate::kOk);
  EXPECT_EQ(get.reply.value, "last");
  cluster.Run(1 * kSecond);
  const std::uint64_t digest = cluster.node(NodeId{1}).Inspect().state_digest;
  EXPECT_EQ(cluster.node(NodeId{2}).Inspect().state_digest, digest);
  EXPECT_EQ(cluster.node(NodeId{3}).Inspect().state_digest, digest);
  cluster.PowerLoss(NodeId{2});
  cluster.Boot(NodeId{2});
  cluster.Run(100 * kMillisecond);
  EXPECT_EQ(cluster.node(NodeId{2}).Inspect().state_digest, digest);
}

}  // namespace
}  // namespace wringer::node
