#include "sim/explore/swarm/swarm.h"

#include "gtest/gtest.h"
#include "sim/run/run.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kSeeds = 1'000;

Scenario Drawn(std::uint64_t seed, std::set<SwarmGroup> without = {}) {
  SwarmOptions options;
  options.without = std::move(without);
  return DrawSwarm(Scenario{}, seed, options);
}

// The weights of a family's kinds, as the faults that remain without it.
void Silence(SwarmGroup family, FaultsSpec* faults) {
  if (!faults->random) return;
  RandomFaultsSpec& random = *faults->random;
  switch (family) {
    case SwarmGroup::kProcessFaults:
      random.crash.weight = random.power_loss.weight = 0;
      random.pause.weight = 0;
      break;
    case SwarmGroup::kNetworkFaults:
      random.partition.weight = random.link.weight = 0;
      break;
    case SwarmGroup::kDiskFaults:
      random.slow_disk.weight = random.io_error.weight = 0;
      random.disk_full.weight = 0;
      break;
    default:
      break;
  }
}

TEST(Swarm, TheSameSeedDrawsTheSameScenario) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    EXPECT_EQ(Drawn(seed), Drawn(seed));
  }
}

TEST(Swarm, EveryDrawnScenarioPassesTheChecks) {
  for (const bool beyond : {false, true}) {
    SwarmOptions options;
    options.beyond = beyond;
    for (std::uint64_t seed = 1; seed <= 2 * kSeeds; ++seed) {
      const Scenario drawn = DrawSwarm(Scenario{}, seed, options);
      const ParseResult parsed = ParseScenario(DumpScenario(drawn), "drawn");
      ASSERT_TRUE(parsed.ok())
          << seed << "\n"
          << DumpScenario(drawn)
          << (parsed.diagnostics.empty() ? "" : parsed.diagnostics[0].message);
      ASSERT_EQ(*parsed.scenario, drawn) << seed;
    }
  }
}

TEST(Swarm, LeavingOutAFamilyOfFaultsChangesNoOtherDraw) {
  for (const SwarmGroup family :
       {SwarmGroup::kProcessFaults, SwarmGroup::kNetworkFaults,
        SwarmGroup::kDiskFaults}) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      SwarmOptions options;
      options.model = ReplicationModel::kRaft;
      Scenario all = DrawSwarm(Scenario{}, seed, options);
      options.without = {family};
      Scenario rest = DrawSwarm(Scenario{}, seed, options);
      Silence(family, &all.faults);
      if (!rest.faults.random) all.faults.random.reset();
      ASSERT_EQ(all, rest) << seed;
    }
  }
}

TEST(Swarm, LeavingOutAPartOfTheWorldChangesNoOtherDraw) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario all = Drawn(seed);
    Scenario network = Drawn(seed, {SwarmGroup::kNetwork});
    EXPECT_EQ(network.network, NetworkSpec{});
    network.network = all.network;
    ASSERT_EQ(network, all) << seed;
    Scenario storage = Drawn(seed, {SwarmGroup::kStorage});
    EXPECT_EQ(storage.storage, StorageSpec{});
    storage.storage = all.storage;
    ASSERT_EQ(storage, all) << seed;
    Scenario disk = Drawn(seed, {SwarmGroup::kDisk});
    EXPECT_EQ(disk.disk, DiskSpec{});
    disk.disk = all.disk;
    ASSERT_EQ(disk, all) << seed;
  }
}

TEST(Swarm, LeavingOutMomentsChangesNoOtherDraw) {
  std::size_t moments = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    SwarmOptions options;
    options.model = ReplicationModel::kRaft;
    Scenario all = DrawSwarm(Scenario{}, seed, options);
    options.without = {SwarmGroup::kMoments};
    const Scenario rest = DrawSwarm(Scenario{}, seed, options);
    moments += std::erase_if(all.faults.timeline, [](const FaultSpec& fault) {
      return fault.id.starts_with("swarm-moment-") ||
             fault.id == "swarm-blackout";
    });
    ASSERT_EQ(all, rest) << seed;
  }
  EXPECT_GT(moments, kSeeds);
}

