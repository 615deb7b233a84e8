#include "sim/cli/failure.h"

#include <string>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "sim/cli/reproduce/shrink_text.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

Verdict VerdictOf(const std::string& id, bool stuck = false) {
  Verdict verdict;
  verdict.violations.push_back({id, "key \"k17\" at 3.7 s"});
  if (stuck) verdict.violations.push_back({"liveness/stuck", "not settled"});
  reports::CheckResult check;
  check.id = "linearizable";
  reports::Finding finding;
  finding.kind = id.substr(id.find('/') + 1);
  finding.key_text = "k17";
  finding.at_ns = 3'700'000'000;
  check.Add(finding);
  verdict.checks.push_back(check);
  return verdict;
}

sim::JobResult DeathWith(const std::string& output) {
  sim::JobResult death;
  death.fate = sim::JobFate::kCrashed;
  death.signal = 6;
  death.output = output;
  return death;
}

sim::RunResult Loaded() {
  sim::RunResult result;
  result.load_began = 1 * kSecond;
  result.load_ended = 10 * kSecond;
  return result;
}

TEST(Failure, IsTheFirstViolation) {
  const Failure failure = FailureOf(VerdictOf("safety/lost-ack"));
  EXPECT_TRUE(failure.happened());
  EXPECT_EQ(failure.id, "safety/lost-ack");
  EXPECT_EQ(failure.fingerprint.size(), 6u);
  EXPECT_FALSE(failure.liveness());
  EXPECT_FALSE(FailureOf(Verdict{}).happened());
}

TEST(Failure, OfAScenarioAboutAViolationIsThatOne) {
  Verdict verdict = VerdictOf("safety/stale-read");
  verdict.expected = "safety/lost-ack";
  EXPECT_FALSE(FailureOf(verdict).happened());
  verdict.violations.push_back({"safety/lost-ack", "another"});
  verdict.expected_seen = true;
  EXPECT_EQ(FailureOf(verdict).id, "safety/lost-ack");
  EXPECT_EQ(FailureOf(verdict).summary, "another");
}

TEST(Failure, OfADeathIsItsAssertionWithoutNumbers) {
  const Failure one =
      FailureOf(DeathWith("noise\nengine/x.cc:12: check failed: a < b: 7\n"));
  const Failure two =
      FailureOf(DeathWith("engine/x.cc:12: check failed: a < b: 912\n"));
  const Failure other =
      FailureOf(DeathWith("engine/y.cc:12: check failed: c < d\n"));
  EXPECT_EQ(one.id, "engine/crash");
  EXPECT_EQ(one.fingerprint, two.fingerprint);
  EXPECT_NE(one.fingerprint, other.fingerprint);
  EXPECT_EQ(FailureOf(DeathWith("")).summary, "died of signal 6");
}

TEST(Sight, IsOfTheSameClassAndFingerprintOnly) {
  const Failure wanted = FailureOf(VerdictOf("safety/lost-ack"));
  EXPECT_TRUE(SightOf(Loaded(), VerdictOf("safety/lost-ack"), wanted).same);
  EXPECT_FALSE(SightOf(Loaded(), VerdictOf("safety/stale-read"), wanted).same);
  EXPECT_FALSE(SightOf(Loaded(), Verdict{}, wanted).same);
}

TEST(Sight, AClusterThatNoLongerSettlesIsAnotherFailure) {
  const Failure settled = FailureOf(VerdictOf("safety/lost-ack"));
  const Verdict stuck = VerdictOf("safety/lost-ack", true);
  EXPECT_FALSE(SightOf(Loaded(), stuck, settled).same);
  EXPECT_TRUE(SightOf(Loaded(), stuck, FailureOf(stuck)).same);
}

