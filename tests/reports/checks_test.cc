// Every checker against histories it must accept and histories it must not.
#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "reports/check/check_history.h"
#include "reports/check/linearizable.h"
#include "tests/reports/failover.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

constexpr std::int64_t kMs = Sketch::kMs;

CheckResult Judge(Check check, const History& history,
                  CheckOptions options = {}) {
  options.checks = {check};
  options.promised = {check};
  return CheckHistory(history, options)[0];
}

// A violation, told: operations, a kind, and a rule at the end.
void ExpectFound(const CheckResult& result, const std::string& kind) {
  ASSERT_EQ(result.status, CheckStatus::kViolated) << result.name;
  ASSERT_FALSE(result.findings.empty());
  const Finding& finding = result.findings[0];
  EXPECT_EQ(finding.kind, kind);
  ASSERT_FALSE(finding.explanation.empty());
  EXPECT_EQ(finding.explanation.back().find("Rule broken"), 0u);
}

void HoldAtTheEnd(Sketch* s, const char* node, Tag tag) {
  FinalState& final_state = s->history.final_state();
  final_state.recorded = true;
  FinalReplica replica;
  replica.node = s->history.InternName(node);
  replica.authoritative = final_state.replicas.empty();
  if (tag != kInitialTag) {
    const auto digest = (*s)[static_cast<OpIndex>(tag - 1)].written_digest;
    replica.entries.push_back(
        {.key = 0, .tag = tag, .digest = digest, .found = true});
  }
  final_state.replicas.push_back(replica);
}

// --- linearizable ---

TEST(Linearizable, AReadMaySeeEitherSideOfAConcurrentWrite) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 9);
  s.Get("k", s.TagOf(a), 4, 5);
  s.Get("k", s.TagOf(b), 6, 7);
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history).holds());
}

TEST(Linearizable, AReadMayNotGoBackBehindAnother) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 9);
  s.Get("k", s.TagOf(b), 4, 5);
  s.Get("k", s.TagOf(a), 6, 7);
  ExpectFound(Judge(Check::kLinearizable, s.history), "lost-ack");
}

TEST(Linearizable, AStaleReadIsToldApartWhenTheWriteTurnsUpAgain) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  const OpIndex stale = s.Get("k", s.TagOf(a), 5, 6);
  s.Get("k", s.TagOf(b), 7, 8);
  const CheckResult result = Judge(Check::kLinearizable, s.history);
  ExpectFound(result, "stale-read");
  EXPECT_EQ(result.findings[0].ops, (std::vector<OpIndex>{a, b, stale}));
  EXPECT_EQ(result.findings[0].witness_op, stale);
  EXPECT_EQ(result.findings[0].victim_op, b);
  EXPECT_EQ(result.findings[0].at_ns, 6 * kMs);
}

TEST(Linearizable, TheFirstOfManyStaleReadsIsShown) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  const OpIndex first = s.Get("k", s.TagOf(a), 5, 6);
  for (std::uint64_t t = 10; t < 100; t += 2) s.Get("k", s.TagOf(a), t, t + 1);
  s.Get("k", s.TagOf(b), 200, 201);
  const CheckResult result = Judge(Check::kLinearizable, s.history);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(result.findings[0].witness_op, first);
}

TEST(Linearizable, AWriteOfUnknownOutcomeMayTakeEffectLate) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 0);
  s.Get("k", kInitialTag, 5, 6);
  s.Get("k", s.TagOf(w), 7, 8);
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history).holds());
  s.Get("k", kInitialTag, 9, 10);
  ExpectFound(Judge(Check::kLinearizable, s.history), "dirty-read");
}

TEST(Linearizable, ADeleteIsAVersionOfItsOwn) {
  Sketch s;
  s.Put("k", 1, 2);
  const OpIndex d = s.Delete("k", 3, 4);
  s.Get("k", s.TagOf(d), 5, 6);
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history).holds());
  // The absence before the write is not the absence after the delete.
  s.Get("k", kInitialTag, 7, 8);
  EXPECT_FALSE(Judge(Check::kLinearizable, s.history).holds());
}

TEST(Linearizable, AChainOfCompareAndSetsMustBeContiguous) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Cas("k", s.TagOf(a), 3, 10);
  s.Cas("k", s.TagOf(b), 4, 11);
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history).holds());
  // A write that must fall between the first put and the cas of it.
  Sketch t;
  const OpIndex c = t.Put("k", 1, 2);
  t.Put("k", 3, 4);
  t.Cas("k", t.TagOf(c), 5, 6);
  EXPECT_FALSE(Judge(Check::kLinearizable, t.history).holds());
}

