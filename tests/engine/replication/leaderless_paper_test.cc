// Rules of quorum registers and of primary-backup, each beside its source.
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/replication/factory.h"
#include "engine/replication/quorum/messages.h"

namespace wringer::replication {
namespace {

using quorum::ReadReply;
using quorum::ReadRequest;
using quorum::WriteAck;
using quorum::WriteRequest;

// n1 of three owners, coordinating; N = 3, W = 2, R = 2.
class QuorumPaper : public ::testing::Test {
 protected:
  void Boot(QuorumOptions::Versions versions, QuorumOptions::Repair repair) {
    ReplicationOptions options;
    options.model = "quorum";
    options.self = NodeId{1};
    options.members = {NodeId{1}, NodeId{2}, NodeId{3}};
    options.bootstrap = true;
    options.quorum.versions = versions;
    options.quorum.repair = repair;
    model_ = *NewReplicator(options);
    Start start;
    start.incarnation = Incarnation{1};
    const Ready ready = Give(start);
    if (ready.meta) Give(Durable{.log = {}, .meta = ready.meta->version});
  }
  Ready Give(InputBody body) {
    Ready ready;
    model_->Step({.now = {kSecond, kSecond}, .body = std::move(body)}, ready);
    return ready;
  }
  Ready Hear(std::uint32_t from, quorum::Message message) {
    std::string bytes;
    quorum::Encode(message, &bytes);
    return Give(Receive{NodeId{from}, Incarnation{1}, bytes});
  }
  template <typename Body>
  static std::vector<std::pair<NodeId, Body>> Said(const Ready& ready) {
    std::vector<std::pair<NodeId, Body>> all;
    for (const Send& send : ready.sends) {
      quorum::Message message;
      EXPECT_TRUE(quorum::Decode(send.body, &message).ok());
      if (const Body* body = std::get_if<Body>(&message)) {
        all.push_back({send.to, *body});
      }
    }
    return all;
  }
  static Submit Write() {
    Submit submit;
    submit.ticket = Ticket{1};
    submit.request.command.kind = wire::OpKind::kPut;
    submit.request.command.key = "k";
    submit.request.command.op = OpId{77};
    submit.request.write_level = {wire::WriteLevelKind::kQuorum, 0};
    return submit;
  }
  Ready Ask(wire::OpKind kind, wire::ReadLevelKind level) {
    Submit submit = Write();
    submit.request.command.kind = kind;
    submit.request.read_level = {level, 0};
    return Give(submit);
  }
  static Versioned Value(std::uint64_t time) {
    return {{time, NodeId{2}, OpId{time}}, false, "v"};
  }
  // n1 holds nothing, n2 holds `time`: both answer the reads in `asked`.
  Ready TwoAnswers(const Ready& asked, std::uint64_t time) {
    const auto requests = Said<ReadRequest>(asked);
    EXPECT_EQ(requests.size(), 2u);
    EXPECT_EQ(asked.store_reads.size(), 1u);
    Give(StoreReadDone{asked.store_reads[0].op, std::nullopt});
    return Hear(2, ReadReply{requests[0].second.id, Value(time)});
  }

