#include "engine/client/client.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "engine/base/marks.h"
#include "tests/engine/client/client_fixture.h"

namespace wringer::client {
namespace {

using wire::OpKind;
using wire::Outcome;

TEST_F(ClientTest, OpensASessionBeforeItsFirstOperation) {
  client_ = std::make_unique<Client>(options_, node_.env(), this);
  client_->Start();
  Submit(1);
  const Sent registration = Take();
  EXPECT_EQ(registration.request.command.kind, OpKind::kRegisterSession);
  EXPECT_TRUE(sent_.empty());
  Answer(registration);
  const Sent put = Take();
  EXPECT_EQ(put.request.command.op, OpId{1});
  EXPECT_EQ(put.request.command.client, registration.request.command.client);
  EXPECT_GT(put.request.command.seq, registration.request.command.seq);
}

TEST_F(ClientTest, AnAnsweredOperationIsOk) {
  Start();
  Submit(7);
  const Sent put = Take();
  Answer(put);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kOk);
  EXPECT_EQ(done_[0].node, put.to);
  EXPECT_EQ(done_[0].reply.tag, OpId{7});
  EXPECT_EQ(done_[0].attempts, 1u);
}

TEST_F(ClientTest, ARetryCarriesTheSameSequenceNumber) {
  Start();
  Submit(7);
  const Sent first = Take();
  Wait(options_.attempt_timeout);
  const Sent second = Take();
  EXPECT_EQ(second.request.command.seq, first.request.command.seq);
  EXPECT_EQ(second.request.command.client, first.request.command.client);
  EXPECT_EQ(second.request.attempt, 2u);
  EXPECT_NE(second.to, first.to);
}

TEST_F(ClientTest, ARedirectIsFollowedAtOnceAndRemembered) {
  Start();
  Submit(7);
  const Sent first = Take();
  const NodeId leader{first.to == NodeId{3} ? 1u : 3u};
  Answer(first, Outcome::kNotLeader, leader);
  const Sent second = Take();
  EXPECT_EQ(second.to, leader);
  Answer(second);
  Submit(8);
  EXPECT_EQ(Take().to, leader);
}

// n1 is cut off and points to a leader that is dead.
TEST_F(ClientTest, AHintToASilentNodeIsNotFollowedAgain) {
  options_.nodes = {NodeId{1}, NodeId{2}, NodeId{3}, NodeId{4}};
  options_.max_attempts = 20;
  Start();
  Submit(1);
  std::vector<NodeId> asked;
  const NodeId dead{2};
  for (int i = 0; i < 8 && done_.empty(); ++i) {
    while (sent_.empty()) Wait(10 * kMillisecond);
    const Sent sent = Take();
    asked.push_back(sent.to);
    if (sent.to == dead) Wait(options_.attempt_timeout);
    if (sent.to == NodeId{4}) Answer(sent);
    if (sent.to == NodeId{1} || sent.to == NodeId{3}) {
      Answer(sent, Outcome::kNotLeader, dead);
    }
  }
  EXPECT_EQ(done_.size(), 1u);
  EXPECT_EQ(std::count(asked.begin(), asked.end(), dead), 1);
}

// The first points to the one before it in the ring, which points nowhere and
// is followed by the first: they keep nobody from the third.
TEST_F(ClientTest, ARingOfHintsIsLeft) {
  options_.max_attempts = 20;
  Start();
  Submit(1);
  const NodeId first = sent_.front().to;
  const NodeId before(first == NodeId{1} ? 3 : first.value() - 1);
  bool went_round = false;
  for (int i = 0; i < 12 && done_.empty(); ++i) {
    while (sent_.empty()) Wait(10 * kMillisecond);
    const Sent sent = Take();
    if (sent.to == first) {
      Answer(sent, Outcome::kNotLeader, before);
    } else if (sent.to == before) {
      went_round = true;
      Answer(sent, Outcome::kNotLeader);
    } else {
      Answer(sent);
    }
  }
  EXPECT_TRUE(went_round);
  EXPECT_EQ(done_.size(), 1u);
}

TEST_F(ClientTest, WithoutAHintItPausesBeforeAskingTheNextNode) {
  Start();
  Submit(7);
  const Sent first = Take();
  Answer(first, Outcome::kNotLeader);
  EXPECT_TRUE(sent_.empty());
  Wait(options_.backoff_max);
  EXPECT_NE(Take().to, first.to);
}

TEST_F(ClientTest, RefusedToTheEndItHasFailed) {
  options_.max_attempts = 2;
  Start();
  Submit(7);
  Answer(Take(), Outcome::kUnavailable);
  Wait(options_.backoff_max);
  Answer(Take(), Outcome::kNotLeader);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kFailed);
  EXPECT_EQ(done_[0].reason, Outcome::kNotLeader);
}

TEST_F(ClientTest, OneOpenAttemptMakesTheOutcomeUnknown) {
  options_.max_attempts = 2;
  Start();
  Submit(7);
  Take();  // never answered
  Wait(options_.attempt_timeout);
  Answer(Take(), Outcome::kNotLeader);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kUnknown);
}