TEST(Sight, CountsTimeByTheClockOfTheScenario) {
  const Verdict verdict = VerdictOf("safety/lost-ack");
  const Failure wanted = FailureOf(verdict);
  EXPECT_EQ(SightOf(Loaded(), verdict, wanted).seen_at, 2'700 * kMillisecond);
  EXPECT_EQ(SightOf(Loaded(), verdict, wanted).story_key, 17u);
  sim::RunResult early = Loaded();
  early.load_ended = 2 * kSecond;  // seen by the last look only
  EXPECT_EQ(SightOf(early, verdict, wanted).seen_at, -1);
}

TEST(FindingName, SaysClassKeyAndFingerprint) {
  const Verdict verdict = VerdictOf("safety/lost-ack");
  const Failure failure = FailureOf(verdict);
  EXPECT_EQ(FindingName(verdict, failure),
            "lost-ack-k17-" + failure.fingerprint);
}

class ShrinkText : public testing::Test {
 protected:
  ShrinkText() {
    failure_.id = "safety/lost-ack";
    failure_.fingerprint = "7f3a9c";
    failure_.summary = "an acknowledged write is gone";
    sim::Scenario& s = shrunk_.scenario;
    s.name = "before";
    s.seed = 1;
    s.workload.clients = 1;
    s.workload.keys.count = 1;
    s.workload.script = {{.id = 1,
                          .client = 1,
                          .at = 5 * kMillisecond,
                          .kind = sim::ScriptKind::kPut,
                          .key = 0,
                          .value = 8}};
    sim::FaultSpec lose;
    lose.id = "lose";
    lose.kind = sim::FaultKind::kPowerLoss;
    lose.trigger.at = 118 * kMillisecond;
    lose.nodes = {sim::Target::Node(NodeId(1))};
    s.faults.timeline = {lose};
    s.wal.delay = 7 * kMillisecond;
    tolerance_.faults = {{112 * kMillisecond, 131 * kMillisecond, false}};
    tolerance_.operations = {{5 * kMillisecond, 90 * kMillisecond, true}};
    tolerance_.any_value = {true};
    shrunk_.complete = true;
    shrunk_.settings_dropped = {{"wal.sync", "\"every\"", "\"group\""}};
  }
  ShrinkStory Story() const {
    return {shrunk_, tolerance_, failure_, "x.toml", 0x5eed, ""};
  }

  Failure failure_;
  sim::ShrinkResult shrunk_;
  sim::Tolerance tolerance_;
};

TEST_F(ShrinkText, TellsWhatIsNeededAndHowExactly) {
  const std::string text = NeededText(Story());
  EXPECT_NE(text.find("put k0 = v1"), std::string::npos) << text;
  EXPECT_NE(text.find("any value, any later time"), std::string::npos) << text;
  EXPECT_NE(text.find("power-loss n1"), std::string::npos) << text;
  EXPECT_NE(text.find("any time in 112ms..131ms"), std::string::npos) << text;
  EXPECT_NE(text.find("Needed: wal.delay = \"7ms\"."), std::string::npos);
  EXPECT_LT(text.find("put"), text.find("power-loss"));
}

TEST_F(ShrinkText, TellsWhatIsNot) {
  EXPECT_NE(NotNeededText(Story()).find("wal.sync = \"every\""),
            std::string::npos);
}

TEST_F(ShrinkText, OfARealBugIsARegression) {
  const auto read = sim::ParseScenario(RegressionToml(Story()), "r.toml");
  ASSERT_TRUE(read.ok()) << sim::Render(read.diagnostics);
  ASSERT_TRUE(read.scenario->regression);
  EXPECT_EQ(read.scenario->regression->violation, "safety/lost-ack");
  EXPECT_FALSE(read.scenario->expect.violation);
  EXPECT_EQ(read.scenario->workload.script.size(), 1u);
}

TEST_F(ShrinkText, OfAPlantedBugMustShowIt) {
  shrunk_.scenario.mutants = {Mutant::kWalAckBeforeSync};
  const auto read = sim::ParseScenario(RegressionToml(Story()), "r.toml");
  ASSERT_TRUE(read.ok()) << sim::Render(read.diagnostics);
  EXPECT_EQ(read.scenario->expect.violation, "safety/lost-ack");
  EXPECT_FALSE(read.scenario->regression);
}

}  // namespace
}  // namespace wringer::cli
