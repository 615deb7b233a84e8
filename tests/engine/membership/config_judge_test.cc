// When the config service appoints, and when it must not yet.
#include "engine/membership/config_judge.h"

#include "engine/membership/config_service.h"
#include "gtest/gtest.h"

namespace wringer::membership {
namespace {

using replication::ClusterView;

constexpr NodeId kA{1};
constexpr NodeId kB{2};
constexpr NodeId kC{3};
constexpr Nanos kMs = kMillisecond;

class JudgeTest : public testing::Test {
 protected:
  static ConfigServiceOptions Options() {
    ConfigServiceOptions options;
    options.members = {kA, kB, kC};
    options.first_primary = kA;
    options.failover_after = 300 * kMs;
    options.all_copies = true;
    return options;
  }
  static ConfigRequest Beat(NodeId from, std::uint64_t durable,
                            bool leads = false) {
    ConfigRequest request;
    request.from = from;
    request.known = Epoch{1};
    request.durable = {Term{1}, LogIndex{durable}};
    request.leads = leads;
    return request;
  }
  // Heartbeats of all until `until`, 50 ms apart; the primary's end at `last`.
  void Hear(ConfigJudge& judge, Nanos until, Nanos last) {
    for (Nanos at = 0; at <= until; at += 50 * kMs) {
      if (at <= last) judge.OnRequest(at, Beat(kA, 9, true), view_);
      judge.OnRequest(at, Beat(kB, 5), view_);
      judge.OnRequest(at, Beat(kC, 7), view_);
    }
  }

