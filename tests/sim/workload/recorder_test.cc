// What the history says of an operation.
#include "sim/workload/recorder.h"

#include "engine/base/hash.h"
#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

class Listener : public WorkloadListener {
 public:
  void OnWriteAcked(NodeId by) override { acked.push_back(by); }
  std::vector<NodeId> acked;
};

struct Bench {
  Bench() : world({.seed = 1}), recorder(&world, &history, &listener) {}

  void Call(std::uint64_t id, wire::OpKind kind, std::string value = "",
            std::uint64_t expected = 0) {
    PlannedOp op;
    op.id = OpId(id);
    op.kind = kind;
    op.key = "k0";
    op.value = std::move(value);
    op.expected_tag = OpId(expected);
    client::Operation operation;
    operation.read_level = {wire::ReadLevelKind::kStrong, 0};
    operation.write_level = {wire::WriteLevelKind::kCopies, 2};
    recorder.Called(3, op, operation);
  }
  client::Completion Reply(std::uint64_t id) {
    client::Completion c;
    c.op = OpId(id);
    c.fate = client::Fate::kOk;
    c.node = NodeId(2);
    c.attempts = 2;
    c.reply.found = true;
    c.reply.tag = OpId(id);
    c.reply.position = {Term(4), LogIndex(17)};
    c.reply.write_level = {wire::WriteLevelKind::kLocal, 0};
    c.reply.read_level = {wire::ReadLevelKind::kStrong, 0};
    return c;
  }

  World world;
  reports::History history;
  Listener listener;
  Recorder recorder;
};

TEST(Recorder, AnAnsweredReadSaysWhatItSaw) {
  Bench b;
  b.Call(5, wire::OpKind::kGet);
  client::Completion c = b.Reply(5);
  c.reply.tag = OpId(3);
  c.reply.value = "v3:";
  b.recorder.Returned(c);
  const reports::Operation& op = b.history.op(0);
  EXPECT_EQ(op.outcome, reports::Outcome::kOk);
  EXPECT_EQ(op.observed_tag, 3u);
  EXPECT_EQ(op.observed_digest, Hash64("v3:"));
  EXPECT_EQ(op.read_given, reports::ReadLevel::kStrong);
  EXPECT_EQ(op.witness.index, 17u);
  EXPECT_EQ(op.witness.sub, reports::Witness::kAfterAll);
  EXPECT_EQ(op.attempts, 2);
  EXPECT_EQ(b.history.name(op.node), "n2");
  EXPECT_TRUE(b.listener.acked.empty());
}

TEST(Recorder, AnAcknowledgedWriteClaimsTheLevelDelivered) {
  Bench b;
  b.Call(5, wire::OpKind::kPut, "v5:");
  b.recorder.Returned(b.Reply(5));
  const reports::Operation& op = b.history.op(0);
  EXPECT_EQ(op.write_asked, reports::WriteLevel::kCopies);
  EXPECT_EQ(op.copies_asked, 2);
  EXPECT_EQ(op.write_given, reports::WriteLevel::kLocal);
  EXPECT_EQ(op.written_digest, Hash64("v5:"));
  EXPECT_EQ(op.witness.sub, 0u);
  EXPECT_TRUE(op.WriteAcknowledged());
  EXPECT_EQ(b.listener.acked, std::vector<NodeId>{NodeId(2)});
}

TEST(Recorder, ASuccessfulCompareSawWhatItExpected) {
  Bench b;
  b.Call(5, wire::OpKind::kCas, "v5:", 3);
  client::Completion c = b.Reply(5);
  c.reply.cas_applied = true;
  b.recorder.Returned(c);
  const reports::Operation& op = b.history.op(0);
  EXPECT_TRUE(op.cas_succeeded);
  EXPECT_EQ(op.observed_tag, 3u);
  EXPECT_TRUE(op.WriteAcknowledged());
}

TEST(Recorder, ARefusedCompareSawSomethingElseAndChangedNothing) {
  Bench b;
  b.Call(5, wire::OpKind::kCas, "v5:", 3);
  client::Completion c = b.Reply(5);
  c.reply.tag = OpId(4);
  c.reply.value = "v4:";
  b.recorder.Returned(c);
  const reports::Operation& op = b.history.op(0);
  EXPECT_TRUE(op.Observes());
  EXPECT_EQ(op.observed_tag, 4u);
  EXPECT_EQ(op.witness.sub, reports::Witness::kAfterAll);
  EXPECT_EQ(b.recorder.counts().cas_refused, 1u);
  EXPECT_TRUE(b.listener.acked.empty());
}

TEST(Recorder, NoAnswerStaysOpenAndARefusalIsCertain) {
  Bench b;
  b.Call(5, wire::OpKind::kPut, "v5:");
  b.Call(6, wire::OpKind::kPut, "v6:");
  client::Completion unknown = b.Reply(5);
  unknown.fate = client::Fate::kUnknown;
  unknown.reason = wire::Outcome::kUnknown;
  b.recorder.Returned(unknown);
  client::Completion failed = b.Reply(6);
  failed.fate = client::Fate::kFailed;
  failed.reason = wire::Outcome::kNotLeader;
  b.recorder.Returned(failed);
  EXPECT_EQ(b.history.op(0).outcome, reports::Outcome::kUnknown);
  EXPECT_EQ(b.history.op(0).return_seq, reports::kNeverSeq);
  EXPECT_EQ(b.history.op(1).outcome, reports::Outcome::kFail);
  EXPECT_EQ(b.history.name(b.history.op(1).error), "not leader");
  EXPECT_EQ(b.recorder.open(), 0u);
}

TEST(Recorder, AllCallsAndReturnsHaveDistinctMomentsInOrder) {
  Bench b;
  b.Call(1, wire::OpKind::kPut, "v1:");
  b.Call(2, wire::OpKind::kPut, "v2:");
  b.recorder.Returned(b.Reply(2));
  b.recorder.Returned(b.Reply(1));
  EXPECT_LT(b.history.op(0).call_seq, b.history.op(1).call_seq);
  EXPECT_LT(b.history.op(1).call_seq, b.history.op(1).return_seq);
  EXPECT_LT(b.history.op(1).return_seq, b.history.op(0).return_seq);
}

}  // namespace
}  // namespace wringer::sim