TEST(Linearizable, TwoCompareAndSetsOfOneVersionAreALostUpdate) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  s.Cas("k", s.TagOf(a), 3, 6);
  s.Cas("k", s.TagOf(a), 4, 7);
  ExpectFound(Judge(Check::kLinearizable, s.history), "lost-update");
}

TEST(Linearizable, ARefusedCompareAndSetIsARead) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  s.Refused("k", s.TagOf(a), s.TagOf(b), 5, 6);
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history).holds());
  s.Refused("k", s.TagOf(b), s.TagOf(b), 7, 8);
  ExpectFound(Judge(Check::kLinearizable, s.history), "wrong-refusal");
}

TEST(Linearizable, AFirstOperationMayAlreadyBeWrong) {
  Sketch s;
  s.Get("k", 77, 1, 2);
  ExpectFound(Judge(Check::kLinearizable, s.history), "phantom");
}

TEST(Linearizable, NothingAtAllHolds) {
  const CheckResult result = Judge(Check::kLinearizable, History());
  EXPECT_TRUE(result.holds());
  EXPECT_EQ(result.coverage, 0u);
}

TEST(Linearizable, EveryBadKeyIsReportedUpToTheCap) {
  Sketch s;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i);
    const OpIndex a = s.Put(key, 1, 2);
    s.Put(key, 3, 4);
    if (i % 2 == 0) s.Get(key, s.TagOf(a), 5, 6);
  }
  const CheckResult result = Judge(Check::kLinearizable, s.history);
  EXPECT_EQ(result.violations, 20u);
  EXPECT_EQ(result.findings.size(), CheckResult::kFindingsMost);
}

TEST(Linearizable, AProvenClaimNeedsNoZones) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 9);
  const OpIndex b = s.Put("k", 2, 8);
  const OpIndex r = s.Get("k", s.TagOf(a), 10, 11);
  s[a].witness = {.index = 2, .sub = 0, .term = 1};
  s[b].witness = {.index = 1, .sub = 0, .term = 1};
  s[r].witness = {.index = 2, .sub = Witness::kAfterAll, .term = 1};
  EXPECT_EQ(Judge(Check::kLinearizable, s.history).method, "witness");
  // A wrong claim about a history that is fine is only noted.
  std::swap(s[a].witness, s[b].witness);
  const CheckResult result = Judge(Check::kLinearizable, s.history);
  EXPECT_TRUE(result.holds());
  EXPECT_EQ(result.method, "zones");
  EXPECT_EQ(result.notes.size(), 1u);
}

TEST(Linearizable, AClaimAgainstRealTimeProvesNothing) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  const OpIndex r = s.Get("k", s.TagOf(a), 5, 6);
  s[a].witness = {.index = 2, .sub = 0, .term = 1};
  s[b].witness = {.index = 1, .sub = 0, .term = 1};
  s[r].witness = {.index = 2, .sub = Witness::kAfterAll, .term = 1};
  EXPECT_FALSE(Judge(Check::kLinearizable, s.history).holds());
}

TEST(Linearizable, WeakReadsCanBeLeftOut) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  s.Put("k", 3, 4);
  const OpIndex r = s.Get("k", s.TagOf(a), 5, 6);
  s[r].read_given = ReadLevel::kLocal;
  ExpectFound(Judge(Check::kLinearizable, s.history), "stale-read");
  CheckOptions options;
  options.only_claimed = true;
  EXPECT_TRUE(Judge(Check::kLinearizable, s.history, options).holds());
}

TEST(Linearizable, WithoutTagsItIsSearchedAndABudgetMayRunOut) {
  Sketch s;
  for (std::uint64_t i = 0; i < 30; ++i) s.Put("k", 1 + i, 100 + i);
  const OpIndex r = s.Get("k", 0, 200, 201);
  s[r].tag_known = false;  // sees nothing, though 30 writes were acknowledged
  CheckOptions options;
  options.search.steps = 1000;
  const CheckResult small = Judge(Check::kLinearizable, s.history, options);
  EXPECT_EQ(small.status, CheckStatus::kInconclusive);
  ASSERT_EQ(small.notes.size(), 1u);
  EXPECT_NE(small.notes[0].find("budget of steps"), std::string::npos);
}

