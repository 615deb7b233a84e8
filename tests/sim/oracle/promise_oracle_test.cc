#include "sim/oracle/promise_oracle.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

constexpr NodeId kN1{1};

class PromiseOracleTest : public testing::Test {
 protected:
  PromiseOracleTest() : world_({.seed = 1}), log_(&world_) {
    view_.id = kN1;
    view_.state = node::NodeState::kServing;
  }

  PromiseOracle Make(bool synced) {
    OraclePromises promises;
    promises.synced = synced;
    return PromiseOracle(
        promises, [this](NodeId) { return std::optional(view_); },
        [this](NodeId, LogPosition, MetaVersion) { return missing_; }, &log_);
  }

  void Promise(PromiseOracle* oracle, std::uint64_t term, std::uint64_t index,
               std::uint64_t meta = 0) {
    replication::Promise promise;
    promise.log = {Term(term), LogIndex(index)};
    promise.meta = MetaVersion(meta);
    node::PromiseSent sent;
    sent.node = kN1;
    sent.promise = &promise;
    oracle->OnPromise(sent);
  }
  void PromiseWritten(PromiseOracle* oracle, std::uint64_t term,
                      std::uint64_t index) {
    replication::Promise promise;
    promise.written = {Term(term), LogIndex(index)};
    node::PromiseSent sent;
    sent.node = kN1;
    sent.promise = &promise;
    oracle->OnPromise(sent);
  }
  void EndOfEvent(PromiseOracle* oracle, EventKind kind = EventKind::kFiber) {
    EventRecord record;
    record.kind = kind;
    record.node = kN1;
    oracle->AfterEvent(record);
  }
  void Log(std::uint64_t term, std::uint64_t last, std::uint64_t durable) {
    view_.log_last = {Term(term), LogIndex(last)};
    view_.durable.log = {Term(term), LogIndex(durable)};
    view_.log_vouched = view_.durable.log;
  }
  void Die(PromiseOracle* oracle, bool power, bool wiped) {
    oracle->OnDeath({.node = kN1,
                     .incarnation = Incarnation(1),
                     .power_lost = power,
                     .disk_wiped = wiped});
  }
  std::size_t found() const { return log_.findings().size(); }

  World world_;
  FindingLog log_;
  node::NodeView view_;
  std::string missing_;
};

TEST_F(PromiseOracleTest, APromiseOfWhatIsDurableIsFine) {
  PromiseOracle oracle = Make(true);
  Log(1, 6, 5);
  Promise(&oracle, 1, 5);
  EndOfEvent(&oracle);
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(oracle.promises_checked(), 1u);
}

TEST_F(PromiseOracleTest, APromiseBeforeItIsDurableIsFound) {
  PromiseOracle oracle = Make(true);
  Log(1, 6, 5);
  Promise(&oracle, 1, 6);
  EndOfEvent(&oracle);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].text,
            "promised the log up to 1/6 while only 1/5 was durable");
}

TEST_F(PromiseOracleTest, WhatTheDurableImageDoesNotHoldIsFound) {
  PromiseOracle oracle = Make(true);
  Log(1, 100, 100);
  missing_ = "the log ends at 1/15";
  for (std::uint64_t i = 1; i <= 64; ++i) {
    Promise(&oracle, 1, i);
    EndOfEvent(&oracle);
    // The first promise is looked at, the eighth, the sixty-fourth.
    EXPECT_EQ(found(), i < 8 ? 1u : i < 64 ? 2u : 3u);
  }
  EXPECT_EQ(oracle.shadows_checked(), 3u);
}

TEST_F(PromiseOracleTest, AVotePromisedBeforeItsHardStateIsFound) {
  PromiseOracle oracle = Make(true);
  view_.durable.meta = MetaVersion(3);
  Promise(&oracle, 0, 0, 4);
  EndOfEvent(&oracle);
  EXPECT_EQ(found(), 1u);
}

TEST_F(PromiseOracleTest, ComingBackWithLessThanPromisedIsFound) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  Die(&oracle, true, false);
  Log(1, 8, 8);
  oracle.OnServing(view_);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].text,
            "promised the log up to 1/9 and came back with 1/8");
}

TEST_F(PromiseOracleTest, ComingBackWithEverythingIsFine) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  Die(&oracle, true, false);
  oracle.OnServing(view_);
  EXPECT_EQ(found(), 0u);
}

// One message cuts the log and puts an entry of the newer term in its place.
TEST_F(PromiseOracleTest, AReplacementByANewLeaderLowersThePromise) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  replication::Status newer;
  newer.term = Term(2);
  view_.replication = &newer;
  node::RoleChanged role;
  role.node = kN1;
  role.term = newer.term;
  oracle.OnRole(role);
  Log(2, 7, 7);
  EndOfEvent(&oracle, EventKind::kDelivery);
  Promise(&oracle, 1, 3);
  EndOfEvent(&oracle);
  EXPECT_EQ(found(), 0u);
}

TEST_F(PromiseOracleTest, ATruncationByANewLeaderLowersThePromise) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  replication::Status newer;
  newer.term = Term(2);
  view_.replication = &newer;
  node::RoleChanged role;
  role.node = kN1;
  role.term = newer.term;
  oracle.OnRole(role);
  Log(1, 7, 7);
  EndOfEvent(&oracle, EventKind::kDelivery);
  Die(&oracle, true, false);
  oracle.OnServing(view_);
  EXPECT_EQ(found(), 0u);
}