TEST(Swarm, WhateverAFaultMayFollowIsDrawn) {
  std::set<FaultTrigger::Kind> kinds;
  std::set<FaultEvent> events;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    for (const FaultSpec& fault : Drawn(seed).faults.timeline) {
      kinds.insert(fault.trigger.kind);
      events.insert(fault.trigger.event);
    }
  }
  using Kind = FaultTrigger::Kind;
  EXPECT_EQ(kinds,
            (std::set{Kind::kAt, Kind::kMark, Kind::kEvent, Kind::kFault}));
  EXPECT_EQ(events,
            (std::set{FaultEvent::kWriteAcked, FaultEvent::kLeaderChanged,
                      FaultEvent::kDiskWrite, FaultEvent::kDiskSync}));
}

// Without syncs nothing tells damage from a torn tail.
TEST(Swarm, BitsRotOnlyWhereTheWalSyncs) {
  std::size_t rot = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Scenario drawn = Drawn(seed);
    for (const FaultSpec& fault : drawn.faults.timeline) {
      if (fault.kind != FaultKind::kBitRot) continue;
      ++rot;
      EXPECT_TRUE(drawn.wal.sync == WalSync::kEvery ||
                  drawn.wal.sync == WalSync::kGroup)
          << seed;
    }
  }
  EXPECT_GT(rot, 0u);
}

TEST(Swarm, WhatTheBaseStatesStays) {
  Scenario base;
  base.cluster.nodes = 5;
  base.workload.clients = 3;
  base.faults.random.emplace().crash.weight = 7;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    SwarmOptions options;
    options.model = ReplicationModel::kQuorum;
    const Scenario drawn = DrawSwarm(base, seed, options);
    EXPECT_EQ(drawn.cluster.nodes, 5u);
    EXPECT_EQ(drawn.workload.clients, 3u);
    EXPECT_EQ(drawn.replication.model, ReplicationModel::kQuorum);
    EXPECT_EQ(drawn.faults.random->crash.weight, 7u);
  }
}

TEST(Swarm, AKindTheDesignDoesNotSurviveIsLeftOutUnlessBeyond) {
  SwarmOptions options;
  options.survives = [](const Scenario&, FaultKind kind) {
    return kind != FaultKind::kCrash;
  };
  bool beyond_has_one = false;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    options.beyond = false;
    const Scenario inside = DrawSwarm(Scenario{}, seed, options);
    if (inside.faults.random) {
      EXPECT_EQ(inside.faults.random->crash.weight, 0u);
    }
    options.beyond = true;
    const Scenario beyond = DrawSwarm(Scenario{}, seed, options);
    beyond_has_one |=
        beyond.faults.random && beyond.faults.random->crash.weight > 0;
  }
  EXPECT_TRUE(beyond_has_one);
}

TEST(Swarm, EveryModelIsDrawn) {
  std::set<ReplicationModel> models;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    models.insert(Drawn(seed).replication.model);
  }
  EXPECT_EQ(models.size(), 4u);
}

// Written out, with every fault the nemesis drew, it is the same run.
TEST(Swarm, TheDumpedScenarioHasTheSameDigest) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Scenario drawn = Drawn(seed);
    RunOptions options;
    options.seed = seed;
    const auto straight = sim::Run(drawn, options);
    ASSERT_TRUE(straight.ok());
    drawn.faults.timeline = PlanFaults(drawn, seed);
    drawn.faults.random.reset();
    const ParseResult parsed = ParseScenario(DumpScenario(drawn), "dumped");
    ASSERT_TRUE(parsed.ok()) << seed;
    const auto dumped = sim::Run(*parsed.scenario, options);
    ASSERT_TRUE(dumped.ok());
    EXPECT_EQ(straight->digest, dumped->digest) << seed;
  }
}

}  // namespace
}  // namespace wringer::sim