  std::unique_ptr<Replicator> model_;
};

using Versions = QuorumOptions::Versions;
using Repair = QuorumOptions::Repair;

// Attiya, Bar-Noy, Dolev 1995 (multi-writer form: Lynch, Shvartsman 1997): a
// writer first asks a majority for the largest time stamp, then stores under a
// larger one.
TEST_F(QuorumPaper, AnAbdWriteTakesATimeAboveEveryOneItWasTold) {
  Boot(Versions::kAbd, Repair::kNone);
  const Ready asked = Ask(wire::OpKind::kPut, wire::ReadLevelKind::kStrong);
  EXPECT_TRUE(Said<WriteRequest>(asked).empty());
  const Ready stored = TwoAnswers(asked, 41);
  const auto writes = Said<WriteRequest>(stored);
  ASSERT_FALSE(writes.empty());
  EXPECT_EQ(writes[0].second.value.version.time, 42u);
}

// The same: a reader stores what it is about to return at a majority before it
// returns, so that no later read can return an older value.
TEST_F(QuorumPaper, AnAbdReadWritesBackBeforeItAnswers) {
  Boot(Versions::kAbd, Repair::kNone);
  const Ready asked = Ask(wire::OpKind::kGet, wire::ReadLevelKind::kStrong);
  const Ready stored = TwoAnswers(asked, 41);
  EXPECT_TRUE(stored.replies.empty());
  const auto writes = Said<WriteRequest>(stored);
  ASSERT_FALSE(writes.empty());
  EXPECT_EQ(writes[0].first, NodeId{3});  // n2 holds it already
  const Ready done = Hear(3, WriteAck{writes[0].second.id});
  ASSERT_EQ(done.replies.size(), 1u);
  EXPECT_EQ(done.replies[0].reply.tag, OpId{41});
}

// One acknowledgement, however often it comes, is one owner.
TEST_F(QuorumPaper, AcknowledgementsAreCountedByOwner) {
  Boot(Versions::kAbd, Repair::kNone);
  const Ready asked = Ask(wire::OpKind::kPut, wire::ReadLevelKind::kStrong);
  const auto writes = Said<WriteRequest>(TwoAnswers(asked, 41));
  ASSERT_FALSE(writes.empty());
  const WriteAck ack{writes[0].second.id};
  EXPECT_TRUE(Hear(2, ack).replies.empty());
  EXPECT_TRUE(Hear(2, ack).replies.empty());
  EXPECT_EQ(Hear(3, ack).replies.size(), 1u);
}

// Dynamo, section 5: read repair happens "after the read response has been
// returned to the caller".
TEST_F(QuorumPaper, AsynchronousRepairAnswersFirst) {
  Boot(Versions::kLastWriterWins, Repair::kAsync);
  const Ready asked = Ask(wire::OpKind::kGet, wire::ReadLevelKind::kQuorum);
  const Ready done = TwoAnswers(asked, 41);
  EXPECT_EQ(done.replies.size(), 1u);
  EXPECT_EQ(done.merges.size(), 1u);  // n1's own copy was stale
}

TEST_F(QuorumPaper, BlockingRepairAnswersOnlyWhenWOwnersHoldIt) {
  Boot(Versions::kLastWriterWins, Repair::kBlocking);
  const Ready asked = Ask(wire::OpKind::kGet, wire::ReadLevelKind::kQuorum);
  const Ready stored = TwoAnswers(asked, 41);
  EXPECT_TRUE(stored.replies.empty());
  const auto writes = Said<WriteRequest>(stored);
  ASSERT_FALSE(writes.empty());
  EXPECT_EQ(Hear(3, WriteAck{writes[0].second.id}).replies.size(), 1u);
}

// Dynamo, section 4.5: R and W are "the minimum number of nodes that must
// participate in a successful read [write] operation".
TEST_F(QuorumPaper, OneAnswerIsNoReadQuorum) {
  Boot(Versions::kLastWriterWins, Repair::kNone);
  const Ready asked = Ask(wire::OpKind::kGet, wire::ReadLevelKind::kQuorum);
  const auto requests = Said<ReadRequest>(asked);
  ASSERT_FALSE(requests.empty());
  const ReadReply reply{requests[0].second.id, Value(41)};
  EXPECT_TRUE(Hear(2, reply).replies.empty());
  EXPECT_TRUE(Hear(2, reply).replies.empty());  // the same owner again
  EXPECT_EQ(Hear(3, reply).replies.size(), 1u);
}

// Terry et al. 1994 ("Session guarantees for weakly consistent replicated
// data"), monotonic writes and writes-follow-reads: the session vector travels
// with the client, whichever server it turns to.
TEST_F(QuorumPaper, AWriteComesAfterWhatItsClientHasSeenElsewhere) {
  Boot(Versions::kLastWriterWins, Repair::kNone);
  Submit submit = Write();
  submit.request.token.version = 3 * kSecond;  // our clock says one
  const Ready waits = Give(submit);
  ASSERT_TRUE(waits.meta);  // the bound comes first
  const auto writes =
      Said<WriteRequest>(Give(Durable{.log = {}, .meta = waits.meta->version}));
  ASSERT_FALSE(writes.empty());
  EXPECT_GT(writes[0].second.value.version.time, 3 * kSecond);
}

// ---- Primary-backup ---------------------------------------------------------

class BackupPaper : public ::testing::Test {
 protected:
  void Boot(Meta meta = {}) {
    ReplicationOptions options;
    options.model = "primary_backup";
    options.self = NodeId{1};
    options.members = {NodeId{1}, NodeId{2}};
    options.bootstrap = meta.bytes.empty();
    options_ = options;
    Start start;
    start.meta = std::move(meta);
    start.incarnation = Incarnation{1};
    Restart(std::move(start));
  }
  Ready Restart(Start start) {
    model_ = *NewReplicator(options_);
    return Give(std::move(start));
  }
  Ready Give(InputBody body) {
    Ready ready;
    model_->Step({.now = {}, .body = std::move(body)}, ready);
    if (ready.meta) meta_ = *ready.meta;
    return ready;
  }
  Ready Grant(std::uint64_t epoch, std::uint32_t primary) {
    ConfigChanged granted;
    granted.view = {Epoch{epoch},
                    NodeId{primary},
                    {NodeId{1}, NodeId{2}},
                    {NodeId{1}, NodeId{2}}};
    return Give(granted);
  }
  Ready Put() {
    Submit submit;
    submit.ticket = Ticket{1};
    submit.request.command.kind = wire::OpKind::kPut;
    submit.request.write_level = model_->capabilities().default_write;
    return Give(submit);
  }

