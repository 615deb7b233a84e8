#include "sim/oracle/election/amnesia_oracle.h"

#include <initializer_list>
#include <optional>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

LogPosition At(std::uint64_t term, std::uint64_t index) {
  return {Term(term), LogIndex(index)};
}

class AmnesiaOracleTest : public testing::Test {
 protected:
  explicit AmnesiaOracleTest(bool synced = true)
      : world_({.seed = 1}),
        log_(&world_),
        oracle_(
            {.synced = synced, .applied_is_final = true},
            [this](NodeId) { return votes_from_; }, &log_) {}

  void Appends(std::initializer_list<LogPosition> positions) {
    std::vector<replication::LogEntry> entries;
    for (const LogPosition& at : positions) {
      entries.push_back({at.term, at.index, {}, ""});
    }
    node::EntriesAppended appended;
    appended.node = kNode;
    appended.entries = &entries;
    oracle_.OnAppended(appended);
  }
  void Acknowledges(LogPosition at) {
    replication::Promise promise;
    promise.log = at;
    node::PromiseSent sent;
    sent.node = kNode;
    sent.promise = &promise;
    oracle_.OnPromise(sent);
  }
  void Commit(std::initializer_list<LogPosition> positions) {
    for (const LogPosition& at : positions) {
      node::EntryApplied applied;
      applied.node = NodeId(3);
      applied.position = at;
      oracle_.OnApplied(applied);
    }
  }
  void Wipe() {
    DeathNotice death;
    death.node = kNode;
    death.disk_wiped = true;
    oracle_.OnDeath(death);
  }
  // The oracle looks after events of the node only.
  void VotesFrom(std::optional<LogPosition> from) {
    votes_from_ = from;
    EventRecord event;
    event.node = kNode;
    oracle_.AfterEvent(event);
  }
  std::size_t found() const { return log_.findings().size(); }

  const NodeId kNode = NodeId(2);
  std::optional<LogPosition> votes_from_;
  World world_;
  FindingLog log_;
  AmnesiaOracle oracle_;
};

TEST_F(AmnesiaOracleTest, AVoteWithoutWhatWasAcknowledgedIsFound) {
  Appends({At(1, 1), At(1, 2)});
  Acknowledges(At(1, 2));
  Commit({At(1, 1), At(1, 2)});
  Wipe();
  VotesFrom(At(1, 1));
  ASSERT_EQ(found(), 1u);
  EXPECT_EQ(log_.findings()[0].rule, "amnesia");
  EXPECT_EQ(log_.findings()[0].entry, LogIndex(2));
}

TEST_F(AmnesiaOracleTest, WhoVotesForNobodyOwesNothingYet) {
  Appends({At(1, 1)});
  Acknowledges(At(1, 1));
  Commit({At(1, 1)});
  Wipe();
  VotesFrom(std::nullopt);
  EXPECT_EQ(found(), 0u);
  VotesFrom(LogPosition());
  EXPECT_EQ(found(), 1u);
}

TEST_F(AmnesiaOracleTest, WhoHasItAgainMayVote) {
  Appends({At(1, 1)});
  Acknowledges(At(1, 1));
  Commit({At(1, 1)});
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 0u);
  EXPECT_EQ(oracle_.checked(), 1u);
}

TEST_F(AmnesiaOracleTest, WhatIsCommittedLaterIsOwedAsWell) {
  Appends({At(1, 1), At(1, 2)});
  Acknowledges(At(1, 2));
  Commit({At(1, 1)});
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 0u);
  Commit({At(1, 2)});
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 1u);
}

TEST_F(AmnesiaOracleTest, WhatWasNotAcknowledgedIsNotOwed) {
  Appends({At(1, 1), At(1, 2)});
  Acknowledges(At(1, 1));
  Commit({At(1, 1), At(1, 2)});
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 0u);
}

TEST_F(AmnesiaOracleTest, WhatAnotherTermReplacedIsNotOwed) {
  Appends({At(1, 1), At(1, 2), At(1, 3)});
  Acknowledges(At(1, 3));
  Commit({At(1, 1), At(2, 2), At(2, 3)});
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 0u);
}

TEST_F(AmnesiaOracleTest, AnAcknowledgementEndsWhereTheLogWasReplaced) {
  Appends({At(1, 1), At(1, 2), At(1, 3)});
  Acknowledges(At(1, 3));
  Appends({At(2, 2), At(2, 3)});  // and dies before it answers for these
  Commit({At(1, 1), At(2, 2), At(2, 3)});
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 0u);
}

TEST_F(AmnesiaOracleTest, ASnapshotIsAcknowledgedWhereItEnds) {
  Commit({At(1, 1), At(1, 2), At(2, 3)});
  node::SnapshotInstalledAt installed;
  installed.node = kNode;
  installed.position = At(2, 3);
  oracle_.OnInstalled(installed);
  Wipe();
  VotesFrom(At(1, 2));
  EXPECT_EQ(found(), 1u);
}

TEST_F(AmnesiaOracleTest, EveryLostLifeIsRemembered) {
  Appends({At(1, 1), At(1, 2)});
  Acknowledges(At(1, 2));
  Commit({At(1, 1), At(1, 2)});
  Wipe();
  VotesFrom(std::nullopt);
  Appends({At(1, 1)});
  Acknowledges(At(1, 1));
  Wipe();
  VotesFrom(At(1, 1));
  EXPECT_EQ(found(), 1u);
}

TEST_F(AmnesiaOracleTest, ADamagedDiskOwesNothingToThisLedger) {
  Appends({At(1, 1)});
  Acknowledges(At(1, 1));
  Commit({At(1, 1)});
  oracle_.OnDiskDamaged(kNode);
  Wipe();
  VotesFrom(LogPosition());
  EXPECT_EQ(found(), 0u);
}

class UnsyncedAmnesiaOracleTest : public AmnesiaOracleTest {
 protected:
  UnsyncedAmnesiaOracleTest() : AmnesiaOracleTest(false) {}
};

TEST_F(UnsyncedAmnesiaOracleTest, WithoutSyncsNothingWasPromised) {
  Appends({At(1, 1)});
  Acknowledges(At(1, 1));
  Commit({At(1, 1)});
  Wipe();
  VotesFrom(LogPosition());
  EXPECT_EQ(found(), 0u);
}

}  // namespace
}  // namespace wringer::sim
