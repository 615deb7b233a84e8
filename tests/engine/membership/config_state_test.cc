// The rules by which a view changes.
#include "engine/membership/config_state.h"

#include "gtest/gtest.h"

namespace wringer::membership {
namespace {

using Kind = ConfigCommand::Kind;
using replication::ClusterView;

constexpr NodeId kA{1};
constexpr NodeId kB{2};
constexpr NodeId kC{3};

ClusterView Three() { return FirstView({kA, kB, kC}, kA); }

TEST(ConfigState, AnEpochIsGrantedOnce) {
  ClusterView view = Three();
  const ConfigCommand to_b{Kind::kAppoint, Epoch{1}, kB, {kB, kC}};
  const ConfigCommand to_c{Kind::kAppoint, Epoch{1}, kC, {kB, kC}};
  EXPECT_EQ(Execute(to_b, &view), ConfigVerdict::kInstalled);
  EXPECT_EQ(Execute(to_c, &view), ConfigVerdict::kLate);
  EXPECT_EQ(view.epoch, Epoch{2});
  EXPECT_EQ(view.primary, kB);
}

TEST(ConfigState, OnlyMembersInSyncAreAppointed) {
  ClusterView view = Three();
  ASSERT_EQ(Execute({Kind::kInSync, Epoch{1}, kA, {kA, kB}}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(Execute({Kind::kAppoint, Epoch{2}, kC, {kC}}, &view),
            ConfigVerdict::kRefused);
  // Nor are others brought in with the new primary.
  EXPECT_EQ(Execute({Kind::kAppoint, Epoch{2}, kB, {kB, kC}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kAppoint, Epoch{2}, kB, {kB}}, &view),
            ConfigVerdict::kInstalled);
}

TEST(ConfigState, ThePrimaryAdmitsAndDropsButStaysInSync) {
  ClusterView view = Three();
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{1}, kA, {kB, kC}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{1}, kB, {kB, kC}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{1}, kA, {kA}}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{2}, kA, {kA, kB, kC}}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(view.epoch, Epoch{3});
}

TEST(ConfigState, ASealedEpochHasNoPrimaryUntilOneIsAppointed) {
  ClusterView view = Three();
  EXPECT_EQ(Execute({Kind::kSeal, Epoch{1}, kA, view.in_sync}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kSeal, Epoch{1}, kNoNode, {kA, kB}}, &view),
            ConfigVerdict::kRefused);
  ASSERT_EQ(Execute({Kind::kSeal, Epoch{1}, kNoNode, view.in_sync}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(view.primary, kNoNode);
  EXPECT_EQ(view.in_sync, Three().in_sync);
  // Once is enough, and the one who led before changes nothing any more.
  EXPECT_EQ(Execute({Kind::kSeal, Epoch{2}, kNoNode, view.in_sync}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{2}, kA, {kA, kB}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kAppoint, Epoch{2}, kNoNode, {kB}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kAppoint, Epoch{2}, kB, {kB, kC}}, &view),
            ConfigVerdict::kInstalled);
}

TEST(ConfigState, TheFloorOnlyRises) {
  ClusterView view = Three();
  const LogPosition high{Term{1}, LogIndex{9}};
  ASSERT_EQ(Execute({Kind::kAppoint, Epoch{1}, kB, {kB, kC}, high}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(view.floor, high);
  ASSERT_EQ(Execute({Kind::kInSync, Epoch{2}, kB, {kB}, {}}, &view),
            ConfigVerdict::kInstalled);
  EXPECT_EQ(view.floor, high);
}

TEST(ConfigState, StrangersAndDoublesAreRefused) {
  ClusterView view = Three();
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{1}, kA, {kA, NodeId{9}}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(Execute({Kind::kInSync, Epoch{1}, kA, {kA, kA}}, &view),
            ConfigVerdict::kRefused);
  EXPECT_EQ(view, Three());
}

TEST(ConfigState, CommandsComeBackFromTheirBytes) {
  const ConfigCommand command{Kind::kInSync, Epoch{300}, kB, {kA, kB}};
  std::string bytes;
  EncodeConfigCommand(command, &bytes);
  ConfigCommand back;
  ASSERT_TRUE(DecodeConfigCommand(bytes, &back).ok());
  EXPECT_EQ(back, command);
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(DecodeConfigCommand(Slice(bytes).substr(0, cut), &back).ok());
  }
  EXPECT_FALSE(DecodeConfigCommand(bytes + "x", &back).ok());
}

}  // namespace
}  // namespace wringer::membership
