#include "engine/node/applier.h"

#include <gtest/gtest.h>

#include "engine/base/marks.h"
#include "engine/node/keyspace.h"
#include "engine/node/snapshots.h"
#include "tests/engine/node/parts_fixture.h"

namespace wringer::node {
namespace {

using replication::EntryKind;
using testing::TestNode;
using wire::OpKind;
using wire::Outcome;

class ApplierTest : public ::testing::Test {
 protected:
  ~ApplierTest() override { node_.Kill(); }
  std::unique_ptr<Replica> NewReplica(NodeOptions options = {}) {
    options.engine.journal = false;
    return std::make_unique<Replica>(&node_, options);
  }
  void Switch(Mutant mutant) {
    node_.world().mutants[std::size_t(mutant)].on = true;
  }
  TestNode node_{nullptr};
};

TEST_F(ApplierTest, WritesEffectsSessionAndCursorInOneBatch) {
  auto replica = NewReplica();
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  const std::uint64_t before = replica->engine.batches;
  replica->Write(OpKind::kPut, 2, "k", "v");
  EXPECT_EQ(replica->engine.batches, before + 1);
  EXPECT_EQ(replica->engine.map().size(), 3u);  // data, session, cursor
  EXPECT_EQ(replica->applier.applied(), (LogPosition{Term{1}, LogIndex{2}}));
}

TEST_F(ApplierTest, ExecutesARetryOnceAndGivesTheFirstAnswer) {
  auto replica = NewReplica();
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  replica->Write(OpKind::kPut, 2, "k", "first");
  const std::uint64_t digest = replica->applier.state_digest();
  replica->Write(OpKind::kPut, 2, "k", "first");
  EXPECT_EQ(replica->applier.state_digest(), digest);
  ASSERT_EQ(replica->host.executed.size(), 3u);
  EXPECT_EQ(replica->host.executed[2].second, replica->host.executed[1].second);
}

TEST_F(ApplierTest, ThePlantedSes01ExecutesARetryTwiceWhereNobodyWaited) {
  auto replica = NewReplica();
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  Switch(Mutant::kSessionDedupOnLeaderOnly);
  replica->host.awaited = false;
  replica->Write(OpKind::kPut, 2, "k", "v");
  replica->Write(OpKind::kPut, 2, "k", "v");
  EXPECT_NE(replica->host.executed[2].second, replica->host.executed[1].second);
}

TEST_F(ApplierTest, RefusesACommandOfAnUnknownSession) {
  auto replica = NewReplica();
  replica->Write(OpKind::kPut, 2, "k", "v");
  EXPECT_EQ(replica->host.executed[0].second.outcome, Outcome::kSessionUnknown);
  EXPECT_EQ(replica->applier.state_digest(), 0u);
  EXPECT_EQ(replica->applier.applied().index, LogIndex{1});
}

TEST_F(ApplierTest, TheDigestDependsOnTheStateAndNotOnTheWay) {
  auto one = NewReplica();
  auto two = NewReplica();
  for (auto* r : {one.get(), two.get()}) {
    r->Write(OpKind::kRegisterSession, 1, "", "");
    r->Write(OpKind::kPut, 2, "a", "1");
    r->Write(OpKind::kPut, 3, "b", "2");
  }
  EXPECT_EQ(one->applier.state_digest(), two->applier.state_digest());
  one->Write(OpKind::kPut, 4, "a", "3");
  EXPECT_NE(one->applier.state_digest(), two->applier.state_digest());
  // Recovery finds by a scan what was kept up to date step by step.
  const std::uint64_t kept = one->applier.state_digest();
  node_.Run([&] { ASSERT_TRUE(one->applier.Load().ok()); });
  EXPECT_EQ(one->applier.state_digest(), kept);
}

TEST_F(ApplierTest, WorksThroughABacklogInPages) {
  NodeOptions options;
  options.limits.apply_page_bytes = 64;
  options.limits.apply_slice_entries = 2;
  auto replica = NewReplica(options);
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  for (std::uint64_t seq = 2; seq < 30; ++seq) {
    replica->Write(OpKind::kPut, seq, "k" + std::to_string(seq), "v", false);
  }
  replica->CommitAll();
  EXPECT_EQ(replica->applier.applied().index, LogIndex{29});
  EXPECT_EQ(replica->host.executed.size(), 29u);
}

TEST_F(ApplierTest, ThePlantedSnp13LosesWhatThePageDidNotHold) {
  NodeOptions options;
  options.limits.apply_page_bytes = 64;
  auto replica = NewReplica(options);
  Switch(Mutant::kApplierSkipsCutPage);
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  for (std::uint64_t seq = 2; seq < 30; ++seq) {
    replica->Write(OpKind::kPut, seq, "k" + std::to_string(seq), "v", false);
  }
  replica->CommitAll();
  EXPECT_EQ(replica->applier.applied().index, LogIndex{29});
  EXPECT_LT(replica->host.executed.size(), 29u);
}

TEST_F(ApplierTest, AnEntryThatIsNoCommandHaltsTheNode) {
  auto replica = NewReplica();
  replica->Append(EntryKind::kCommand, "garbage");
  replica->CommitAll();
  EXPECT_TRUE(absl::IsDataLoss(replica->host.halted));
  EXPECT_EQ(replica->applier.applied().index, LogIndex{});
}

TEST_F(ApplierTest, AnEngineErrorHaltsTheNodeWithNothingApplied) {
  auto replica = NewReplica();
  replica->engine.apply_status = absl::UnavailableError("disk");
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  EXPECT_TRUE(absl::IsUnavailable(replica->host.halted));
  EXPECT_EQ(replica->applier.applied().index, LogIndex{});
  EXPECT_TRUE(replica->host.executed.empty());
}

TEST_F(ApplierTest, RemembersTheLastConfig) {
  auto replica = NewReplica();
  replica->Append(EntryKind::kConfig, "voters 1 2 3");
  replica->CommitAll();
  EXPECT_EQ(replica->applier.config(), "voters 1 2 3");
  node_.Run([&] { ASSERT_TRUE(replica->applier.Load().ok()); });
  EXPECT_EQ(replica->applier.config(), "voters 1 2 3");
}

TEST_F(ApplierTest, SequenceNumbersTellWhatACheckpointCovers) {
  auto replica = NewReplica();
  replica->Write(OpKind::kRegisterSession, 1, "", "");
  replica->Write(OpKind::kPut, 2, "k", "v");
  ASSERT_TRUE(replica->engine.Checkpoint().ok());
  replica->Write(OpKind::kPut, 3, "k", "w");
  EXPECT_EQ(replica->applier.IndexAt(replica->engine.durable_sequence()),
            LogIndex{2});
  EXPECT_EQ(replica->applier.PositionAt(replica->engine.last_sequence()),
            (LogPosition{Term{1}, LogIndex{3}}));
}

// ---- replica snapshots ----

class SnapshotTest : public ApplierTest {
 protected:
  // Reads the whole snapshot of `from` in parts of `part_bytes`.
  struct Stream {
    LogPosition at;
    std::string config;
    std::string bytes;
    std::size_t parts = 0;
  };
  Stream ReadAll(Replica& from, std::size_t part_bytes) {
    SnapshotSender sender(node_.env(), &from.engine, &from.applier, &from.host);
    sender.Start();
    Stream stream;
    for (bool last = false; !last; ++stream.parts) {
      from.host.steps.clear();
      sender.Submit({.peer = NodeId{2},
                     .at = stream.at,
                     .offset = stream.bytes.size(),
                     .max_bytes = part_bytes});
      node_.Wait(kMillisecond);
      const auto parts = from.host.Steps<replication::SnapshotPart>();
      if (parts.size() != 1) {
        ADD_FAILURE() << "no part";
        break;
      }
      EXPECT_EQ(parts[0].offset, stream.bytes.size());
      stream.at = parts[0].at;
      stream.config = parts[0].config;
      stream.bytes += parts[0].bytes;
      last = parts[0].last;
    }
    sender.Stop();
    return stream;
  }
  static void Fill(Replica& replica, std::uint64_t writes) {
    replica.Write(OpKind::kRegisterSession, 1, "", "");
    for (std::uint64_t seq = 2; seq < 2 + writes; ++seq) {
      replica.Write(OpKind::kPut, seq, "k" + std::to_string(seq), "value");
    }
  }
  void Feed(Replica& to, const Stream& stream, std::size_t part_bytes) {
    SnapshotReceiver receiver(to.options_, &to.applier, &to.host);
    for (std::size_t at = 0; at < stream.bytes.size(); at += part_bytes) {
      const std::string part = stream.bytes.substr(at, part_bytes);
      receiver.Add({.at = stream.at,
                    .offset = at,
                    .bytes = part,
                    .last = at + part.size() == stream.bytes.size()});
    }
    node_.Wait(1 * kSecond);
  }
};

TEST_F(SnapshotTest, CarriesDataSessionsAndConfigInAnyPartSize) {
  auto from = NewReplica();
  Fill(*from, 20);
  from->Append(EntryKind::kConfig, "config");
  from->CommitAll();
  for (const std::size_t part : {1u, 7u, 64u, 100'000u}) {
    const Stream stream = ReadAll(*from, part);
    EXPECT_EQ(stream.at, from->applier.applied());
    EXPECT_EQ(stream.config, "config");
    auto to = NewReplica();
    Feed(*to, stream, part);
    ASSERT_EQ(to->host.installed.size(), 1u);
    EXPECT_TRUE(to->host.installed[0].second);
    EXPECT_EQ(to->engine.map(), from->engine.map());
    EXPECT_EQ(to->applier.state_digest(), from->applier.state_digest());
    EXPECT_EQ(to->applier.applied(), from->applier.applied());
    EXPECT_EQ(to->applier.config(), "config");
    EXPECT_EQ(to->applier.sessions().size(), 1u);
  }
}

TEST_F(SnapshotTest, ReplacesAndNeverMerges) {
  auto from = NewReplica();
  Fill(*from, 5);
  auto to = NewReplica();
  to->Write(OpKind::kRegisterSession, 1, "", "", true, /*client=*/9);
  to->Write(OpKind::kPut, 2, "mine", "v", true, /*client=*/9);
  Feed(*to, ReadAll(*from, 1000), 1000);
  EXPECT_EQ(to->engine.map(), from->engine.map());
}

TEST_F(SnapshotTest, APointInTimeIsReadHoweverLongItTakes) {
  auto from = NewReplica();
  Fill(*from, 5);
  const std::uint64_t digest = from->applier.state_digest();
  SnapshotSender sender(node_.env(), &from->engine, &from->applier,
                        &from->host);
  sender.Start();
  Stream stream;
  sender.Submit({.peer = NodeId{2}, .at = {}, .offset = 0, .max_bytes = 10});
  node_.Wait(kMillisecond);
  stream.at = from->host.Steps<replication::SnapshotPart>()[0].at;
  from->Write(OpKind::kPut, 50, "k2", "later");
  // From the start again: a lost part is asked for a second time.
  for (bool last = false; !last;) {
    from->host.steps.clear();
    sender.Submit({.peer = NodeId{2},
                   .at = stream.at,
                   .offset = stream.bytes.size(),
                   .max_bytes = 33});
    node_.Wait(kMillisecond);
    const auto parts = from->host.Steps<replication::SnapshotPart>();
    ASSERT_EQ(parts.size(), 1u);
    stream.bytes += parts[0].bytes;
    last = parts[0].last;
  }
  auto to = NewReplica();
  Feed(*to, stream, 64);
  EXPECT_EQ(to->applier.state_digest(), digest);
  EXPECT_EQ(to->applier.applied(), stream.at);
  sender.Stop();
}

TEST_F(SnapshotTest, AnOlderSnapshotIsRefused) {
  auto from = NewReplica();
  Fill(*from, 3);
  const Stream old = ReadAll(*from, 1000);
  from->Write(OpKind::kPut, 30, "k", "newer");
  const std::uint64_t digest = from->applier.state_digest();
  Feed(*from, old, 1000);
  ASSERT_EQ(from->host.installed.size(), 1u);
  EXPECT_FALSE(from->host.installed[0].second);
  EXPECT_EQ(from->applier.state_digest(), digest);
}

TEST_F(SnapshotTest, ThePlantedSnp03InstallsItAnyway) {
  auto from = NewReplica();
  Fill(*from, 3);
  const Stream old = ReadAll(*from, 1000);
  from->Write(OpKind::kPut, 30, "k", "newer");
  const std::uint64_t digest = from->applier.state_digest();
  Switch(Mutant::kInstallsOlderSnapshot);
  Feed(*from, old, 1000);
  EXPECT_NE(from->applier.state_digest(), digest);
}

TEST_F(SnapshotTest, AStateOfADeposedLeadershipIsOlderWhateverItsIndex) {
  auto deposed = NewReplica();
  Fill(*deposed, 30);
  auto successor = NewReplica();
  successor->term = Term{2};
  Fill(*successor, 3);
  Feed(*deposed, ReadAll(*successor, 1000), 1000);
  ASSERT_EQ(deposed->host.installed.size(), 1u);
  EXPECT_TRUE(deposed->host.installed[0].second);
  EXPECT_EQ(deposed->applier.applied(), successor->applier.applied());
  // And the log goes on from there.
  deposed->log.SubmitDropPrefix(successor->applier.applied());
  deposed->term = Term{2};
  deposed->Write(OpKind::kPut, 40, "k", "v");
  EXPECT_EQ(deposed->applier.applied().index, LogIndex{5});
  EXPECT_EQ(deposed->applier.IndexAt(deposed->engine.last_sequence()),
            LogIndex{5});
}

TEST_F(SnapshotTest, EveryDamagedByteIsNoticed) {
  auto from = NewReplica();
  Fill(*from, 2);
  const Stream stream = ReadAll(*from, 1000);
  ASSERT_TRUE(ParseSnapshot(stream.at, stream.bytes).ok());
  for (std::size_t i = 0; i < stream.bytes.size(); ++i) {
    std::string bad = stream.bytes;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    EXPECT_TRUE(absl::IsDataLoss(ParseSnapshot(stream.at, bad).status()));
    EXPECT_FALSE(ParseSnapshot(stream.at, stream.bytes.substr(0, i)).ok());
  }
}

TEST_F(SnapshotTest, APartThatDoesNotFollowIsRefusedAndARepetitionIgnored) {
  auto to = NewReplica();
  SnapshotReceiver receiver(to->options_, &to->applier, &to->host);
  const LogPosition at{Term{1}, LogIndex{5}};
  receiver.Add({.at = at, .offset = 0, .bytes = "abc", .last = false});
  receiver.Add({.at = at, .offset = 3, .bytes = "de", .last = false});
  receiver.Add({.at = at, .offset = 3, .bytes = "de", .last = false});
  EXPECT_TRUE(to->host.Steps<replication::SnapshotInstalled>().empty());
  receiver.Add({.at = at, .offset = 9, .bytes = "x", .last = false});
  const auto answers = to->host.Steps<replication::SnapshotInstalled>();
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_FALSE(answers[0].ok);
}

}  // namespace
}  // namespace wringer::node
