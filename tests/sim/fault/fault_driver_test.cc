// When faults fire and end: times, marks, events, roles, other faults, heal.
#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "tests/sim/fault/fake_target.h"

namespace wringer::sim {
namespace {

using Log = std::vector<std::string>;

FaultTrigger Trigger(FaultTrigger::Kind kind) {
  FaultTrigger trigger;
  trigger.kind = kind;
  return trigger;
}

TEST(FaultDriver, ATimedFaultFiresAndEndsWhenItSays) {
  FakeTarget cluster;
  FaultDriver driver(
      &cluster,
      {Timed("a", FaultKind::kCrash, 10, {Target::Node(N(2))}, Nanos{5})}, {});
  driver.Start();
  cluster.RunTo(9);
  EXPECT_TRUE(cluster.Up(N(2)));
  cluster.RunTo(10);
  EXPECT_FALSE(cluster.Up(N(2)));
  cluster.RunTo(14);
  EXPECT_FALSE(cluster.Up(N(2)));
  cluster.RunTo(15);
  EXPECT_TRUE(cluster.Up(N(2)));
  const LedgerEntry& entry = driver.Audit().entries()[0];
  EXPECT_EQ(entry.fired_at, 10);
  EXPECT_EQ(entry.ended_at, 15);
  EXPECT_EQ(entry.target, "n2");
}

TEST(FaultDriver, WithoutADurationItLastsUntilSettling) {
  FakeTarget cluster;
  FaultDriver driver(
      &cluster, {Timed("a", FaultKind::kCrash, 10, {Target::Node(N(2))})}, {});
  driver.Start();
  cluster.RunTo(kSecond);
  EXPECT_FALSE(cluster.Up(N(2)));
  driver.HealAll();
  EXPECT_TRUE(cluster.Up(N(2)));
}

TEST(FaultDriver, WhatHitsOnlyTheLostOutlivesTheLoad) {
  FakeTarget cluster;
  FaultSpec cut = Timed("cut", FaultKind::kPartition, 10, {});
  cut.partition.shape = PartitionShape::kIsolate;
  cut.partition.isolate = {Target::Node(N(2))};
  FaultDriver driver(
      &cluster,
      {Timed("two", FaultKind::kCrash, 10, {Target::Node(N(2))}, Nanos{20}),
       Timed("both", FaultKind::kPause, 10,
             {Target::Node(N(3)), Target::Node(N(4))}),
       cut},
      {});
  driver.Start();
  cluster.RunTo(11);
  driver.HealAllBut({N(2), N(3)});
  cluster.RunTo(kSecond);
  EXPECT_FALSE(cluster.Up(N(2)));
  EXPECT_TRUE(driver.KeptDown(N(2)));
  EXPECT_FALSE(cluster.Paused(N(3))) << "it hits n4 as well";
  EXPECT_FALSE(driver.KeptDown(N(3)));
  EXPECT_TRUE(cluster.network().Connected(N(2), N(1)));
  EXPECT_EQ(driver.Audit().Find("two")->ended_at, -1);
  driver.Strike(Timed("more", FaultKind::kPause, 0, {Target::Node(N(3))}));
  EXPECT_TRUE(cluster.Paused(N(3)));
  EXPECT_EQ(driver.Audit().Find("more")->fired_at, kSecond);
}

TEST(FaultDriver, NothingFiresAfterSettlingHasBegun) {
  FakeTarget cluster;
  FaultDriver driver(
      &cluster, {Timed("a", FaultKind::kCrash, 10, {Target::Node(N(2))})}, {});
  driver.Start();
  driver.HealAll();
  cluster.RunTo(kSecond);
  EXPECT_TRUE(cluster.Up(N(2)));
  EXPECT_EQ(driver.Audit().entries()[0].verdict(), FaultVerdict::kPlanned);
}

TEST(FaultDriver, AMarkFiresAtItsCountOnTheNodeNamed) {
  FakeTarget cluster;
  FaultSpec fault = Timed("m", FaultKind::kCrash, 0, {Target::Node(N(3))});
  fault.trigger = Trigger(FaultTrigger::Kind::kMark);
  fault.trigger.mark = Mark::kWalTornTail;
  fault.trigger.node = Target::Node(N(1));
  fault.trigger.count = 2;
  fault.trigger.after = 100;
  FaultDriver driver(&cluster, {fault}, {});
  driver.Start();
  const auto reach = [&cluster](NodeId node) {
    const WorldScope scope(&cluster.world(), node);
    WR_MARK(kWalTornTail);
  };
  reach(N(1));
  reach(N(2));
  cluster.RunTo(1000);
  EXPECT_TRUE(cluster.Up(N(3)));
  reach(N(1));
  EXPECT_TRUE(cluster.Up(N(3)));
  cluster.RunTo(1099);
  EXPECT_TRUE(cluster.Up(N(3)));
  cluster.RunTo(1100);
  EXPECT_FALSE(cluster.Up(N(3)));
}

TEST(FaultDriver, AnEventFiresOnceOnly) {
  FakeTarget cluster;
  FaultSpec fault =
      Timed("e", FaultKind::kCrash, 0, {Target::Node(N(3))}, Nanos{10});
  fault.trigger = Trigger(FaultTrigger::Kind::kEvent);
  fault.trigger.event = FaultEvent::kWriteAcked;
  FaultDriver driver(&cluster, {fault}, {});
  driver.Start();
  EXPECT_TRUE(driver.WaitsFor(FaultEvent::kWriteAcked));
  EXPECT_FALSE(driver.WaitsFor(FaultEvent::kDiskSync));
  driver.OnEvent(FaultEvent::kWriteAcked, N(1));
  cluster.RunTo(100);
  driver.OnEvent(FaultEvent::kWriteAcked, N(1));
  cluster.RunTo(200);
  EXPECT_EQ(cluster.log, (Log{"kill n3 0", "restart n3"}));
}

TEST(FaultDriver, TakingOfficeFiresARoleTrigger) {
  FakeTarget cluster;
  FaultSpec fault =
      Timed("r", FaultKind::kCrash, 0, {Target::Of(Role::kLeader)});
  fault.trigger = Trigger(FaultTrigger::Kind::kRole);
  fault.trigger.role = Role::kLeader;
  fault.trigger.node = Target::Node(N(4));
  FaultDriver driver(&cluster, {fault}, {});
  driver.Start();
  driver.OnLeader(N(2));
  cluster.RunTo(10);
  cluster.leader = N(4);
  driver.OnLeader(N(4));
  cluster.RunTo(20);
  EXPECT_EQ(cluster.log, Log{"kill n4 0"});
}

TEST(FaultDriver, OneFaultMaySetOffAnotherAtItsStartOrItsEnd) {
  FakeTarget cluster;
  FaultSpec start = Timed("s", FaultKind::kCrash, 0, {Target::Node(N(2))});
  start.trigger = Trigger(FaultTrigger::Kind::kFault);
  start.trigger.fault = "first";
  FaultSpec end = Timed("e", FaultKind::kCrash, 0, {Target::Node(N(3))});
  end.trigger = Trigger(FaultTrigger::Kind::kEnd);
  end.trigger.fault = "first";
  FaultDriver driver(
      &cluster,
      {Timed("first", FaultKind::kPause, 10, {Target::Node(N(1))}, Nanos{10}),
       start, end},
      {});
  driver.Start();
  cluster.RunTo(15);
  EXPECT_EQ(cluster.log, Log{"kill n2 0"});
  cluster.RunTo(25);
  EXPECT_EQ(cluster.log, (Log{"kill n2 0", "kill n3 0"}));
}

TEST(FaultDriver, HealEndsTheFaultsItNames) {
  FakeTarget cluster;
  FaultSpec heal = Timed("heal", FaultKind::kHeal, 20);
  heal.faults = {"a"};
  FaultDriver driver(
      &cluster,
      {Timed("a", FaultKind::kCrash, 10, {Target::Node(N(2))}),
       Timed("b", FaultKind::kCrash, 10, {Target::Node(N(3))}), heal},
      {});
  driver.Start();
  cluster.RunTo(30);
  EXPECT_TRUE(cluster.Up(N(2)));
  EXPECT_FALSE(cluster.Up(N(3)));
  const LedgerEntry& entry = driver.Audit().entries()[2];
  EXPECT_EQ(entry.effect.text, "1 fault ended");
}

TEST(FaultDriver, RolesAreResolvedWhenAFaultFires) {
  FakeTarget cluster;
  FaultDriver driver(
      &cluster,
      {Timed("a", FaultKind::kCrash, 10, {Target::Of(Role::kLeader)}),
       Timed("b", FaultKind::kCrash, 20, {Target::Of(Role::kLeader)})},
      {});
  driver.Start();
  cluster.RunTo(15);
  cluster.leader = N(5);
  cluster.RunTo(25);
  EXPECT_EQ(cluster.log, (Log{"kill n1 0", "kill n5 0"}));
  EXPECT_EQ(driver.Audit().entries()[1].fault.nodes,
            std::vector<Target>{Target::Node(N(5))});
}

TEST(FaultDriver, OldLeaderIsWhoTheLastLeaderFaultHit) {
  FakeTarget cluster;
  FaultSpec cut = Timed("cut", FaultKind::kPartition, 10);
  cut.partition.sides = {{Target::Of(Role::kLeader)},
                         {Target::Of(Role::kOthers)}};
  FaultDriver driver(
      &cluster,
      {cut, Timed("b", FaultKind::kCrash, 20, {Target::Of(Role::kOldLeader)})},
      {});
  driver.Start();
  cluster.RunTo(15);
  cluster.leader = N(2);
  cluster.RunTo(25);
  EXPECT_EQ(cluster.log, Log{"kill n1 0"});
}

TEST(FaultDriver, ADeathOfTheDeadIsMaskedAndSaysSo) {
  FakeTarget cluster;
  FaultDriver driver(
      &cluster,
      {Timed("a", FaultKind::kCrash, 10, {Target::Node(N(2))}),
       Timed("b", FaultKind::kPowerLoss, 20, {Target::Node(N(2))}),
       Timed("c", FaultKind::kPause, 30, {Target::Node(N(2))})},
      {});
  driver.Start();
  cluster.RunTo(40);
  const Ledger& ledger = driver.Audit();
  EXPECT_EQ(ledger.Find("a")->verdict(), FaultVerdict::kEffective);
  EXPECT_EQ(ledger.Find("b")->verdict(), FaultVerdict::kMasked);
  EXPECT_EQ(ledger.Find("b")->effect.masked, "n2 was already down");
  EXPECT_EQ(ledger.Find("c")->effect.masked, "n2 was not running");
  EXPECT_TRUE(ledger.Toothless().empty());
}

TEST(FaultDriver, AFaultTakenAwayLeavesTheOthersTheirVictims) {
  const auto victim = [](bool both) {
    FakeTarget cluster;
    std::vector<FaultSpec> plan;
    if (both) {
      plan.push_back(
          Timed("x", FaultKind::kPause, 5, {Target::Of(Role::kAny)}));
    }
    plan.push_back(Timed("y", FaultKind::kCrash, 10, {Target::Of(Role::kAny)}));
    FaultDriver driver(&cluster, plan, {});
    driver.Start();
    cluster.RunTo(20);
    return driver.Audit().Find("y")->target;
  };
  EXPECT_EQ(victim(true), victim(false));
}

}  // namespace
}  // namespace wringer::sim