TEST_F(ClientTest, TheCataloguesSes05CallsThatAFailure) {
  options_.max_attempts = 2;
  Start();
  Submit(7);
  Take();
  Wait(options_.attempt_timeout);
  node_.world().mutants[std::size_t(Mutant::kClientNotLeaderIsFailure)].on =
      true;
  Answer(Take(), Outcome::kNotLeader);
  EXPECT_EQ(done_[0].fate, Fate::kFailed);
}

TEST_F(ClientTest, ALateAnswerToAnEarlierAttemptCounts) {
  Start();
  Submit(7);
  const Sent first = Take();
  Wait(options_.attempt_timeout);
  Take();
  Answer(first);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kOk);
}

TEST_F(ClientTest, ALateRefusalOfAnEarlierAttemptStartsNoRetry) {
  Start();
  Submit(7);
  const Sent first = Take();
  Wait(options_.attempt_timeout);
  Take();
  Answer(first, Outcome::kNotLeader, NodeId{3});
  EXPECT_TRUE(sent_.empty());
  EXPECT_TRUE(done_.empty());
}

TEST_F(ClientTest, ALostLeadershipIsUnknownUntilARetrySucceeds) {
  Start();
  Submit(7);
  Answer(Take(), Outcome::kUnknown);
  EXPECT_TRUE(done_.empty());
  Wait(options_.backoff_max);
  Answer(Take());
  EXPECT_EQ(done_[0].fate, Fate::kOk);
}

TEST_F(ClientTest, SilenceUntilTheDeadlineIsUnknownForAWrite) {
  Start();
  Submit(7);
  Wait(options_.deadline);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kUnknown);
  EXPECT_EQ(done_[0].returned - done_[0].called, options_.deadline);
  EXPECT_EQ(done_[0].node, kNoNode);
}

TEST_F(ClientTest, SilenceUntilTheDeadlineIsAFailureForARead) {
  Start();
  Submit(7, OpKind::kGet);
  Wait(options_.deadline);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kFailed);
}

TEST_F(ClientTest, WhereMessagesAreDoubledARefusalProvesNothing) {
  options_.links_duplicate = true;
  options_.max_attempts = 1;
  Start();
  Submit(7);
  Answer(Take(), Outcome::kNotLeader);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kUnknown);
}

TEST_F(ClientTest, WithoutSessionsAnOpenWriteIsNotSentAgain) {
  options_.sessions = false;
  options_.leaderless = true;
  Start();
  Submit(7);
  const Sent put = Take();
  Wait(2 * options_.attempt_timeout);
  EXPECT_TRUE(sent_.empty());
  Answer(put);
  EXPECT_EQ(done_[0].fate, Fate::kOk);
}

TEST_F(ClientTest, WithoutSessionsAnUnknownWriteIsGivenUpAtOnce) {
  options_.sessions = false;
  options_.leaderless = true;
  Start();
  Submit(7);
  Answer(Take(), Outcome::kUnknown);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kUnknown);
}

TEST_F(ClientTest, WithoutSessionsARefusedWriteMayBeSentAgain) {
  options_.sessions = false;
  options_.leaderless = true;
  Start();
  Submit(7);
  Answer(Take(), Outcome::kUnavailable);
  Wait(options_.backoff_max);
  EXPECT_EQ(Take().request.attempt, 2u);
}

TEST_F(ClientTest, AnUnknownSessionEndsTheOperationAndOpensAnother) {
  Start();
  const ClientId old = client_->session();
  Submit(7);
  Answer(Take(), Outcome::kSessionUnknown);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kFailed);
  const Sent registration = Take();
  EXPECT_EQ(registration.request.command.kind, OpKind::kRegisterSession);
  EXPECT_NE(registration.request.command.client, old);
  Answer(registration);
  Submit(8);
  EXPECT_EQ(Take().request.command.client, registration.request.command.client);
}

TEST_F(ClientTest, AnUnknownSessionAfterAnOpenAttemptIsUnknown) {
  Start();
  Submit(7);
  Take();
  Wait(options_.attempt_timeout);
  Answer(Take(), Outcome::kSessionUnknown);
  EXPECT_EQ(done_[0].fate, Fate::kUnknown);
}

TEST_F(ClientTest, AcknowledgesOnlyWhatIsAnsweredWithoutGaps) {
  Start();
  Submit(1);
  Submit(2);
  const Sent one = Take();
  const Sent two = Take();
  Answer(two);
  Submit(3);
  const Sent three = Take();
  EXPECT_EQ(three.request.command.acknowledged, one.request.command.seq.prev());
  Answer(one);
  Submit(4);
  EXPECT_EQ(Take().request.command.acknowledged, two.request.command.seq);
}

TEST_F(ClientTest, CarriesTheGreatestTokenItHasSeen) {
  Start();
  Submit(1);
  Answer(Take(), Outcome::kOk, kNoNode, LogIndex{40});
  Submit(2);
  const Sent two = Take();
  EXPECT_EQ(two.request.token.index, LogIndex{40});
  Answer(two, Outcome::kOk, kNoNode, LogIndex{30});
  Submit(3);
  EXPECT_EQ(Take().request.token.index, LogIndex{40});
}

