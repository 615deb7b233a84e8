#include "engine/replication/single/single.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/replication/factory.h"

namespace wringer::replication {
namespace {

using wire::OpKind;
using wire::Outcome;
using wire::ReadLevelKind;
using wire::WriteLevelKind;

ReplicationOptions Options(const char* model, std::vector<NodeId> members) {
  ReplicationOptions options;
  options.model = model;
  options.self = NodeId{1};
  options.members = std::move(members);
  return options;
}

class SingleTest : public ::testing::Test {
 protected:
  Ready Boot(Start start = {}) {
    start.incarnation = Incarnation{3};
    return Give(std::move(start));
  }
  Ready Give(InputBody body) {
    Ready ready;
    model_.Step({.now = {}, .body = std::move(body)}, ready);
    return ready;
  }
  Ready Write(std::uint64_t ticket,
              WriteLevelKind level = WriteLevelKind::kLocal) {
    Submit submit;
    submit.ticket = Ticket{ticket};
    submit.request.command.kind = OpKind::kPut;
    submit.request.write_level.kind = level;
    submit.payload = "command";
    return Give(submit);
  }
  Ready Read(std::uint64_t ticket, ReadLevelKind level) {
    Submit submit;
    submit.ticket = Ticket{ticket};
    submit.request.read_level.kind = level;
    return Give(submit);
  }
  static LogEntry Entry(std::uint64_t term, std::uint64_t index) {
    return {Term{term}, LogIndex{index}, EntryKind::kCommand, ""};
  }

  ReplicationOptions options_ = Options("single", {});
  single::Single model_{options_};
};

TEST_F(SingleTest, AWriteIsCommittedOnlyWhenDurable) {
  Boot();
  const Ready ready = Write(1);
  ASSERT_EQ(ready.append.size(), 1u);
  ASSERT_EQ(ready.after_apply.size(), 1u);
  EXPECT_EQ(ready.after_apply[0].promise.log, ready.append[0].position());
  EXPECT_EQ(ready.commit, LogIndex{});
  EXPECT_EQ(Give(Durable{.log = {Term{3}, LogIndex{1}}, .meta = {}}).commit,
            LogIndex{1});
}

TEST_F(SingleTest, AWriteToMemoryIsCommittedAtOnceAndPromisesNothing) {
  Boot();
  const Ready ready = Write(1, WriteLevelKind::kMem);
  EXPECT_EQ(ready.commit, LogIndex{1});
  EXPECT_TRUE(ready.after_apply[0].promise.empty());
}

TEST_F(SingleTest, WhatRecoveryFoundIsCommittedAndTheTermIsNew) {
  Start start;
  start.log.base = {Term{1}, LogIndex{4}};
  start.log.entries = {Entry(1, 5), Entry(2, 6)};
  start.applied = {Term{1}, LogIndex{4}};
  EXPECT_EQ(Boot(start).commit, LogIndex{6});
  EXPECT_EQ(Write(1).append[0].position(), (LogPosition{Term{3}, LogIndex{7}}));
}

TEST_F(SingleTest, AStrongReadWaitsForEverythingCommitted) {
  Boot();
  Write(1);
  Give(Durable{.log = {Term{3}, LogIndex{1}}, .meta = {}});
  const Ready ready = Read(2, ReadLevelKind::kStrong);
  ASSERT_EQ(ready.reads.size(), 1u);
  EXPECT_EQ(ready.reads[0].at_least, LogIndex{1});
  EXPECT_EQ(Read(3, ReadLevelKind::kLocal).reads[0].at_least, LogIndex{});
}

TEST_F(SingleTest, DamageThatNoCheckpointCoversIsRefusedLoudly) {
  Start start;
  start.log.entries = {Entry(1, 1), Entry(1, 2)};
  start.log.damaged = {LogIndex{2}};
  start.applied = {Term{1}, LogIndex{1}};
  EXPECT_EQ(Boot(start).commit, LogIndex{});
  EXPECT_EQ(Read(1, ReadLevelKind::kStrong).replies[0].reply.outcome,
            Outcome::kUnavailable);
  EXPECT_EQ(model_.status().role, Role::kStarting);
}

TEST_F(SingleTest, DamageBelowTheCheckpointCostsNothing) {
  Start start;
  start.log.entries = {Entry(1, 1), Entry(1, 2)};
  start.log.damaged = {LogIndex{1}};
  start.applied = {Term{1}, LogIndex{1}};
  EXPECT_EQ(Boot(start).commit, LogIndex{2});
}

TEST_F(SingleTest, LevelsItCannotKeepAreUnsupported) {
  Boot();
  EXPECT_EQ(Write(1, WriteLevelKind::kQuorum).replies[0].reply.outcome,
            Outcome::kUnsupported);
  EXPECT_EQ(Read(2, ReadLevelKind::kLease).replies[0].reply.outcome,
            Outcome::kUnsupported);
}

TEST_F(SingleTest, AnUnsyncedWalDoesNotOfferTheLevelLocal) {
  options_.durable_means = WriteLevelKind::kOs;
  single::Single model(options_);
  EXPECT_EQ(model.capabilities().default_write.kind, WriteLevelKind::kOs);
  const auto& levels = model.capabilities().write_levels;
  EXPECT_EQ(std::count(levels.begin(), levels.end(), WriteLevelKind::kLocal),
            0);
}

TEST_F(SingleTest, ACheckpointLetsTheLogGo) {
  Boot();
  EXPECT_EQ(Give(Checkpointed{.upto = {Term{3}, LogIndex{9}}}).drop_prefix,
            (LogPosition{Term{3}, LogIndex{9}}));
}

TEST_F(SingleTest, AfterALogErrorEverythingIsRefused) {
  Boot();
  Give(LogFailed{});
  EXPECT_EQ(Write(1).replies[0].reply.outcome, Outcome::kUnavailable);
}

TEST(Factory, NamesTheKnownModelsForAnUnknownOne) {
  const auto model = NewReplicator(Options("raaft", {}));
  ASSERT_TRUE(absl::IsInvalidArgument(model.status()));
  EXPECT_NE(model.status().message().find("primary_backup"),
            absl::string_view::npos);
}

TEST(Factory, RefusesMembersOutOfOrder) {
  EXPECT_TRUE(absl::IsInvalidArgument(
      NewReplicator(Options("single", {NodeId{2}, NodeId{1}})).status()));
}

TEST(Ready, IsEmptyAgainAfterClear) {
  Ready ready;
  ready.commit = LogIndex{1};
  ready.timers.push_back({});
  EXPECT_FALSE(ready.empty());
  ready.Clear();
  EXPECT_TRUE(ready.empty());
}

}  // namespace
}  // namespace wringer::replication
