#include "engine/session/session_table.h"

#include <gtest/gtest.h>

#include "tests/engine/fake_engine.h"

namespace wringer::session {
namespace {

using testing::FakeEngine;
using Verdict = SessionTable::Verdict;

constexpr ClientId kAnn{1};
constexpr ClientId kBob{2};
constexpr ClientId kCid{3};

Result ResultAt(std::uint64_t index, std::uint64_t tag = 7) {
  Result r;
  r.found = true;
  r.tag = OpId{tag};
  r.value = "v";
  r.position = {Term{1}, LogIndex{index}};
  return r;
}

class SessionTableTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(engine_.Open().ok()); }

  // Runs `change` on the table and keeps its records, as the applier would.
  template <typename Change>
  void Commit(Change change) {
    storage::WriteBatch batch;
    change(&batch);
    ++sequence_;
    ASSERT_TRUE(
        engine_.Apply(batch, sequence_, storage::Durability::kMemory).ok());
  }
  void Register(ClientId client, std::uint64_t index, std::uint64_t seq = 1) {
    Commit([&](storage::WriteBatch* b) {
      table_.Register(client, RequestSeq{seq}, LogIndex{index}, b);
    });
  }
  void Remember(ClientId client, std::uint64_t seq, std::uint64_t index,
                std::uint64_t acknowledged = 0) {
    Commit([&](storage::WriteBatch* b) {
      table_.Remember(client, RequestSeq{seq}, RequestSeq{acknowledged},
                      ResultAt(index), b);
    });
  }
  Verdict Find(ClientId client, std::uint64_t seq) {
    return table_.Find(client, RequestSeq{seq}).verdict;
  }

  FakeEngine::Image image_;
  FakeEngine engine_{&image_};
  SequenceNumber sequence_;
  SessionTable table_{{.max_sessions = 2, .max_results = 3, .max_evicted = 1}};
};

TEST_F(SessionTableTest, AnUnregisteredClientIsUnknownNotNew) {
  EXPECT_EQ(Find(kAnn, 5), Verdict::kUnknownSession);
}

TEST_F(SessionTableTest, ARetryIsAnsweredWithTheFirstResult) {
  Register(kAnn, 1);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kNew);
  Remember(kAnn, 2, 9);
  const SessionTable::Lookup seen = table_.Find(kAnn, RequestSeq{2});
  ASSERT_EQ(seen.verdict, Verdict::kAnswered);
  EXPECT_EQ(*seen.result, ResultAt(9));
}

TEST_F(SessionTableTest, RequestsMayBeExecutedOutOfOrder) {
  Register(kAnn, 1);
  Remember(kAnn, 5, 2);
  EXPECT_EQ(Find(kAnn, 4), Verdict::kNew);
  Remember(kAnn, 4, 3);
  EXPECT_EQ(Find(kAnn, 4), Verdict::kAnswered);
  EXPECT_EQ(Find(kAnn, 5), Verdict::kAnswered);
}

TEST_F(SessionTableTest, AnAcknowledgedResultIsForgottenAndNeverExecuted) {
  Register(kAnn, 1);
  Remember(kAnn, 2, 2);
  Remember(kAnn, 3, 3, /*acknowledged=*/2);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kForgotten);
  EXPECT_EQ(Find(kAnn, 3), Verdict::kAnswered);
}

TEST_F(SessionTableTest, AcknowledgingTheRequestAtHandDoesNotForgetIt) {
  Register(kAnn, 1);
  Remember(kAnn, 2, 2, /*acknowledged=*/100);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kAnswered);
}

TEST_F(SessionTableTest, TheLowestResultsGoWhenThereAreTooMany) {
  Register(kAnn, 1);
  for (std::uint64_t seq = 2; seq <= 5; ++seq) Remember(kAnn, seq, seq);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kForgotten);
  EXPECT_EQ(Find(kAnn, 3), Verdict::kAnswered);
}

TEST_F(SessionTableTest, TheSessionUnusedForLongestIsEvicted) {
  Register(kAnn, 1);
  Register(kBob, 2);
  Remember(kAnn, 2, 3);  // now Bob is the oldest
  Register(kCid, 4);
  EXPECT_EQ(Find(kBob, 2), Verdict::kUnknownSession);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kAnswered);
  EXPECT_EQ(Find(kCid, 2), Verdict::kNew);
  EXPECT_EQ(table_.size(), 2u);
}

TEST_F(SessionTableTest, AnEvictedIdCannotBeRegisteredAgain) {
  Register(kAnn, 1);
  Remember(kAnn, 2, 2);
  Register(kBob, 3);
  Register(kCid, 4);  // evicts Ann
  storage::WriteBatch batch;
  EXPECT_FALSE(table_.Register(kAnn, RequestSeq{1}, LogIndex{5}, &batch));
  EXPECT_EQ(Find(kAnn, 2), Verdict::kUnknownSession);
}

TEST_F(SessionTableTest, RegisteringAnOpenSessionAgainKeepsItsMemory) {
  Register(kAnn, 1);
  Remember(kAnn, 2, 2);
  Register(kAnn, 3);
  EXPECT_EQ(Find(kAnn, 2), Verdict::kAnswered);
}

TEST_F(SessionTableTest, ARequestNumberedBelowTheRegistrationIsForgotten) {
  Register(kAnn, 1, /*seq=*/10);
  EXPECT_EQ(Find(kAnn, 10), Verdict::kForgotten);
  EXPECT_EQ(Find(kAnn, 11), Verdict::kNew);
}

TEST_F(SessionTableTest, RecoveryRebuildsExactlyWhatTheEngineHolds) {
  Register(kAnn, 1);
  Remember(kAnn, 2, 2);
  Remember(kAnn, 3, 3, 2);
  Register(kBob, 4);
  Register(kCid, 5);  // evicts Ann
  Remember(kBob, 2, 6);

  SessionTable recovered(
      {.max_sessions = 2, .max_results = 3, .max_evicted = 1});
  ASSERT_TRUE(recovered.Load(&engine_).ok());
  for (const ClientId client : {kAnn, kBob, kCid}) {
    for (std::uint64_t seq = 1; seq < 5; ++seq) {
      EXPECT_EQ(recovered.Find(client, RequestSeq{seq}).verdict,
                Find(client, seq));
    }
  }
  // And evicts the same one next: Cid, unused since 5.
  storage::WriteBatch batch;
  recovered.Register(ClientId{4}, RequestSeq{1}, LogIndex{7}, &batch);
  EXPECT_EQ(recovered.Find(kCid, RequestSeq{2}).verdict,
            Verdict::kUnknownSession);
  EXPECT_EQ(recovered.Find(kBob, RequestSeq{2}).verdict, Verdict::kAnswered);
}

TEST_F(SessionTableTest, OldEvictedIdsAreForgottenAndTheirRecordsDeleted) {
  for (std::uint64_t id = 1; id <= 5; ++id) Register(ClientId{id}, id);
  // Two open, one evicted: the records of 1 and 2 are gone.
  EXPECT_EQ(engine_.map().size(), 3u);
}

TEST_F(SessionTableTest, ADamagedRecordIsDataLoss) {
  Register(kAnn, 1);
  Commit([&](storage::WriteBatch* b) {
    b->Put(engine_.map().begin()->first, "garbage");
  });
  SessionTable recovered({});
  EXPECT_TRUE(absl::IsDataLoss(recovered.Load(&engine_)));
}

}  // namespace
}  // namespace wringer::session