  ReplicationOptions options_;
  std::unique_ptr<Replicator> model_;
  Meta meta_;
};

// Budhiraja, Marzullo, Schneider, Toueg 1993, Pb3: "If a client request
// arrives at a server that is not the current primary, then that request is
// not enqueued."
TEST_F(BackupPaper, ABackupEnqueuesNothing) {
  Boot();
  Grant(1, 2);
  const Ready ready = Put();
  EXPECT_TRUE(ready.append.empty());
  ASSERT_EQ(ready.replies.size(), 1u);
  EXPECT_EQ(ready.replies[0].reply.outcome, wire::Outcome::kNotLeader);
  EXPECT_EQ(ready.replies[0].reply.hint, NodeId{2});
}

// Pb1: "there is at most one server s whose state satisfies Prmy_s". An epoch
// names one primary, and an older grant that comes late is no grant.
TEST_F(BackupPaper, AnOlderGrantMakesNoPrimary) {
  Boot();
  Grant(5, 2);
  Grant(4, 1);
  EXPECT_NE(model_->status().role, Role::kLeader);
  Grant(6, 1);
  EXPECT_EQ(model_->status().role, Role::kLeader);
}

// Our rule 2: what a restarted primary had not synced is gone, so it does not
// give the places of its epoch a second content.
TEST_F(BackupPaper, ARestartedPrimaryDoesNotResumeItsEpoch) {
  Boot();
  Grant(3, 1);
  ASSERT_EQ(model_->status().role, Role::kLeader);
  Boot(meta_);
  Grant(3, 1);
  EXPECT_NE(model_->status().role, Role::kLeader);
  Grant(4, 1);
  EXPECT_EQ(model_->status().role, Role::kLeader);
}

// Rule 1: an epoch is persisted before anything is promised in it.
TEST_F(BackupPaper, NothingLeavesInAnEpochThatIsNotDurable) {
  Boot();
  const Ready ready = Grant(7, 1);
  ASSERT_TRUE(ready.meta.has_value());
  ASSERT_FALSE(ready.sends.empty());
  for (const Send& send : ready.sends) {
    EXPECT_EQ(send.promise.meta, ready.meta->version);
  }
}

// Viewstamped Replication Revisited, section 4.3: whoever lost its state takes
// no part until it has recovered, however often it dies on the way.
TEST_F(BackupPaper, ThatItForgotIsWrittenBeforeTheDamageIsCutOff) {
  Boot();
  Start damaged;
  damaged.log.entries = {
      {Term{1}, LogIndex{1}, EntryKind::kNoop, SharedBytes()},
      {Term{1}, LogIndex{2}, EntryKind::kNoop, SharedBytes()}};
  damaged.log.damaged = {LogIndex{2}};
  damaged.incarnation = Incarnation{2};
  const Ready first = Restart(damaged);
  ASSERT_TRUE(first.meta);
  EXPECT_FALSE(first.truncate_after);
  const Ready second = Give(Durable{.log = {}, .meta = first.meta->version});
  EXPECT_EQ(second.truncate_after, LogIndex{1});

  Start again;
  again.log.entries = {damaged.log.entries[0]};
  again.meta = *first.meta;
  again.incarnation = Incarnation{3};
  Restart(again);
  EXPECT_TRUE(model_->status().forgot);
}

}  // namespace
}  // namespace wringer::replication
