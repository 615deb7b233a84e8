// Kinds of failure: how they are named, added up and compared.
#include <fstream>

#include "sim/explore/findings_file.h"
#include "sim/explore/fingerprint.h"
#include "tests/sim/explore/campaign_fixture.h"

namespace wringer::sim {
namespace {

TEST(Fingerprint, OfACrashIgnoresLinesAndFigures) {
  const std::string rule = CrashRule(
      "engine/wal/writer.cc:88: check failed: std::size_t(a) <= b: 7 > 5 at 3");
  EXPECT_EQ(rule, "engine/wal/writer.cc std::size_t(a) <= b");
  EXPECT_EQ(rule, CrashRule("engine/wal/writer.cc:91: check failed: "
                            "std::size_t(a) <= b: 9 > 8 at 2"));
  EXPECT_EQ(CrashRule("==17==ERROR: address 0x60"),
            CrashRule("==99==ERROR: address 3x11"));
}

TEST(Fingerprint, TellsRuleRoleAndPhaseApart) {
  const FailureSignature base{"safety/promise", "oracle promise", "leader",
                              "serving"};
  EXPECT_EQ(FingerprintOf(base), FingerprintOf(base));
  for (std::string FailureSignature::* part :
       {&FailureSignature::violation, &FailureSignature::rule,
        &FailureSignature::role, &FailureSignature::phase}) {
    FailureSignature other = base;
    other.*part += "x";
    EXPECT_NE(FingerprintOf(other), FingerprintOf(base));
  }
}

TEST(Tally, TheCheapestRunStandsForItsKind) {
  Tally tally;
  RunRecord record = SampleRecord(1);
  EXPECT_TRUE(tally.Add(record));
  record.seed = 2;
  record.events = 10;
  EXPECT_FALSE(tally.Add(record));
  record.seed = 3;
  record.events = 5000;
  EXPECT_FALSE(tally.Add(record));
  ASSERT_EQ(tally.kinds.size(), 1u);
  const FailureKind& kind = tally.kinds.at("lost-ack-7f3a9c");
  EXPECT_EQ(kind.count, 3u);
  EXPECT_EQ(kind.seed, 2u);
}

TEST(Tally, AKindOfFaultThatOftenFiredAndNeverBitIsToothless) {
  Tally tally;
  RunRecord record = SampleRecord(1);
  record.faults = {{"crash", {10, 10, 1, 0}},
                   {"link", {10, 10, 0, 0}},
                   {"pause", {10, 10, 0, 10}}};
  tally.Add(record);
  EXPECT_TRUE(tally.Toothless(11).empty());
  tally.Add(record);
  EXPECT_EQ(tally.Toothless(20), std::vector<std::string>{"link"});
}

FailureKind Kind(const std::string& fingerprint) {
  FailureKind kind;
  kind.violation = "safety/lost-ack";
  kind.fingerprint = fingerprint;
  kind.count = 1;
  return kind;
}

TEST(Findings, AreNewOngoingOrGone) {
  const std::vector<ListedKind> kinds = CompareKinds(
      {{Kind("2").Name(), Kind("2")}, {Kind("3").Name(), Kind("3")}},
      {{Kind("1").Name(), Kind("1")}, {Kind("2").Name(), Kind("2")}});
  ASSERT_EQ(kinds.size(), 3u);
  EXPECT_EQ(kinds[0].status, KindStatus::kNew);
  EXPECT_EQ(kinds[0].kind.fingerprint, "3");
  EXPECT_EQ(kinds[1].status, KindStatus::kOngoing);
  EXPECT_EQ(kinds[2].status, KindStatus::kGone);
  EXPECT_EQ(kinds[2].kind.fingerprint, "1");
}

TEST(Findings, AKindThatIsGoneIsNotInTheNextBaseline) {
  const Scratch scratch;
  std::ofstream(scratch.path("findings.json")) << FindingsJson(
      {{KindStatus::kNew, Kind("2")}, {KindStatus::kGone, Kind("1")}}, 9);
  const auto before = ReadFindings(scratch.path());
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->size(), 1u);
  EXPECT_EQ(before->count("lost-ack-2"), 1u);
}

TEST(Findings, AFileOfAnotherKindIsRefused) {
  const Scratch scratch;
  std::ofstream(scratch.path("findings.json")) << "{\"format\":\"other\"}";
  EXPECT_EQ(ReadFindings(scratch.path("findings.json")).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadFindings(scratch.path("none.json")).status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace wringer::sim
