// Every kind bites and says what it did; and a kind made inert is noticed.
#include <cstdlib>

#include "gtest/gtest.h"
#include "sim/scenario/names.h"
#include "tests/sim/fault/fake_target.h"

namespace wringer::sim {
namespace {

// One fault of `kind` for 10 ms at t = 10 ms, with traffic all the time.
FaultSpec SampleFault(FaultKind kind) {
  FaultSpec fault = Timed("sample", kind, 10 * kMillisecond,
                          {Target::Node(N(2))}, 10 * kMillisecond);
  fault.by = -400 * kMillisecond;
  fault.rate = 500;
  fault.on.write = true;
  if (kind == FaultKind::kPartition) {
    fault.nodes.clear();
    fault.partition.shape = PartitionShape::kIsolate;
    fault.partition.isolate = {Target::Node(N(2))};
  }
  if (kind == FaultKind::kLink) {
    fault.nodes.clear();
    fault.link.from = {Target::Node(N(2))};
    fault.link.to = {Target::Of(Role::kOthers)};
    fault.link.delay = {kMillisecond, kMillisecond, 0};
  }
  return fault;
}

LedgerEntry RunOne(const FaultSpec& fault, std::optional<FaultKind> inert) {
  FakeTarget cluster;
  std::vector<FaultSpec> plan{fault};
  if (fault.kind == FaultKind::kHeal) {
    plan.push_back(Timed("victim", FaultKind::kCrash, 1, {Target::Node(N(3))}));
  }
  FaultDriver driver(&cluster, plan, {.inert = inert});
  driver.Start();
  for (Nanos t = kMillisecond; t <= 40 * kMillisecond; t += kMillisecond) {
    cluster.Chatter();
    cluster.RunTo(t);
  }
  return driver.Audit().entries()[0];
}

class EveryKind : public testing::TestWithParam<FaultKind> {};

TEST_P(EveryKind, HasAnEffectThatTheLedgerWitnesses) {
  const LedgerEntry entry = RunOne(SampleFault(GetParam()), std::nullopt);
  EXPECT_EQ(entry.verdict(), FaultVerdict::kEffective);
  EXPECT_NE(entry.effect.text, "");
  EXPECT_TRUE(entry.fired);
}

TEST_P(EveryKind, MadeInertIsNoticed) {
  const LedgerEntry entry = RunOne(SampleFault(GetParam()), GetParam());
  EXPECT_TRUE(entry.fired);
  EXPECT_EQ(entry.verdict(), FaultVerdict::kIdle);
  Ledger ledger;
  ledger.entries().push_back(entry);
  EXPECT_EQ(ledger.Toothless(), std::vector<FaultKind>{GetParam()});
}

std::vector<FaultKind> AllKinds() {
  std::vector<FaultKind> kinds;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    kinds.push_back(FaultKind(i));
  }
  return kinds;
}

std::string KindName(const testing::TestParamInfo<FaultKind>& info) {
  std::string name(NameOf(info.param));
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryKind, testing::ValuesIn(AllKinds()),
                         KindName);

std::string EffectOf(FaultKind kind) {
  return RunOne(SampleFault(kind), std::nullopt).effect.text;
}

TEST(Effects, ReadAsAPersonWouldWriteThem) {
  EXPECT_EQ(EffectOf(FaultKind::kPowerLoss),
            "3 log entries not yet durable gone, 4 unsynced writes lost (412 "
            "bytes)");
  EXPECT_EQ(EffectOf(FaultKind::kPause),
            "stood still for 10 ms while 5 messages waited");
  EXPECT_EQ(EffectOf(FaultKind::kClockStep), "wall clock behind by 400000 us");
  EXPECT_EQ(EffectOf(FaultKind::kClockDrift), "wall clock ahead by 5 us");
  EXPECT_EQ(EffectOf(FaultKind::kClockFreeze), "wall clock behind by 10000 us");
  EXPECT_EQ(EffectOf(FaultKind::kIoError), "1 file call failed");
  EXPECT_EQ(EffectOf(FaultKind::kBitRot), "1 bit flipped in /log/1.wal at 512");
  EXPECT_EQ(EffectOf(FaultKind::kConfig), "epoch 2 to n2");
}

TEST(Effects, VotersAreSetInOneChange) {
  FaultSpec fault = SampleFault(FaultKind::kMembership);
  fault.membership = MembershipAction::kSetVoters;
  fault.nodes = {Target::Node(N(1)), Target::Node(N(2))};
  const LedgerEntry entry = RunOne(fault, std::nullopt);
  EXPECT_EQ(entry.effect.text, "2 vote");
  EXPECT_EQ(entry.effect.count, 1u);
  EXPECT_EQ(entry.verdict(), FaultVerdict::kEffective);
  // Carried out by nobody, it is noticed.
  const LedgerEntry inert = RunOne(fault, FaultKind::kMembership);
  EXPECT_EQ(inert.verdict(), FaultVerdict::kIdle);
}

TEST(Effects, CountMessages) {
  // Ten rounds, five links each way; client traffic passes.
  EXPECT_EQ(EffectOf(FaultKind::kPartition), "100 messages stopped");
  EXPECT_EQ(EffectOf(FaultKind::kLink),
            "40 messages delayed (by 1000 us on average)");
}

TEST(Clocks, GoBackToTheirOwnDriftAndRunOnAfterAFreeze) {
  for (const FaultKind kind :
       {FaultKind::kClockDrift, FaultKind::kClockFreeze}) {
    FakeTarget cluster;
    cluster.Runtime(N(2))->SetDrift(7000);
    FaultDriver driver(&cluster, {SampleFault(kind)}, {});
    driver.Start();
    cluster.RunTo(kSecond);
    driver.Audit();
    EXPECT_EQ(cluster.Runtime(N(2))->drift(), 7000);
    const Nanos before = cluster.Runtime(N(2))->Wall();
    cluster.RunTo(2 * kSecond);
    EXPECT_EQ(cluster.Runtime(N(2))->Wall() - before, kSecond + 7000);
  }
}

}  // namespace
}  // namespace wringer::sim