TEST(Linearizable, TwoLeadersMakeItASplitBrain) {
  Sketch s;
  const NameId n1 = s.history.InternName("n1");
  const NameId n2 = s.history.InternName("n2");
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 13, 14);
  const OpIndex r = s.Get("k", s.TagOf(a), 15, 16);
  s[b].node = n2;
  s[r].node = n1;
  s.history.AddNodeEvent(
      {.ns = 0, .node = n1, .kind = NodeEventKind::kLeader, .term = 1});
  s.history.AddNodeEvent(
      {.ns = 5 * kMs, .node = n2, .kind = NodeEventKind::kLeader, .term = 2});
  s.history.Seal();
  ExpectFound(Judge(Check::kLinearizable, s.history), "split-brain");
}

TEST(Linearizable, FaultsThatOverlapTheProofAreNamed) {
  const CheckResult result = Judge(Check::kLinearizable, AsyncFailover());
  ExpectFound(result, "lost-ack");
  EXPECT_EQ(result.findings[0].faults, std::vector<std::uint32_t>{0});
}

// --- lost acknowledged writes ---

TEST(LostAcks, AnAcknowledgedWriteMustOutliveTheFailover) {
  const CheckResult result = Judge(Check::kLostAcks, AsyncFailover());
  ExpectFound(result, "lost-ack");
  EXPECT_EQ(result.violations, 1u);
  EXPECT_EQ(result.coverage, 2u);
}

TEST(LostAcks, TheFinalStateAloneConvicts) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  HoldAtTheEnd(&s, "n1", s.TagOf(a));
  const CheckResult result = Judge(Check::kLostAcks, s.history);
  ExpectFound(result, "lost-ack");
  EXPECT_EQ(result.findings[0].victim_op, b);
}

TEST(LostAcks, ConcurrentWritesMayEndInEitherOrder) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 4);
  s.Put("k", 2, 5);
  HoldAtTheEnd(&s, "n1", s.TagOf(a));
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
}

TEST(LostAcks, AnEmptyEndLosesAllButDeletes) {
  Sketch s;
  s.Put("k", 1, 2);
  HoldAtTheEnd(&s, "n1", kInitialTag);
  ExpectFound(Judge(Check::kLostAcks, s.history), "lost-ack");
  Sketch t;
  t.Put("k", 1, 2);
  t.Delete("k", 3, 4);
  HoldAtTheEnd(&t, "n1", kInitialTag);
  EXPECT_TRUE(Judge(Check::kLostAcks, t.history).holds());
}

TEST(LostAcks, AStaleReadFromAFollowerConvictsNobody) {
  Sketch s;
  const NameId n2 = s.history.InternName("n2");
  s.history.AddNodeEvent(
      {.ns = 0, .node = n2, .kind = NodeEventKind::kFollower, .term = 1});
  const OpIndex a = s.Put("k", 1, 2);
  s.Put("k", 3, 4);
  const OpIndex r = s.Get("k", s.TagOf(a), 5, 6);
  s[r].node = n2;
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
  s[r].node = 0;
  EXPECT_FALSE(Judge(Check::kLostAcks, s.history).holds());
}

TEST(LostAcks, ACompareAndSetAgainstTheOlderVersionConvicts) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex lost = s.Put("k", 3, 4);
  const OpIndex c = s.Cas("k", s.TagOf(a), 5, 6);
  HoldAtTheEnd(&s, "n1", s.TagOf(c));
  const CheckResult result = Judge(Check::kLostAcks, s.history);
  ExpectFound(result, "lost-ack");
  EXPECT_EQ(result.findings[0].victim_op, lost);
}

TEST(LostAcks, OnePlaceInTheLogForTwoWritesLosesTheOlderTerm) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  s[a].witness = {.index = 7, .sub = 0, .term = 1};
  s[b].witness = {.index = 7, .sub = 0, .term = 2};
  HoldAtTheEnd(&s, "n1", s.TagOf(b));
  const CheckResult result = Judge(Check::kLostAcks, s.history);
  ExpectFound(result, "lost-ack");
  EXPECT_EQ(result.findings[0].victim_op, a);
}

TEST(LostAcks, AReplicaThatHadNotComeToRestHasLostNothingYet) {
  Sketch s;
  const OpIndex first = s.Put("k", 1, 2);
  s.Put("k", 3, 4);
  HoldAtTheEnd(&s, "n1", s.TagOf(first));
  ExpectFound(Judge(Check::kLostAcks, s.history), "lost-ack");
  s.history.final_state().at_rest = false;
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
  CheckOptions options;
  options.may_stay_apart = true;
  ExpectFound(Judge(Check::kLostAcks, s.history, options), "lost-ack");
}

