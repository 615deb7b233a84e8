// Scenario words become options of the parts.
#include "sim/cluster/translate.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

TEST(Translate, ADefaultScenarioHasThreeReplicasAndAConfigService) {
  const Scenario scenario;
  EXPECT_EQ(ReplicasOf(scenario),
            (std::vector<NodeId>{NodeId(1), NodeId(2), NodeId(3)}));
  EXPECT_EQ(ConfigNodesOf(scenario),
            std::vector<NodeId>{NodeId(kConfigNodeBase + 1)});
}

TEST(Translate, OnlyModelsOfGrantedEpochsHaveAConfigService) {
  Scenario scenario;
  scenario.replication.model = ReplicationModel::kRaft;
  EXPECT_FALSE(HasConfigService(scenario));
  scenario.replication.model = ReplicationModel::kPrimaryBackup;
  scenario.replication.primary_backup.failover = FailoverRule::kUnfenced;
  EXPECT_FALSE(HasConfigService(scenario));
}

TEST(Translate, SemiSyncAsksForItsCopies) {
  Scenario scenario;
  scenario.replication.primary_backup.ack = AckRule::kSemiSync;
  scenario.replication.primary_backup.k = 2;
  const node::NodeOptions node = NodeOptionsOf(scenario, NodeId(2), false, 7);
  EXPECT_EQ(node.replication.primary_backup.ack,
            replication::PrimaryBackupOptions::Ack::kSemiSync);
  EXPECT_EQ(node.replication.primary_backup.copies, 2u);
  EXPECT_EQ(node.replication.self, NodeId(2));
  EXPECT_EQ(ConfigServiceOptionsOf(scenario).copies, 2u);
}

TEST(Translate, AnUnsyncedWalMeansDurableInThePageCacheOnly) {
  Scenario scenario;
  scenario.wal.sync = WalSync::kNone;
  const node::NodeOptions node = NodeOptionsOf(scenario, NodeId(1), true, 7);
  EXPECT_EQ(node.log.wal.sync, wal::SyncPolicy::kNone);
  EXPECT_EQ(node.replication.durable_means, wire::WriteLevelKind::kOs);
  EXPECT_FALSE(OraclePromisesOf(scenario).synced);
}

TEST(Translate, ScriptedFailoverIsFencedButNotAutomatic) {
  Scenario scenario;
  scenario.replication.primary_backup.failover = FailoverRule::kScripted;
  EXPECT_FALSE(ConfigServiceOptionsOf(scenario).automatic);
  EXPECT_EQ(NodeOptionsOf(scenario, NodeId(1), true, 7)
                .replication.primary_backup.failover,
            replication::PrimaryBackupOptions::Failover::kFenced);
}

TEST(Translate, TheDiskIsAsDescribed) {
  Scenario scenario;
  scenario.disk.capacity = 1 << 20;
  scenario.disk.after_fsync_error = AfterFsyncError::kStaysDirty;
  const absl::StatusOr<DiskOptions> disk =
      DiskOptionsOf(scenario, NodeId(3), 7);
  ASSERT_TRUE(disk.ok()) << disk.status();
  EXPECT_EQ(disk->capacity_bytes, std::uint64_t{1} << 20);
  EXPECT_EQ(disk->disk, 3u);
  EXPECT_EQ(disk->profile.sync_failure, SyncFailure::kStaysDirty);
}

TEST(Translate, EveryDeviceAndFileSystemOfScenariosExists) {
  Scenario scenario;
  for (const DiskDevice device :
       {DiskDevice::kHdd7200, DiskDevice::kSataSsd, DiskDevice::kNvmeConsumer,
        DiskDevice::kNvmeDatacenter, DiskDevice::kCloudVolume,
        DiskDevice::kPerfect}) {
    for (const FileSystemProfile file_system :
         {FileSystemProfile::kExt4Ordered, FileSystemProfile::kPosixStrict}) {
      scenario.disk.device = device;
      scenario.disk.file_system = file_system;
      EXPECT_TRUE(DiskOptionsOf(scenario, NodeId(1), 7).ok());
    }
  }
}

TEST(Translate, AsynchronousDesignsAreNotHeldToFinality) {
  Scenario scenario;
  EXPECT_TRUE(OraclePromisesOf(scenario).applied_is_final);
  scenario.replication.primary_backup.ack = AckRule::kAsync;
  EXPECT_FALSE(OraclePromisesOf(scenario).applied_is_final);
  scenario = Scenario();
  scenario.replication.primary_backup.failover = FailoverRule::kUnfenced;
  EXPECT_FALSE(OraclePromisesOf(scenario).one_leader);
}

}  // namespace
}  // namespace wringer::sim
