// What well-formed files mean.
#include "sim/scenario/file/scenario_file.h"

#include <string>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "sim/scenario/names.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

// The body parsed; fails the test if it has any diagnostic.
Scenario Parsed(const std::string& body) {
  const ParseResult result = Parse(body);
  EXPECT_TRUE(result.diagnostics.empty()) << Render(result.diagnostics);
  return result.scenario.value_or(Scenario{});
}

TEST(ScenarioFile, TwoKeysAreEnough) {
  Scenario defaults;
  defaults.name = "test";
  EXPECT_EQ(Parsed(""), defaults);
}

TEST(ScenarioFile, AProfileSetsWhatIsNotWrittenWhateverTheOrder) {
  const Scenario s = Parsed("[network]\nloss = \"2%\"\nprofile = \"wan\"\n");
  LinkQuality wan = QualityOf(NetworkProfile::kWan);
  EXPECT_EQ(s.network.quality.latency, wan.latency);
  EXPECT_EQ(s.network.quality.bandwidth, wan.bandwidth);
  EXPECT_EQ(s.network.quality.loss, 20'000u);
}

TEST(ScenarioFile, OptionsOfAnotherModelMayStay) {
  const Scenario s = Parsed(
      "[replication]\nmodel = \"raft\"\n"
      "quorum = { n = 5, w = 3, r = 3, repair = \"blocking\" }\n"
      "primary_backup = { ack = \"semi-sync\", k = 900 }\n");
  EXPECT_EQ(s.replication.model, ReplicationModel::kRaft);
  EXPECT_EQ(s.replication.quorum.repair, RepairRule::kBlocking);
  EXPECT_EQ(s.replication.primary_backup.k, 900u);
}

TEST(ScenarioFile, InlineTablesAndHeadersMeanTheSame) {
  EXPECT_EQ(Parsed("[replication]\nraft = { heartbeat = \"20ms\" }\n"),
            Parsed("[replication.raft]\nheartbeat = \"20ms\"\n"));
  EXPECT_EQ(Parsed("run.length = \"3s\"\n"),
            Parsed("[run]\nlength = \"3s\"\n"));
}

TEST(ScenarioFile, SeedsAreIntegersOrStrings) {
  EXPECT_EQ(Parsed("").seed, std::nullopt);
  EXPECT_EQ(Parsed("seed = 7\n").seed, 7u);
  EXPECT_EQ(Parsed("seed = 9223372036854775807\n").seed, ~0ull >> 1);
  EXPECT_EQ(Parsed("seed = \"0xffffffffffffffff\"\n").seed, ~0ull);
  EXPECT_EQ(Parsed("seed = \"42\"\n").seed, 42u);
}

TEST(ScenarioFile, MarksAndMutantsAreLookedUp) {
  const Scenario s = Parsed(
      "mutants = [\"wal_ack_before_sync\"]\n"
      "[expect]\nmarks = [\"wal.torn_tail\"]\n");
  EXPECT_EQ(s.mutants, std::vector<Mutant>{Mutant::kWalAckBeforeSync});
  EXPECT_EQ(s.expect.marks, std::vector<Mark>{Mark::kWalTornTail});
}

TEST(ScenarioFile, TheWorkloadGrammarReads) {
  const Scenario s = Parsed(
      "[workload]\nkeys = { count = 9, pick = \"zipf 1.25\" }\n"
      "pace = \"open 500/s\"\nvalues = \"16B..4KiB\"\n"
      "mix = { delete = 3 }\n"
      "levels = { read = \"bounded(100ms)\", write = \"k(2)\" }\n");
  EXPECT_EQ(s.workload.keys.pick, (KeyPick{KeyPick::Kind::kZipf, 1'250'000}));
  EXPECT_EQ(s.workload.pace.kind, PaceSpec::Kind::kOpen);
  EXPECT_EQ(s.workload.pace.per_second, 500u);
  EXPECT_EQ(s.workload.values, (SizeRange{16, 4096}));
  EXPECT_EQ(s.workload.mix.del, 3u);
  EXPECT_EQ(s.workload.levels.read.staleness, 100 * kMillisecond);
  EXPECT_EQ(s.workload.levels.write.copies, 2u);
  EXPECT_EQ(Parsed("[workload]\npace = \"closed\"\n").workload.pace.think,
            (NanosRange{0, 0}));
}

TEST(ScenarioFile, ZonesAreSortedByName) {
  const Scenario s =
      Parsed("[cluster]\nzones = { west = [\"n3\"], east = [\"n1\"] }\n");
  ASSERT_EQ(s.cluster.zones.size(), 2u);
  EXPECT_EQ(s.cluster.zones[0].name, "east");
  EXPECT_EQ(s.cluster.zones[1].nodes, std::vector<NodeId>{NodeId{3}});
}

TEST(ScenarioFile, AWarningDoesNotKeepItFromRunning) {
  const ParseResult result =
      Parse("[replication]\nmodel = \"raft\"\n[wal]\nsync = \"none\"\n");
  EXPECT_TRUE(result.ok());
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].severity, Severity::kWarning);
}