TEST(LostAcks, AnOverwrittenWriteIsNobodysLoss) {
  Sketch s;
  for (std::uint64_t t = 1; t < 40; t += 2) s.Put("k", t, t + 1);
  HoldAtTheEnd(&s, "n1", 20);
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
}

// --- phantoms ---

TEST(Phantoms, AFailedWriteMayNotBeSeen) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 2);
  s.Get("k", s.TagOf(w), 3, 4);
  EXPECT_TRUE(Judge(Check::kPhantoms, s.history).holds());
  s[w].outcome = Outcome::kFail;
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
}

TEST(Phantoms, AnUndoneEffectMayBeSeenWhereEffectsMayBeUndone) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 2);
  s.Get("k", s.TagOf(w), 3, 4);
  CheckOptions options;
  options.effects_may_be_undone = true;
  s[w].kind = OpKind::kCas;
  s[w].cas_succeeded = false;
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
  EXPECT_TRUE(Judge(Check::kPhantoms, s.history, options).holds());
  HoldAtTheEnd(&s, "n1", s.TagOf(w));
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
  EXPECT_TRUE(Judge(Check::kPhantoms, s.history, options).holds());
  // A definite failure was never executed.
  s[w].outcome = Outcome::kFail;
  ExpectFound(Judge(Check::kPhantoms, s.history, options), "phantom");
  s[w].outcome = Outcome::kOk;
  // What nobody ever tried to write is a phantom all the same.
  s.Get("k", s.TagOf(w) + 1000, 5, 6);
  ExpectFound(Judge(Check::kPhantoms, s.history, options), "phantom");
}

TEST(Phantoms, TheRightTagOnTheWrongBytesIsCaught) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 2);
  const OpIndex r = s.Get("k", s.TagOf(w), 3, 4);
  s[r].observed_digest ^= 1;
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
  ExpectFound(Judge(Check::kLinearizable, s.history), "phantom");
}

TEST(Phantoms, AVersionOfAnotherKeyIsOne) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 2);
  s.Get("other", s.TagOf(w), 3, 4);
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
}

TEST(Phantoms, ReplicasAreLookedAtToo) {
  Sketch s;
  const OpIndex w = s.Put("k", 1, 2);
  HoldAtTheEnd(&s, "n1", s.TagOf(w));
  EXPECT_TRUE(Judge(Check::kPhantoms, s.history).holds());
  s.history.final_state().replicas[0].entries[0].tag = 99;
  ExpectFound(Judge(Check::kPhantoms, s.history), "phantom");
}

// --- convergence ---

TEST(Convergence, ReplicasMustAgree) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  HoldAtTheEnd(&s, "n1", s.TagOf(b));
  HoldAtTheEnd(&s, "n2", s.TagOf(b));
  EXPECT_TRUE(Judge(Check::kConvergence, s.history).holds());
  HoldAtTheEnd(&s, "n3", s.TagOf(a));
  ExpectFound(Judge(Check::kConvergence, s.history), "divergence");
  // A replica that is down cannot be compared.
  s.history.final_state().replicas[2].reachable = false;
  EXPECT_TRUE(Judge(Check::kConvergence, s.history).holds());
}

// "k" belongs to n1 and n2.
void OwnedByTwo(Sketch* s) {
  s->history.final_state().owners.push_back(
      {.key = 0,
       .nodes = {s->history.InternName("n1"), s->history.InternName("n2")}});
  for (FinalReplica& replica : s->history.final_state().replicas) {
    replica.authoritative = false;
  }
}

TEST(Convergence, OnlyOwnersAreCompared) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  HoldAtTheEnd(&s, "n1", s.TagOf(b));
  HoldAtTheEnd(&s, "n2", s.TagOf(b));
  HoldAtTheEnd(&s, "n3", s.TagOf(a));
  OwnedByTwo(&s);
  EXPECT_TRUE(Judge(Check::kConvergence, s.history).holds());
  s.history.final_state().replicas[1].entries[0].tag = s.TagOf(a);
  ExpectFound(Judge(Check::kConvergence, s.history), "divergence");
}