  ClusterView view_ = FirstView({kA, kB, kC}, kA);
};

TEST_F(JudgeTest, ASilentPrimaryIsReplacedByWhoHoldsMost) {
  ConfigJudge judge(Options());
  judge.Begin(0, false);
  Hear(judge, 500 * kMs, 200 * kMs);
  EXPECT_FALSE(judge.OnTick(499 * kMs, view_).has_value());
  const auto command = judge.OnTick(500 * kMs, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->primary, kC);
  EXPECT_EQ(command->in_sync, (std::vector<NodeId>{kB, kC}));
}

TEST_F(JudgeTest, NobodyElseIsAppointedWhileALeaseRuns) {
  ConfigServiceOptions options = Options();
  options.lease = 1 * kSecond;
  ConfigJudge judge(options);
  judge.Begin(0, false);
  Hear(judge, 1300 * kMs, 200 * kMs);
  ConfigRequest ask = Beat(kA, 9, true);
  ask.lease_from = 12345;
  ASSERT_TRUE(judge.GrantLease(200 * kMs, ask, view_));
  EXPECT_FALSE(judge.OnTick(1199 * kMs, view_).has_value());
  EXPECT_TRUE(judge.OnTick(1200 * kMs, view_).has_value());
}

TEST_F(JudgeTest, ASuccessorWaitsForLeasesItCannotKnow) {
  ConfigServiceOptions options = Options();
  options.lease = 1 * kSecond;
  ConfigJudge judge(options);
  judge.Begin(0, true);
  Hear(judge, 1100 * kMs, -1);
  EXPECT_FALSE(judge.OnTick(999 * kMs, view_).has_value());
  EXPECT_TRUE(judge.OnTick(1 * kSecond, view_).has_value());
}

TEST_F(JudgeTest, OnlyThePrimaryOfTheEpochInForceGetsALease) {
  ConfigServiceOptions options = Options();
  options.lease = 1 * kSecond;
  ConfigJudge judge(options);
  ConfigRequest ask = Beat(kB, 9, true);
  ask.lease_from = 1;
  EXPECT_FALSE(judge.GrantLease(0, ask, view_));
  ask = Beat(kA, 9, false);  // restarted: it leads nothing yet
  ask.lease_from = 1;
  EXPECT_FALSE(judge.GrantLease(0, ask, view_));
  ask = Beat(kA, 9, true);
  ask.lease_from = 1;
  ask.known = Epoch{7};
  EXPECT_FALSE(judge.GrantLease(0, ask, view_));
}

// Everybody lost the unsynced end of its log.
TEST_F(JudgeTest, OfThoseWhoAllLostSomethingTheBestLeadsOnlyIfNothingIsSynced) {
  for (const bool unsynced : {false, true}) {
    ConfigServiceOptions options = Options();
    options.unsynced = unsynced;
    ConfigJudge judge(options);
    judge.Begin(0, false);
    Hear(judge, 200 * kMs, 200 * kMs);
    for (Nanos at = 250 * kMs; at <= 600 * kMs; at += 50 * kMs) {
      judge.OnRequest(at, Beat(kA, 3), view_);
      judge.OnRequest(at, Beat(kB, 4), view_);
    }
    // Silent for a moment only: it may yet come with more.
    EXPECT_FALSE(judge.OnTick(600 * kMs, view_).has_value());
    judge.OnRequest(600 * kMs, Beat(kC, 2), view_);
    const auto command = judge.OnTick(600 * kMs, view_);
    ASSERT_EQ(command.has_value(), unsynced);
    if (unsynced) {
      EXPECT_EQ(command->primary, kB);
    }
  }
}

TEST_F(JudgeTest, WhoForgotLeadsNotEvenAsALastResort) {
  ConfigServiceOptions options = Options();
  options.unsynced = true;
  ConfigJudge judge(options);
  judge.Begin(0, false);
  Hear(judge, 200 * kMs, 200 * kMs);
  for (Nanos at = 250 * kMs; at <= 600 * kMs; at += 50 * kMs) {
    for (const NodeId node : {kA, kB, kC}) {
      ConfigRequest forgot = Beat(node, 0);
      forgot.forgot = true;
      judge.OnRequest(at, forgot, view_);
    }
  }
  EXPECT_FALSE(judge.OnTick(600 * kMs, view_).has_value());
}

TEST_F(JudgeTest, WhoForgotIsNoCandidate) {
  ConfigJudge judge(Options());
  judge.Begin(0, false);
  Hear(judge, 500 * kMs, 100 * kMs);
  ConfigRequest forgot = Beat(kC, 7);
  forgot.forgot = true;
  judge.OnRequest(500 * kMs, forgot, view_);
  const auto command = judge.OnTick(500 * kMs, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->primary, kB);
  EXPECT_EQ(command->in_sync, (std::vector<NodeId>{kB}));
}

TEST_F(JudgeTest, PhiTakesThePlaceOfTheTimeout) {
  ConfigServiceOptions options = Options();
  options.heartbeat = 50 * kMs;
  options.phi = 8;
  ConfigJudge judge(options);
  judge.Begin(0, false);
  Hear(judge, 1 * kSecond, 1 * kSecond);
  EXPECT_FALSE(judge.OnTick(1100 * kMs, view_).has_value());
  // 50 ms on average, 25 at least of deviation: phi passes 8 before 200 ms.
  judge.OnRequest(1200 * kMs, Beat(kB, 5), view_);
  EXPECT_TRUE(judge.OnTick(1200 * kMs, view_).has_value());
}

// Semi-synchronous: an acknowledged write is on the primary and one backup.
class CountingJudgeTest : public JudgeTest {
 protected:
  CountingJudgeTest() {
    options_ = Options();
    options_.all_copies = false;
    options_.copies = 1;
  }
  // A member that holds epoch `known` on disk, and entries up to `durable`.
  static ConfigRequest Holding(NodeId from, std::uint64_t known,
                               LogPosition durable) {
    ConfigRequest request;
    request.from = from;
    request.known = Epoch{known};
    request.kept = Epoch{known};
    request.durable = durable;
    return request;
  }
  static LogPosition At(std::uint64_t term, std::uint64_t index) {
    return {Term{term}, LogIndex{index}};
  }
  void Install(ConfigJudge& judge, Nanos now, const ConfigCommand& command) {
    ASSERT_EQ(Execute(command, &view_), ConfigVerdict::kInstalled);
    judge.OnInstalled(now, command);
  }
  // The first primary falls silent, and its epoch is sealed as epoch 2.
  void Seal(ConfigJudge& judge) {
    judge.Begin(0, false);
    Hear(judge, 500 * kMs, 100 * kMs);
    const auto seal = judge.OnTick(500 * kMs, view_);
    ASSERT_TRUE(seal.has_value());
    ASSERT_EQ(seal->kind, ConfigCommand::Kind::kSeal);
    Install(judge, 500 * kMs, *seal);
  }

