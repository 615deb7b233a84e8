// One node from end to end: client, network, node, log store, engine, disk.
#include "engine/node/node.h"

#include <gtest/gtest.h>

#include "engine/base/marks.h"
#include "tests/engine/node/test_cluster.h"

namespace wringer::node {
namespace {

using client::Completion;
using client::Fate;
using wire::OpKind;
using wire::Outcome;

constexpr NodeId kN1{1};

TEST(Node, AnswersAPutAndAGet) {
  TestCluster cluster({});
  cluster.BootAll();
  const Completion put = cluster.Put("k", "v1");
  EXPECT_EQ(put.fate, Fate::kOk);
  EXPECT_EQ(put.reply.tag, put.op);
  EXPECT_GT(put.reply.position.index, LogIndex{});
  const Completion get = cluster.Get("k");
  EXPECT_EQ(get.fate, Fate::kOk);
  EXPECT_TRUE(get.reply.found);
  EXPECT_EQ(get.reply.value, "v1");
  EXPECT_EQ(get.reply.tag, put.op);
  EXPECT_EQ(get.reply.position, put.reply.position);
}

TEST(Node, AReadOfNothingNamesTheTombstone) {
  TestCluster cluster({});
  cluster.BootAll();
  EXPECT_EQ(cluster.Get("k").reply.tag, OpId{});
  cluster.Put("k", "v");
  const Completion removed = cluster.Delete("k");
  EXPECT_TRUE(removed.reply.found);
  const Completion get = cluster.Get("k");
  EXPECT_FALSE(get.reply.found);
  EXPECT_EQ(get.reply.tag, removed.op);
  EXPECT_EQ(get.reply.value, "");
}

TEST(Node, ComparesTagsAndShowsWhatAFailedCompareSaw) {
  TestCluster cluster({});
  cluster.BootAll();
  const Completion first = cluster.Cas("k", OpId{}, "v1");
  EXPECT_TRUE(first.reply.cas_applied);
  const Completion second = cluster.Cas("k", OpId{}, "v2");
  EXPECT_EQ(second.fate, Fate::kOk);
  EXPECT_FALSE(second.reply.cas_applied);
  EXPECT_EQ(second.reply.tag, first.op);
  EXPECT_EQ(second.reply.value, "v1");
  EXPECT_TRUE(cluster.Cas("k", first.op, "v3").reply.cas_applied);
  EXPECT_EQ(cluster.Get("k").reply.value, "v3");
}

TEST(Node, ATombstoneIsAVersionThatACompareMustName) {
  TestCluster cluster({});
  cluster.BootAll();
  cluster.Put("k", "v");
  const Completion removed = cluster.Delete("k");
  const Completion blind = cluster.Cas("k", OpId{}, "x");
  EXPECT_FALSE(blind.reply.cas_applied);
  EXPECT_FALSE(blind.reply.found);
  EXPECT_EQ(blind.reply.tag, removed.op);
  EXPECT_TRUE(cluster.Cas("k", removed.op, "x").reply.cas_applied);
}

TEST(Node, PromisesOnlyWhatIsDurable) {
  TestCluster cluster({});
  cluster.BootAll();
  std::uint64_t early = 0;
  cluster.recorder().on_promise = [&](const PromiseSent& sent) {
    const NodeView view = cluster.node(sent.node).Inspect();
    if (view.durable.log.index < sent.promise->log.index) ++early;
  };
  for (int i = 0; i < 20; ++i) cluster.Start(OpKind::kPut, "k", "v");
  EXPECT_TRUE(cluster.RunUntil([&] { return cluster.done.size() == 20; }));
  EXPECT_EQ(early, 0u);
  EXPECT_GE(cluster.recorder().promises.size(), 20u);
}

TEST(Node, KeepsAcknowledgedWritesThroughAPowerLoss) {
  TestCluster cluster({});
  cluster.BootAll();
  for (int i = 0; i < 30; ++i) {
    ASSERT_EQ(cluster.Put("k" + std::to_string(i), "v").fate, Fate::kOk);
  }
  const std::uint64_t digest = cluster.node(kN1).Inspect().state_digest;
  cluster.PowerLoss(kN1);
  cluster.Boot(kN1);
  cluster.Run(1 * kSecond);
  EXPECT_EQ(cluster.node(kN1).Inspect().state_digest, digest);
  EXPECT_EQ(cluster.node(kN1).Inspect().incarnation, Incarnation{2});
  EXPECT_EQ(cluster.Get("k29").reply.value, "v");
  EXPECT_EQ(cluster.defects(), 0u);
}

TEST(Node, ThePlantedRft15LosesAnAcknowledgedWrite) {
  TestCluster cluster({});
  cluster.BootAll();
  cluster.Put("k", "durable");
  cluster.disk(kN1).SetSlow(1'000'000);  // percent
  cluster.world().mutants[std::size_t(Mutant::kSingleCountsUnsyncedSelf)].on =
      true;
  ASSERT_EQ(cluster.Put("k", "lost").fate, Fate::kOk);
  cluster.PowerLoss(kN1);
  cluster.disk(kN1).SetSlow(100);
  cluster.Boot(kN1);
  cluster.Run(1 * kSecond);
  EXPECT_EQ(cluster.Get("k").reply.value, "durable");
}

TEST(Node, SessionsSurviveARestart) {
  TestCluster cluster({});
  cluster.BootAll();
  cluster.Put("k", "v1");
  const ClientId session = cluster.client().session();
  cluster.Kill(kN1);
  cluster.Boot(kN1);
  EXPECT_EQ(cluster.Put("k", "v2").fate, Fate::kOk);
  EXPECT_EQ(cluster.client().session(), session);
  EXPECT_EQ(cluster.node(kN1).Inspect().sessions, 1u);
}

TEST(Node, ARequestDeliveredTwiceIsExecutedOnce) {
  sim::LinkModel doubling;
  doubling.duplicate_ppm = 1'000'000;
  TestCluster cluster({.link = doubling});
  cluster.BootAll();
  const Completion first = cluster.Cas("k", OpId{}, "v1");
  EXPECT_TRUE(first.reply.cas_applied);
  OpId expected = first.op;
  for (int i = 0; i < 20; ++i) {
    const Completion next = cluster.Cas("k", expected, "v");
    ASSERT_TRUE(next.reply.cas_applied);
    expected = next.op;
  }
  cluster.Run(1 * kSecond);
  EXPECT_GT(cluster.node(kN1).counters().retries_answered, 0u);
}

TEST(Node, CutsTheLogBehindACheckpointAndRecoversFromBoth) {
  TestCluster cluster({.adjust = [](NodeOptions* options) {
    options->checkpoint_bytes = 4 << 10;
    options->engine.checkpoint_bytes = 4 << 10;
  }});
  cluster.BootAll();
  const std::string value(200, 'x');
  for (int i = 0; i < 100; ++i) cluster.Put("k" + std::to_string(i % 7), value);
  cluster.Run(1 * kSecond);
  const NodeView before = cluster.node(kN1).Inspect();
  EXPECT_GT(before.log_base.index, LogIndex{});
  EXPECT_GT(cluster.node(kN1).engine_stats().checkpoints, 0u);
  const std::uint64_t digest = before.state_digest;
  const LogPosition applied = before.applied;
  cluster.PowerLoss(kN1);
  cluster.Boot(kN1);
  cluster.Run(1 * kSecond);
  EXPECT_EQ(cluster.node(kN1).Inspect().state_digest, digest);
  EXPECT_EQ(cluster.node(kN1).Inspect().applied, applied);
  EXPECT_EQ(cluster.recorder().states_differ, 0u);
  EXPECT_EQ(cluster.Put("k1", "again").fate, Fate::kOk);
}

// Writes under load, restarts, and looks for writes that are gone.
std::uint64_t LostAcrossRestarts(bool planted) {
  TestCluster cluster({.adjust = [](NodeOptions* options) {
    options->checkpoint_bytes = 1 << 10;
    options->engine.checkpoint_bytes = 1 << 10;
  }});
  cluster.BootAll();
  cluster.world().mutants[std::size_t(Mutant::kCursorInOwnBatch)].on = planted;
  std::uint64_t lost = 0;
  for (int round = 0; round < 5; ++round) {
    const std::string value = std::string(100, 'x') + std::to_string(round);
    cluster.done.clear();
    for (int i = 0; i < 40; ++i) {
      cluster.Start(OpKind::kPut, "k" + std::to_string(i), value);
    }
    EXPECT_TRUE(cluster.RunUntil([&] { return cluster.done.size() == 40; }));
    cluster.Kill(kN1);
    cluster.Boot(kN1);
    for (int i = 0; i < 40; ++i) {
      const Completion get = cluster.Get("k" + std::to_string(i));
      EXPECT_EQ(get.fate, Fate::kOk);
      if (get.reply.value != value) ++lost;
    }
  }
  return lost;
}

TEST(Node, ARestartLosesNothingAndThePlantedSnp01LosesEffects) {
  EXPECT_EQ(LostAcrossRestarts(/*planted=*/false), 0u);
  EXPECT_GT(LostAcrossRestarts(/*planted=*/true), 0u);
}

TEST(Node, ALogErrorEndsAllPromisesAndRefusesRequests) {
  TestCluster cluster({});
  cluster.BootAll();
  cluster.Put("k", "v");
  sim::IoFault fault;
  fault.op = sim::DiskOp::kSync;
  fault.path = "/log";
  cluster.disk(kN1).AddFault(fault);
  const OpId op = cluster.Start(OpKind::kPut, "k", "w");
  cluster.RunUntil([&] { return cluster.done.contains(op); });
  EXPECT_EQ(cluster.done.at(op).fate, Fate::kUnknown);
  ASSERT_EQ(cluster.recorder().halts.size(), 1u);
  EXPECT_EQ(cluster.node(kN1).Inspect().state, NodeState::kHalted);
  EXPECT_EQ(cluster.Get("k").fate, Fate::kFailed);
  EXPECT_EQ(cluster.node(kN1).Inspect().open_requests, 0u);
}

TEST(Node, CountsAndDropsWhatItCannotRead) {
  TestCluster cluster({});
  cluster.BootAll();
  env::MessageBus& bus = cluster.client_bus();
  bus.Send(kN1, "garbage");
  std::string foreign;
  wire::EncodeFrame({.kind = wire::FrameKind::kClientRequest, .cluster = 41},
                    "", &foreign);
  bus.Send(kN1, foreign);
  std::string malformed;
  wire::EncodeFrame({.kind = wire::FrameKind::kClientRequest, .cluster = 42},
                    "not a request", &malformed);
  bus.Send(kN1, malformed);
  cluster.Run(100 * kMillisecond);
  const NodeCounters& counters = cluster.node(kN1).counters();
  EXPECT_EQ(counters.frames_damaged, 1u);
  EXPECT_EQ(counters.frames_foreign, 1u);
  EXPECT_EQ(counters.frames_malformed, 1u);
}

TEST(Node, RefusesWhatIsTooBig) {
  TestCluster cluster({.adjust = [](NodeOptions* options) {
    options->limits.value_bytes = 100;
  }});
  cluster.BootAll();
  const Completion put = cluster.Put("k", std::string(101, 'v'));
  EXPECT_EQ(put.fate, Fate::kFailed);
  EXPECT_EQ(put.reason, Outcome::kUnsupported);
  EXPECT_EQ(cluster.Put("k", std::string(100, 'v')).fate, Fate::kOk);
}

TEST(Node, AnUnsyncedWalClaimsOnlyThePageCache) {
  TestCluster cluster({.adjust = [](NodeOptions* options) {
    options->log.wal.sync = wal::SyncPolicy::kNone;
    options->replication.durable_means = wire::WriteLevelKind::kOs;
  }});
  cluster.BootAll();
  const Completion put = cluster.Put("k", "v");
  EXPECT_EQ(put.fate, Fate::kOk);
  EXPECT_EQ(put.reply.write_level.kind, wire::WriteLevelKind::kOs);
}

TEST(Node, ADeathLeavesNothingBehind) {
  for (std::uint64_t events = 1; events < 400; events += 7) {
    TestCluster cluster({});
    cluster.Boot(kN1);
    for (std::uint64_t i = 0; i < events; ++i) cluster.world().RunOne();
    cluster.Kill(kN1);  // Bury() checks fibers, timers and events
    EXPECT_EQ(cluster.defects(), 0u) << events;
  }
}

TEST(Node, OptionsAreValidated) {
  NodeOptions options;
  EXPECT_FALSE(Validate(options).ok());
  options.replication.self = kN1;
  EXPECT_TRUE(Validate(options).ok());
  options.limits.read_fibers = 0;
  EXPECT_FALSE(Validate(options).ok());
}

}  // namespace
}  // namespace wringer::node