TEST(LostAcks, OwnersThatAgreeAreTheLastWord) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  HoldAtTheEnd(&s, "n1", s.TagOf(a));
  HoldAtTheEnd(&s, "n2", s.TagOf(a));
  HoldAtTheEnd(&s, "n3", s.TagOf(b));
  OwnedByTwo(&s);
  ExpectFound(Judge(Check::kLostAcks, s.history), "lost-ack");
  // Owners that differ have not said their last word.
  s.history.final_state().replicas[1].entries[0].tag = s.TagOf(b);
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
  // Nor has a key one of whose owners is down.
  s.history.final_state().replicas[1].entries[0].tag = s.TagOf(a);
  s.history.final_state().replicas[1].reachable = false;
  EXPECT_TRUE(Judge(Check::kLostAcks, s.history).holds());
}

TEST(Convergence, ATombstoneEqualsNoTrace) {
  Sketch s;
  s.Put("k", 1, 2);
  const OpIndex d = s.Delete("k", 3, 4);
  HoldAtTheEnd(&s, "n1", kInitialTag);
  HoldAtTheEnd(&s, "n2", kInitialTag);
  s.history.final_state().replicas[1].entries.push_back(
      {.key = 0, .tag = s.TagOf(d), .digest = 0, .found = false});
  EXPECT_TRUE(Judge(Check::kConvergence, s.history).holds());
}

TEST(Convergence, ItMustComeInTime) {
  History history = AsyncFailover();
  EXPECT_TRUE(Judge(Check::kConvergence, history).holds());
  history.final_state().limit_ns = 1000 * kMs;
  ExpectFound(Judge(Check::kConvergence, history), "late-convergence");
}

TEST(Convergence, WithoutFinalStatesItSaysSo) {
  Sketch s;
  s.Put("k", 1, 2);
  EXPECT_EQ(Judge(Check::kConvergence, s.history).status,
            CheckStatus::kNotApplicable);
}

// --- at most once ---

TEST(AtMostOnce, AVersionThatComesBackFurtherOnInTheLogWasAppliedTwice) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  const OpIndex r = s.Get("k", s.TagOf(b), 5, 6);
  const OpIndex again = s.Get("k", s.TagOf(a), 7, 8);
  s[a].attempts = 2;
  s[a].witness = {.index = 1, .sub = 0, .term = 1};
  s[b].witness = {.index = 2, .sub = 0, .term = 1};
  s[r].witness = {.index = 2, .sub = Witness::kAfterAll, .term = 1};
  s[again].witness = {.index = 3, .sub = Witness::kAfterAll, .term = 1};
  ExpectFound(Judge(Check::kAtMostOnce, s.history), "duplicate-apply");
  // From an earlier place it is only a stale read.
  s[again].witness.index = 1;
  EXPECT_TRUE(Judge(Check::kAtMostOnce, s.history).holds());
  // And a request sent once cannot have been applied twice.
  s[again].witness.index = 3;
  s[a].attempts = 1;
  EXPECT_TRUE(Judge(Check::kAtMostOnce, s.history).holds());
}

TEST(AtMostOnce, TheFinalStateMayShowIt) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  s.Get("k", s.TagOf(b), 5, 6);
  s[a].attempts = 3;
  HoldAtTheEnd(&s, "n1", s.TagOf(a));
  ExpectFound(Judge(Check::kAtMostOnce, s.history), "duplicate-apply");
}

// --- regular and bounded staleness ---

TEST(Staleness, AgeIsMeasuredInTimeAndVersions) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  s.Put("k", 10, 20);
  s.Put("k", 21, 30);
  s.Get("k", s.TagOf(a), 50, 51);
  const auto ages = MeasureAges(HistoryIndex(s.history));
  ASSERT_EQ(ages.size(), 1u);
  EXPECT_EQ(ages[0].ns, 30 * kMs);
  EXPECT_EQ(ages[0].versions, 2u);
}

TEST(Staleness, ABoundIsKeptOrBroken) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  s.Put("k", 10, 20);
  s.Get("k", s.TagOf(a), 50, 51);
  CheckOptions options;
  EXPECT_TRUE(Judge(Check::kStaleness, s.history, options).holds());
  options.staleness.ns = 30 * kMs;
  EXPECT_TRUE(Judge(Check::kStaleness, s.history, options).holds());
  options.staleness.ns = 29 * kMs;
  EXPECT_FALSE(Judge(Check::kStaleness, s.history, options).holds());
  options.staleness = {.ns = 0, .versions = 1};
  EXPECT_TRUE(Judge(Check::kStaleness, s.history, options).holds());
}

