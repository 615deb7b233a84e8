// From roles, zones and shapes to nodes and links.
#include "sim/fault/resolve.h"

#include <algorithm>

#include "gtest/gtest.h"
#include "tests/sim/fault/fake_target.h"

namespace wringer::sim {
namespace {

ResolvedFault ResolveNodes(FakeTarget* cluster, std::vector<Target> nodes,
                           NodeId old_leader = kNoNode) {
  return Resolve(Timed("f", FaultKind::kCrash, 0, std::move(nodes)), *cluster,
                 old_leader, 42);
}

bool Cuts(const ResolvedFault& fault, NodeId from, NodeId to) {
  return std::binary_search(fault.links.begin(), fault.links.end(),
                            LinkEnds{from, to});
}

TEST(Resolve, RolesAndZones) {
  FakeTarget cluster;
  using V = std::vector<NodeId>;
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kLeader)}).nodes, V{N(1)});
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kFollowers)}).nodes,
            (V{N(2), N(3), N(4), N(5)}));
  EXPECT_EQ(ResolveNodes(&cluster, {Target::InZone("east")}).nodes,
            (V{N(1), N(2)}));
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kOldLeader)}, N(4)).nodes,
            V{N(4)});
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kConfig)}).nodes, V{M(1)});
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kClients)}).nodes,
            V{C(1)});
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kMinority)}).nodes.size(),
            2u);
  EXPECT_EQ(ResolveNodes(&cluster, {Target::Of(Role::kAny)}).nodes.size(), 1u);
}

TEST(Resolve, ARoleNobodyHoldsIsNobody) {
  FakeTarget cluster;
  cluster.leader = kNoNode;
  EXPECT_TRUE(
      ResolveNodes(&cluster, {Target::Of(Role::kLeader)}).nodes.empty());
}

TEST(Resolve, SidesCutBetweenThemAndNowhereElse) {
  FakeTarget cluster;
  FaultSpec fault = Timed("p", FaultKind::kPartition, 0);
  fault.partition.sides = {{Target::Of(Role::kLeader)},
                           {Target::Of(Role::kOthers)}};
  const ResolvedFault r = Resolve(fault, cluster, kNoNode, 1);
  EXPECT_EQ(r.links.size(), 8u);
  EXPECT_TRUE(Cuts(r, N(1), N(3)));
  EXPECT_TRUE(Cuts(r, N(3), N(1)));
  EXPECT_FALSE(Cuts(r, N(2), N(3)));
  EXPECT_FALSE(Cuts(r, N(1), M(1)));
  EXPECT_EQ(r.target, "n1 | n2 n3 n4 n5");
}

TEST(Resolve, IsolateCutsFromReplicasAndConfigServiceNotFromClients) {
  FakeTarget cluster;
  FaultSpec fault = Timed("p", FaultKind::kPartition, 0);
  fault.partition.shape = PartitionShape::kIsolate;
  fault.partition.isolate = {Target::Node(N(2))};
  const ResolvedFault r = Resolve(fault, cluster, kNoNode, 1);
  EXPECT_TRUE(Cuts(r, N(2), N(1)));
  EXPECT_TRUE(Cuts(r, M(1), N(2)));
  EXPECT_FALSE(Cuts(r, C(1), N(2)));
  EXPECT_EQ(r.target, "n2 | the rest");
}

TEST(Resolve, OneWayCutsOneWay) {
  FakeTarget cluster;
  FaultSpec fault = Timed("p", FaultKind::kPartition, 0);
  fault.partition.shape = PartitionShape::kOneWay;
  fault.partition.from = {Target::Node(N(2))};
  fault.partition.to = {Target::Node(N(3))};
  const ResolvedFault r = Resolve(fault, cluster, kNoNode, 1);
  EXPECT_EQ(r.links, (std::vector<LinkEnds>{{N(2), N(3)}}));
}

TEST(Resolve, ABridgeReachesBothHalvesWhichDoNotReachEachOther) {
  FakeTarget cluster;
  FaultSpec fault = Timed("p", FaultKind::kPartition, 0);
  fault.partition.shape = PartitionShape::kBridge;
  fault.partition.bridge = Target::Node(N(3));
  const ResolvedFault r = Resolve(fault, cluster, kNoNode, 1);
  EXPECT_TRUE(Cuts(r, N(1), N(4)));
  EXPECT_TRUE(Cuts(r, N(5), N(2)));
  EXPECT_FALSE(Cuts(r, N(1), N(2)));
  EXPECT_FALSE(Cuts(r, N(3), N(1)));
  EXPECT_FALSE(Cuts(r, N(3), N(5)));
}

TEST(Resolve, LinkBetweenTwoGroupsIsEveryPairAcross) {
  FakeTarget cluster;
  FaultSpec fault = Timed("l", FaultKind::kLink, 0);
  fault.link.between = {Target::InZone("east"), Target::Node(N(5))};
  const ResolvedFault r = Resolve(fault, cluster, kNoNode, 1);
  EXPECT_EQ(r.links.size(), 4u);
  EXPECT_TRUE(Cuts(r, N(2), N(5)));
  EXPECT_TRUE(Cuts(r, N(5), N(1)));
  EXPECT_FALSE(Cuts(r, N(1), N(2)));
  EXPECT_EQ(r.target, "n1 n2 <-> n5");
}

TEST(Resolve, APinnedFaultResolvesToItself) {
  FakeTarget cluster;
  FaultSpec fault = Timed("p", FaultKind::kPartition, 0);
  fault.partition.sides = {{Target::Of(Role::kMinority)},
                           {Target::Of(Role::kOthers)}};
  const ResolvedFault once = Resolve(fault, cluster, kNoNode, 1);
  cluster.leader = N(4);
  const ResolvedFault twice = Resolve(once.pinned, cluster, kNoNode, 2);
  EXPECT_EQ(once.links, twice.links);
  EXPECT_EQ(once.pinned, twice.pinned);
}

}  // namespace
}  // namespace wringer::sim