  ConfigServiceOptions options_;
};

TEST_F(CountingJudgeTest, PositionsHeardBeforeTheSealDoNotCount) {
  ConfigJudge judge(options_);
  Seal(judge);
  EXPECT_EQ(view_.primary, kNoNode);
  // C was ahead; B has since acknowledged a write to the old primary.
  EXPECT_FALSE(judge.OnTick(510 * kMs, view_).has_value());
  judge.OnRequest(520 * kMs, Holding(kB, 2, At(1, 8)), view_);
  EXPECT_FALSE(judge.OnTick(530 * kMs, view_).has_value());
  judge.OnRequest(540 * kMs, Holding(kC, 2, At(1, 7)), view_);
  const auto command = judge.OnTick(550 * kMs, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->kind, ConfigCommand::Kind::kAppoint);
  EXPECT_EQ(command->primary, kB);
  EXPECT_EQ(command->floor, At(1, 8));
}

TEST_F(CountingJudgeTest, AnEpochThatNobodyCouldLeadIsNotSealed) {
  ConfigJudge judge(options_);
  judge.Begin(0, false);
  for (Nanos at = 0; at <= 500 * kMs; at += 50 * kMs) {
    judge.OnRequest(at, Beat(kB, 5), view_);
  }
  // C may hold what B does not.
  EXPECT_FALSE(judge.OnTick(500 * kMs, view_).has_value());
}

TEST_F(CountingJudgeTest, APrimaryThatResignedNeedsNoSeal) {
  ConfigJudge judge(options_);
  judge.Begin(0, false);
  Hear(judge, 500 * kMs, 100 * kMs);
  judge.OnRequest(490 * kMs, Beat(kA, 9), view_);
  const auto command = judge.OnTick(500 * kMs, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->kind, ConfigCommand::Kind::kAppoint);
  EXPECT_EQ(command->primary, kA);
}

TEST_F(CountingJudgeTest, APrimaryThatHasNotHeardOfItsEpochMayYetBegin) {
  ConfigJudge judge(options_);
  judge.Begin(0, false);
  Hear(judge, 500 * kMs, 100 * kMs);
  // It leads since, but all that was heard is from before it was told.
  ConfigRequest before = Beat(kA, 9);
  before.known = Epoch{0};
  judge.OnRequest(490 * kMs, before, view_);
  const auto command = judge.OnTick(500 * kMs, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->kind, ConfigCommand::Kind::kSeal);
}

TEST_F(CountingJudgeTest, WhoLacksWhatAPrimaryBroughtWithItIsNoSuccessor) {
  ConfigJudge judge(options_);
  Seal(judge);
  judge.OnRequest(520 * kMs, Holding(kB, 2, At(1, 8)), view_);
  judge.OnRequest(520 * kMs, Holding(kC, 2, At(1, 7)), view_);
  Install(judge, 530 * kMs, *judge.OnTick(530 * kMs, view_));
  ASSERT_EQ(view_.primary, kB);
  // B dies before C has entry 8, which may have been acknowledged.
  for (Nanos at = 550 * kMs; at <= 1100 * kMs; at += 50 * kMs) {
    judge.OnRequest(at, Holding(kA, 3, At(1, 7)), view_);
    judge.OnRequest(at, Holding(kC, 3, At(1, 7)), view_);
  }
  EXPECT_FALSE(judge.OnTick(1100 * kMs, view_).has_value());
  judge.OnRequest(1110 * kMs, Holding(kC, 3, At(3, 9)), view_);
  const auto seal = judge.OnTick(1110 * kMs, view_);
  ASSERT_TRUE(seal.has_value());
  EXPECT_EQ(seal->kind, ConfigCommand::Kind::kSeal);
}

TEST_F(CountingJudgeTest, ASuccessorOfTheJudgeFinishesWhatWasSealed) {
  ConfigJudge first(options_);
  Seal(first);
  ConfigJudge judge(options_);
  judge.Begin(600 * kMs, true);
  EXPECT_FALSE(judge.OnTick(1 * kSecond, view_).has_value());
  judge.OnRequest(1 * kSecond, Holding(kB, 2, At(1, 8)), view_);
  judge.OnRequest(1 * kSecond, Holding(kC, 2, At(1, 7)), view_);
  const auto command = judge.OnTick(1 * kSecond, view_);
  ASSERT_TRUE(command.has_value());
  EXPECT_EQ(command->primary, kB);
}

TEST(ConfigService, AnOperatorCannotAppointWhoIsNotInSync) {
  ConfigServiceOptions options;
  options.members = {kA, kB, kC};
  options.first_primary = kA;
  ConfigService service(options);
  ConfigService::Output out;
  ASSERT_TRUE(service.Grant(0, kA, {kA, kB}, &out));
  EXPECT_EQ(service.view().in_sync, (std::vector<NodeId>{kA, kB}));
  EXPECT_FALSE(service.Grant(0, kC, {}, &out));
  EXPECT_EQ(service.view().primary, kA);
  EXPECT_TRUE(service.Grant(0, kB, {kB}, &out));
  EXPECT_EQ(service.view().primary, kB);
  EXPECT_EQ(service.view().epoch, Epoch{3});
}

TEST(ConfigService, AnOperatorsAppointmentWaitsForTheLease) {
  ConfigServiceOptions options;
  options.members = {kA, kB};
  options.first_primary = kA;
  options.lease = 1 * kSecond;
  ConfigService service(options);
  ConfigService::Output out;
  ConfigRequest ask;
  ask.from = kA;
  ask.known = Epoch{1};
  ask.leads = true;
  ask.lease_from = 77;
  service.OnRequest(0, Incarnation{3}, ask, &out);
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].second.lease, (LeaseGrant{Incarnation{3}, 77, kSecond}));
  ASSERT_TRUE(service.Grant(100 * kMs, kB, {kB}, &out));
  EXPECT_EQ(service.view().primary, kA);
  service.OnTick(999 * kMs, &out);
  EXPECT_EQ(service.view().primary, kA);
  service.OnTick(1 * kSecond, &out);
  EXPECT_EQ(service.view().primary, kB);
}

TEST(ConfigMessages, RepliesSayOneThingInOneWay) {
  ConfigReply reply;
  reply.view = FirstView({kA, kB}, kA);
  reply.leader = NodeId{1002};
  reply.lease = LeaseGrant{Incarnation{4}, -5, 900};
  std::string bytes;
  EncodeConfigReply(reply, &bytes);
  ConfigReply back;
  ASSERT_TRUE(DecodeConfigReply(bytes, &back).ok());
  EXPECT_EQ(back.view, reply.view);
  EXPECT_EQ(back.leader, reply.leader);
  EXPECT_EQ(back.lease, reply.lease);
  bytes.clear();
  EncodeConfigReply({.view = reply.view}, &bytes);
  ASSERT_TRUE(DecodeConfigReply(bytes, &back).ok());
  EXPECT_FALSE(back.lease.has_value());
  EXPECT_FALSE(DecodeConfigReply(bytes + std::string(2, '\0'), &back).ok());
}

}  // namespace
}  // namespace wringer::membership