TEST(Regular, ConcurrentWritesMayBeSeenInAnyOrderButNotMissed) {
  Sketch s;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 20);
  s.Get("k", s.TagOf(b), 4, 5);
  s.Get("k", s.TagOf(a), 6, 7);  // not atomic, but regular
  EXPECT_TRUE(Judge(Check::kRegular, s.history).holds());
  EXPECT_FALSE(Judge(Check::kLinearizable, s.history).holds());
  s.Get("k", s.TagOf(a), 21, 22);
  EXPECT_FALSE(Judge(Check::kRegular, s.history).holds());
}

// --- sessions ---

std::vector<CheckStatus> Sessions(const Sketch& s) {
  CheckOptions options;
  options.checks = {Check::kSessions};
  std::vector<CheckStatus> statuses;
  for (const CheckResult& result : CheckHistory(s.history, options)) {
    statuses.push_back(result.status);
  }
  return statuses;
}

constexpr CheckStatus kYes = CheckStatus::kHolds;
constexpr CheckStatus kNo = CheckStatus::kViolated;

TEST(Sessions, FreshReadsKeepAllFour) {
  Sketch s;
  s.client = 1;
  const OpIndex a = s.Put("k", 1, 2);
  s.Get("k", s.TagOf(a), 3, 4);
  s.client = 2;
  s.Get("k", s.TagOf(a), 5, 6);
  EXPECT_EQ(Sessions(s), (std::vector<CheckStatus>{kYes, kYes, kYes, kYes}));
}

TEST(Sessions, ASessionMustSeeItsOwnWrite) {
  Sketch s;
  s.client = 1;
  s.Put("k", 1, 2);
  s.Get("k", kInitialTag, 3, 4);
  EXPECT_EQ(Sessions(s), (std::vector<CheckStatus>{kNo, kYes, kYes, kYes}));
}

TEST(Sessions, ASessionMustNotGoBack) {
  Sketch s;
  s.client = 1;
  const OpIndex a = s.Put("k", 1, 2);
  const OpIndex b = s.Put("k", 3, 4);
  s.client = 2;
  s.Get("k", s.TagOf(b), 5, 6);
  s.Get("k", s.TagOf(a), 7, 8);
  EXPECT_EQ(Sessions(s), (std::vector<CheckStatus>{kYes, kNo, kYes, kYes}));
}

TEST(Sessions, WritesOfASessionAreSeenInItsOrder) {
  Sketch s;
  s.client = 1;
  s.Put("x", 1, 2);
  const OpIndex y = s.Put("y", 3, 4);
  s.client = 2;
  s.Get("y", s.TagOf(y), 5, 6);
  s.Get("x", kInitialTag, 7, 8);
  EXPECT_EQ(Sessions(s), (std::vector<CheckStatus>{kYes, kYes, kNo, kYes}));
}

TEST(Sessions, AWriteIsSeenWithWhatItsWriterHadRead) {
  Sketch s;
  s.client = 1;
  const OpIndex x = s.Put("x", 1, 2);
  s.client = 2;
  s.Get("x", s.TagOf(x), 3, 4);
  const OpIndex y = s.Put("y", 5, 6);
  s.client = 3;
  s.Get("y", s.TagOf(y), 7, 8);
  s.Get("x", kInitialTag, 9, 10);
  EXPECT_EQ(Sessions(s), (std::vector<CheckStatus>{kYes, kYes, kYes, kNo}));
}

// --- the whole ---

TEST(CheckHistory, OnlyPromisesFailTheWhole) {
  const History history = AsyncFailover();
  CheckOptions options;
  EXPECT_EQ(Overall(CheckHistory(history, options)), CheckStatus::kViolated);
  options.promised = {Check::kConvergence, Check::kPhantoms};
  const auto results = CheckHistory(history, options);
  EXPECT_EQ(Overall(results), CheckStatus::kHolds);
  EXPECT_EQ(FirstFinding(results), nullptr);
}

TEST(CheckHistory, AnEmptyHistoryBreaksNothing) {
  CheckOptions options;
  options.checks = {Check::kLinearizable, Check::kLostAcks,   Check::kPhantoms,
                    Check::kConvergence,  Check::kAtMostOnce, Check::kRegular,
                    Check::kStaleness,    Check::kSessions};
  const auto results = CheckHistory(History(), options);
  EXPECT_EQ(results.size(), 11u);
  EXPECT_EQ(Overall(results), CheckStatus::kHolds);
}

}  // namespace
}  // namespace wringer::reports
