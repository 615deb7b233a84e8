// Replicas n1 to n3 whose epochs are granted by a Raft group of real nodes, n4
// to n6: everything but the simulator's cluster.
#include <gtest/gtest.h>

#include "engine/wire/messages.h"
#include "tests/engine/node/test_cluster.h"

namespace wringer::node {
namespace {

using client::Fate;
using replication::Role;

const std::vector<NodeId> kReplicas = {NodeId{1}, NodeId{2}, NodeId{3}};
const std::vector<NodeId> kMembers = {NodeId{4}, NodeId{5}, NodeId{6}};

TestClusterOptions Six(Nanos lease = 0) {
  TestClusterOptions options;
  options.model = "primary_backup";
  options.nodes = 6;
  options.adjust = [lease](NodeOptions* node) {
    replication::ReplicationOptions& model = node->replication;
    membership::ConfigServiceOptions service;
    service.members = kReplicas;
    service.first_primary = NodeId{1};
    service.failover_after = 300 * kMillisecond;
    service.all_copies = true;
    service.lease = lease;
    if (model.self > NodeId{3}) {
      node->config_group = service;
      model.model = "raft";
      model.members = kMembers;
      model.random_key = model.self.value();
      return;
    }
    model.members = kReplicas;
    model.primary_backup.lease = lease;
    node->config_nodes = kMembers;
  };
  options.adjust_client = [](client::ClientOptions* client) {
    client->nodes = kReplicas;
  };
  return options;
}

class ConfigGroupTest : public ::testing::Test {
 protected:
  static bool Up(TestCluster& cluster, NodeId id, Role role) {
    const NodeView view = cluster.node(id).Inspect();
    return view.replication != nullptr && view.replication->role == role;
  }
  static NodeId GroupLeader(TestCluster& cluster, NodeId except = kNoNode) {
    for (const NodeId id : kMembers) {
      if (id != except && Up(cluster, id, Role::kLeader)) return id;
    }
    return kNoNode;
  }
  static Epoch EpochOf(TestCluster& cluster, NodeId id) {
    return Epoch(cluster.node(id).Inspect().replication->term.value());
  }
};

TEST_F(ConfigGroupTest, GrantsTheFirstEpochAndServes) {
  TestCluster cluster(Six());
  cluster.BootAll();
  EXPECT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  EXPECT_EQ(cluster.Get("k").reply.value, "v");
  EXPECT_NE(GroupLeader(cluster), kNoNode);
  EXPECT_TRUE(Up(cluster, NodeId{1}, Role::kLeader));
}

TEST_F(ConfigGroupTest, ReplacesADeadPrimaryByAnInSyncBackup) {
  TestCluster cluster(Six());
  cluster.BootAll();
  ASSERT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  cluster.PowerLoss(NodeId{1});
  EXPECT_EQ(cluster.Get("k").reply.value, "v");
  const replication::ClusterView* view =
      cluster.node(GroupLeader(cluster)).config_view();
  EXPECT_NE(view->primary, NodeId{1});
  EXPECT_EQ(view->in_sync.size(), 2u);
  // It comes back, and is brought in again by the new primary.
  cluster.Boot(NodeId{1});
  EXPECT_TRUE(cluster.RunUntil([&] {
    const NodeId leader = GroupLeader(cluster);
    return leader != kNoNode &&
           cluster.node(leader).config_view()->in_sync.size() == 3;
  }));
  EXPECT_EQ(cluster.defects(), 0u);
}

TEST_F(ConfigGroupTest, RemembersEpochsThroughThePowerLossOfAllItsMembers) {
  TestCluster cluster(Six());
  cluster.BootAll();
  cluster.PowerLoss(NodeId{1});
  ASSERT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  const replication::ClusterView before =
      *cluster.node(GroupLeader(cluster)).config_view();
  ASSERT_GT(before.epoch, Epoch{1});
  for (const NodeId id : kMembers) cluster.PowerLoss(id);
  for (const NodeId id : kMembers) cluster.Boot(id);
  ASSERT_TRUE(cluster.RunUntil([&] {
    const NodeId leader = GroupLeader(cluster);
    return leader != kNoNode &&
           cluster.node(leader).config_view()->epoch >= before.epoch;
  }));
  EXPECT_EQ(cluster.node(GroupLeader(cluster)).config_view()->primary,
            before.primary);
  EXPECT_EQ(cluster.Put("k", "w").fate, Fate::kOk);
}

TEST_F(ConfigGroupTest, FailsOverAlthoughItsOwnLeaderDies) {
  TestCluster cluster(Six());
  cluster.BootAll();
  ASSERT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  const NodeId judge = GroupLeader(cluster);
  cluster.Kill(judge);
  cluster.PowerLoss(NodeId{1});
  EXPECT_EQ(cluster.Get("k").reply.value, "v");
  EXPECT_EQ(cluster.Put("k", "w").fate, Fate::kOk);
  cluster.Boot(judge);
  cluster.Boot(NodeId{1});
  cluster.Run(2 * kSecond);
  EXPECT_EQ(EpochOf(cluster, NodeId{1}), EpochOf(cluster, NodeId{2}));
  EXPECT_EQ(cluster.defects(), 0u);
}

TEST_F(ConfigGroupTest, AppointsOnlyWhoIsInSync) {
  TestCluster cluster(Six());
  cluster.BootAll();
  const NodeId judge = GroupLeader(cluster);
  ASSERT_TRUE(cluster.node(judge).Appoint(NodeId{1}, {NodeId{1}, NodeId{2}}));
  ASSERT_TRUE(cluster.RunUntil(
      [&] { return cluster.node(judge).config_view()->in_sync.size() == 2; }));
  EXPECT_FALSE(cluster.node(judge).Appoint(NodeId{3}, {}));
  for (const NodeId id : kMembers) {
    if (id == judge) continue;
    EXPECT_FALSE(cluster.node(id).Appoint(NodeId{2}, {}));  // it does not lead
  }
  // A replica grants nothing.
  EXPECT_FALSE(cluster.node(NodeId{2}).Appoint(NodeId{2}, {}));
}

TEST_F(ConfigGroupTest, LeaseReadsNeedNoRoundUntilTheLeaseIsOver) {
  TestCluster cluster(Six(/*lease=*/400 * kMillisecond));
  cluster.BootAll();
  ASSERT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  const client::Completion read = cluster.Get("k", wire::ReadLevelKind::kLease);
  EXPECT_EQ(read.reply.value, "v");
  EXPECT_EQ(read.reply.read_level.kind, wire::ReadLevelKind::kLease);
  // Without the group nobody renews it: the next one asks the backups, and
  // says so.
  for (const NodeId id : kMembers) cluster.Kill(id);
  cluster.Run(1 * kSecond);
  const client::Completion later =
      cluster.Get("k", wire::ReadLevelKind::kLease);
  EXPECT_EQ(later.reply.value, "v");
  EXPECT_EQ(later.reply.read_level.kind, wire::ReadLevelKind::kStrong);
}

TEST_F(ConfigGroupTest, BackupsAnswerBoundedReads) {
  TestCluster cluster(Six());
  cluster.BootAll();
  ASSERT_EQ(cluster.Put("k", "v").fate, Fate::kOk);
  const client::Completion read =
      cluster.Get("k", wire::ReadLevelKind::kBounded);
  EXPECT_EQ(read.fate, Fate::kOk);
  EXPECT_EQ(read.reply.value, "v");
}

TEST_F(ConfigGroupTest, ItsMembersRefuseClients) {
  TestClusterOptions options = Six();
  options.adjust_client = [](client::ClientOptions* client) {
    client->nodes = {NodeId{4}};
    client->sessions = false;
  };
  TestCluster cluster(options);
  cluster.BootAll();
  EXPECT_EQ(cluster.Put("k", "v").fate, Fate::kFailed);
}

}  // namespace
}  // namespace wringer::node