TEST_F(ClientTest, ADuplicatedAnswerIsReportedOnce) {
  Start();
  Submit(1);
  const Sent put = Take();
  Answer(put);
  Answer(put);
  EXPECT_EQ(done_.size(), 1u);
}

TEST_F(ClientTest, OperationsThatNeverLeftHaveFailed) {
  client_ = std::make_unique<Client>(options_, node_.env(), this);
  client_->Start();
  Submit(1);
  Wait(options_.deadline);
  ASSERT_EQ(done_.size(), 1u);
  EXPECT_EQ(done_[0].fate, Fate::kFailed);
  EXPECT_EQ(done_[0].attempts, 0u);
  for (const Sent& sent : sent_) {
    EXPECT_EQ(sent.request.command.kind, OpKind::kRegisterSession);
  }
}

TEST_F(ClientTest, MoreThanTheLimitWaitInTheClient) {
  options_.max_outstanding = 2;
  Start();
  for (std::uint64_t op = 1; op <= 3; ++op) Submit(op);
  EXPECT_EQ(sent_.size(), 2u);
  Answer(Take());
  EXPECT_EQ(sent_.size(), 2u);
  EXPECT_EQ(client_->outstanding(), 2u);
}

TEST_F(ClientTest, LocalReadsGoHomeWhenAskedTo) {
  options_.read_routing = ReadRouting::kHome;
  Start();
  client_->Submit({.op = OpId{1},
                   .kind = OpKind::kGet,
                   .key = "k",
                   .value = {},
                   .expected_tag = {},
                   .write_level = {},
                   .read_level = {wire::ReadLevelKind::kLocal, 0}});
  EXPECT_EQ(Take().to, NodeId{2});
}

// ---- leaderless ----

class LeaderlessClientTest : public ClientTest {
 protected:
  LeaderlessClientTest() {
    options_.sessions = false;
    options_.leaderless = true;
    options_.deadline = 60 * kSecond;  // puts stay open: time does not stop
    Start();
  }
  // Whom the next operation goes to first. Is answered there.
  NodeId Coordinator() {
    Submit(++op_, OpKind::kGet);
    const Sent get = Take();
    Answer(get);
    return get.to;
  }
  // A put, which is not sent again, that its home leaves without an answer.
  Sent HomeIsSilent() {
    Submit(++op_);
    const Sent put = Take();
    EXPECT_EQ(put.to, NodeId{2});
    Wait(options_.attempt_timeout);
    return put;
  }

  std::uint64_t op_ = 0;
};

TEST_F(LeaderlessClientTest, AnotherNodeCoordinatesAfterASilentHome) {
  HomeIsSilent();
  EXPECT_EQ(Coordinator(), NodeId{3});
  EXPECT_EQ(Coordinator(), NodeId{3});
}

TEST_F(LeaderlessClientTest, AnotherNodeCoordinatesAfterAHomeThatRefuses) {
  Submit(++op_);
  Answer(Take(), Outcome::kUnavailable);
  Wait(options_.backoff_max);
  Answer(Take());
  EXPECT_EQ(Coordinator(), NodeId{3});
}

TEST_F(LeaderlessClientTest, HomeIsTriedAgainAndLessOftenEachTime) {
  HomeIsSilent();
  Wait(options_.shun_min);
  HomeIsSilent();
  Wait(options_.shun_min);
  EXPECT_EQ(Coordinator(), NodeId{3});
  Wait(options_.shun_min);
  EXPECT_EQ(Coordinator(), NodeId{2});
}

TEST_F(LeaderlessClientTest, AnAnswerFromHomeEndsItsExile) {
  const Sent put = HomeIsSilent();
  EXPECT_EQ(Coordinator(), NodeId{3});
  Answer(put);
  EXPECT_EQ(Coordinator(), NodeId{2});
}

TEST_F(LeaderlessClientTest, WhereNobodyServesEverythingGoesHome) {
  Submit(++op_, OpKind::kGet);
  for (int i = 0; i < 3; ++i) {
    Answer(Take(), Outcome::kUnavailable);
    Wait(options_.backoff_max);
  }
  Take();  // its fourth attempt
  EXPECT_EQ(Coordinator(), NodeId{2});
}

TEST_F(ClientTest, GarbageAndFramesOfOtherClustersAreIgnored) {
  Start();
  Submit(1);
  receiver_->OnMessage(NodeId{1}, "garbage");
  wire::ClientReply reply;
  std::string body;
  wire::EncodeReply(reply, &body);
  std::string frame;
  wire::EncodeFrame({.kind = wire::FrameKind::kClientReply, .cluster = 6}, body,
                    &frame);
  receiver_->OnMessage(NodeId{1}, frame);
  EXPECT_TRUE(done_.empty());
}

TEST(ClientOptionsTest, AreValidated) {
  ClientOptions options;
  EXPECT_FALSE(Validate(options).ok());
  options.nodes = {NodeId{1}};
  EXPECT_TRUE(Validate(options).ok());
  options.backoff_max = 0;
  EXPECT_FALSE(Validate(options).ok());
}

}  // namespace
}  // namespace wringer::client