// The page cache outlives the process: written is written, until a newer
// leadership puts its own in the place of it, of whatever term that is.
TEST_F(PromiseOracleTest, WhatWasWrittenOutlivesTheProcess) {
  PromiseOracle oracle = Make(true);
  Log(2, 9, 5);
  PromiseWritten(&oracle, 2, 9);
  EndOfEvent(&oracle);
  Die(&oracle, false, false);
  Log(2, 8, 5);
  oracle.OnServing(view_);
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].text,
            "promised to have written the log up to 2/9 and came back with "
            "2/8");
}

TEST_F(PromiseOracleTest, WhatANewLeaderReplacesNeedNotBeWritten) {
  for (const std::uint64_t term : {1u, 3u}) {
    PromiseOracle oracle = Make(true);
    Log(2, 9, 5);
    PromiseWritten(&oracle, 2, 9);
    EndOfEvent(&oracle);
    replication::Status newer;
    newer.term = Term(3);
    view_.replication = &newer;
    node::RoleChanged role;
    role.node = kN1;
    role.term = newer.term;
    oracle.OnRole(role);
    Log(term, 12, 5);
    EndOfEvent(&oracle, EventKind::kDelivery);
    Die(&oracle, false, false);
    Log(1, 5, 5);
    oracle.OnServing(view_);
    EXPECT_EQ(found(), 0u) << term;
    view_.replication = nullptr;
  }
}

// Recovery still counts the damaged entries; repair cuts them off later.
TEST_F(PromiseOracleTest, ADamagedDiskIsHeldToNothingAfterTheBootEither) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  oracle.OnDiskDamaged(kN1);
  Die(&oracle, true, false);
  oracle.OnServing(view_);
  Log(1, 7, 7);
  Promise(&oracle, 1, 3);
  EndOfEvent(&oracle);
  EXPECT_EQ(found(), 0u);
}

TEST_F(PromiseOracleTest, ATruncationByTheSameLeaderIsFound) {
  PromiseOracle oracle = Make(true);
  replication::Status same;
  same.term = Term(1);
  view_.replication = &same;
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  Log(1, 7, 7);
  EndOfEvent(&oracle, EventKind::kDelivery);
  Die(&oracle, true, false);
  oracle.OnServing(view_);
  EXPECT_EQ(found(), 1u);
}

TEST_F(PromiseOracleTest, WithoutSyncsAPowerLossExcusesAndACrashDoesNot) {
  for (const bool power : {true, false}) {
    PromiseOracle oracle = Make(false);
    Log(1, 9, 9);
    Promise(&oracle, 1, 9);
    EndOfEvent(&oracle);
    Die(&oracle, power, false);
    Log(1, 2, 2);
    oracle.OnServing(view_);
    EXPECT_EQ(found(), power ? 0u : 1u);
  }
}

TEST_F(PromiseOracleTest, AWipedDiskVoidsThePromise) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  Promise(&oracle, 1, 9);
  EndOfEvent(&oracle);
  Die(&oracle, true, true);
  Log(0, 0, 0);
  oracle.OnServing(view_);
  EXPECT_EQ(found(), 0u);
}

TEST_F(PromiseOracleTest, ADamagedDiskVoidsThePromiseOfANodeThatOwnsUp) {
  for (const bool owns_up : {true, false}) {
    PromiseOracle oracle = Make(true);
    replication::Status status;
    status.forgot = owns_up;
    view_.replication = &status;
    Log(1, 9, 9);
    Promise(&oracle, 1, 9);
    EndOfEvent(&oracle);
    oracle.OnDiskDamaged(kN1);
    Die(&oracle, true, false);
    Log(0, 0, 0);
    oracle.OnServing(view_);
    EXPECT_EQ(found(), owns_up ? 0u : 1u);
  }
}

TEST_F(PromiseOracleTest, DamageMayPassUnnoticedWhereNothingVouchesForTheLog) {
  replication::Status status;
  view_.replication = &status;
  struct Case {
    std::uint64_t vouched, came_back;
    int sectors;
    std::size_t findings;
  };
  // Two bad sectors may take a record and what vouches for it.
  for (const Case& c : {Case{7, 7, 1, 0}, Case{7, 6, 1, 1}, Case{7, 6, 2, 0}}) {
    const std::size_t before = found();
    PromiseOracle oracle = Make(true);
    Log(1, 9, 9);
    view_.log_vouched = {Term(1), LogIndex(c.vouched)};
    Promise(&oracle, 1, 9);
    EndOfEvent(&oracle);
    for (int i = 0; i < c.sectors; ++i) oracle.OnDiskDamaged(kN1);
    Die(&oracle, true, false);
    Log(1, c.came_back, c.came_back);
    oracle.OnServing(view_);
    EXPECT_EQ(found() - before, c.findings);
  }
}

TEST_F(PromiseOracleTest, PromisesBehindAFailingDiskGetAShadow) {
  PromiseOracle oracle = Make(true);
  Log(1, 9, 9);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    Promise(&oracle, 1, i);
    EndOfEvent(&oracle);
  }
  EXPECT_EQ(oracle.shadows_checked(), 1u);
  oracle.OnDiskErrors(kN1);
  missing_ = "log entry 3 of 2";
  Promise(&oracle, 1, 3);
  EndOfEvent(&oracle);
  EXPECT_EQ(oracle.shadows_checked(), 2u);
  EXPECT_EQ(found(), 1u);
}

}  // namespace
}  // namespace wringer::sim