TEST(ScenarioFile, TheDesignCheckIsAskedLastAndMayPointAnywhere) {
  ParseOptions options;
  options.design_check = [](const Scenario& s, Findings* findings) {
    EXPECT_EQ(s.replication.model, ReplicationModel::kRaft);
    findings->Error("expect.consistency", "raft never promises that",
                    "ask for less");
  };
  const ParseResult result = Parse(
      "[replication]\nmodel = \"raft\"\n[expect]\nconsistency = "
      "\"linearizable\"\n",
      options);
  EXPECT_FALSE(result.ok());
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_EQ(result.diagnostics[0].line, 6u);
  EXPECT_EQ(result.diagnostics[0].column, 15u);
  EXPECT_FALSE(Parse("[cluster]\nnodes = 0\n", options).ok());
}

TEST(ScenarioFile, AnUnreadableFileIsADiagnostic) {
  const ParseResult result = LoadScenario(SourcePath("scenarios/absent.toml"));
  EXPECT_FALSE(result.ok());
  ASSERT_EQ(result.diagnostics.size(), 1u);
  EXPECT_FALSE(result.diagnostics[0].help.empty());
  EXPECT_FALSE(LoadScenario(SourcePath("scenarios")).ok());
}

TEST(ListScenarios, ListsByPathAndSaysWhichDoNotParse) {
  const auto good = ListScenarios(SourcePath("scenarios/smoke"));
  ASSERT_TRUE(good.ok());
  ASSERT_FALSE(good->empty());
  for (std::size_t i = 1; i < good->size(); ++i) {
    EXPECT_LT((*good)[i - 1].path, (*good)[i].path);
  }
  const auto bad =
      ListScenarios(SourcePath("tests/testdata/scenario_errors/many_at_once."
                               "toml"));
  ASSERT_TRUE(bad.ok());
  ASSERT_EQ(bad->size(), 1u);
  EXPECT_FALSE((*bad)[0].ok);
  EXPECT_FALSE((*bad)[0].diagnostics.empty());
  EXPECT_FALSE(ListScenarios(SourcePath("scenarios/absent")).ok());
}

// A file that is about the very thing a warning warns of keeps it.
bool IsWantedBy(const ScenarioEntry& entry, const Diagnostic& d) {
  return entry.violation && d.help.ends_with("what you want to see");
}

TEST(ListScenarios, EveryScenarioOfTheTreeIsRightWithoutAWarning) {
  const auto all = ListScenarios(SourcePath("scenarios"));
  ASSERT_TRUE(all.ok());
  for (const ScenarioEntry& entry : *all) {
    EXPECT_TRUE(entry.ok);
    for (const Diagnostic& diagnostic : entry.diagnostics) {
      EXPECT_TRUE(IsWantedBy(entry, diagnostic)) << Render({diagnostic});
    }
    EXPECT_EQ(ReadText(entry.path)[0], '#')
        << entry.path << " begins with a comment that says what it shows";
  }
}

TEST(Names, NodesAndTargetsReadAsTheyPrint) {
  for (const char* name : {"n1", "n999", "m3", "c1", "c250", "zone:east",
                           "leader", "old-leader", "others"}) {
    const auto target = ParseTarget(name);
    ASSERT_TRUE(target.has_value()) << name;
    EXPECT_EQ(TargetName(*target), name);
  }
  for (const char* name :
       {"", "n", "n0", "n01", "n-1", "x1", "n1000", "zone:", "nodes"}) {
    EXPECT_FALSE(ParseTarget(name).has_value()) << name;
  }
}

}  // namespace
}  // namespace wringer::sim
