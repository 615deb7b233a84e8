// The codecs of the models' messages: what decodes is exactly what encodes, and
// everything else is malformed.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/base/coding.h"
#include "engine/replication/primary_backup/messages.h"
#include "engine/replication/quorum/messages.h"
#include "engine/replication/raft/membership.h"
#include "engine/replication/raft/messages.h"

namespace wringer::replication {
namespace {

std::vector<LogEntry> Entries() {
  return {{.term = Term{4},
           .index = LogIndex{1001},
           .kind = EntryKind::kCommand,
           .payload = "command"},
          {.term = Term{5},
           .index = LogIndex{1002},
           .kind = EntryKind::kNoop,
           .payload = {}}};
}

template <typename Message>
std::string Bytes(const Message& message) {
  std::string bytes;
  Encode(message, &bytes);
  return bytes;
}

// Every prefix but the whole is malformed, and so is a byte too many.
template <typename Message>
void ExpectExact(const Message& message) {
  const std::string bytes = Bytes(message);
  Message decoded;
  ASSERT_TRUE(Decode(bytes, &decoded).ok());
  EXPECT_EQ(Bytes(decoded), bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(Decode(Slice(bytes).substr(0, n), &decoded)))
        << n << " of " << bytes.size();
  }
  EXPECT_TRUE(absl::IsInvalidArgument(Decode(bytes + '\0', &decoded)));
}

TEST(PrimaryBackupCodec, EveryKindIsExact) {
  namespace pb = primary_backup;
  const LogPosition at{Term{4}, LogIndex{1000}};
  ExpectExact(pb::Message{Term{7}, pb::Append{at, LogIndex{9}, 3, Entries()}});
  ExpectExact(pb::Message{Term{7},
                          pb::Ack{LogIndex{3}, LogIndex{2}, LogIndex{1}, 300}});
  ExpectExact(
      pb::Message{Term{7}, pb::Reject{LogIndex{9}, at, true, false, true}});
  ExpectExact(pb::Message{Term{7}, pb::Stale{}});
  ExpectExact(
      pb::Message{Term{7}, pb::SnapshotChunk{at, 65536, true, false, "part"}});
  ExpectExact(pb::Message{Term{7}, pb::SnapshotAck{at, 65540, true}});
}

TEST(RaftCodec, EveryKindIsExact) {
  const LogPosition at{Term{4}, LogIndex{1000}};
  const std::uint64_t life = ~std::uint64_t{0};
  const Term term{12};
  using raft::Message;
  ExpectExact(Message{term, raft::VoteRequest{true, false, at}});
  ExpectExact(Message{term, raft::VoteReply{false, true}});
  ExpectExact(Message{term, raft::Append{at, LogIndex{998}, 6, Entries()}});
  ExpectExact(
      Message{term, raft::AppendReply{false, {}, LogIndex{3}, at, 6, life}});
  ExpectExact(Message{term, raft::SnapshotChunk{at, "members", 9, true, "p"}});
  ExpectExact(Message{term, raft::SnapshotReply{at, 10, true}});
  ExpectExact(Message{term, raft::TimeoutNow{}});
  ExpectExact(Message{term, raft::ReadIndexRequest{31}});
  ExpectExact(Message{term, raft::ReadIndexReply{31, true, LogIndex{1002}}});
}

TEST(QuorumCodec, EveryKindIsExact) {
  using quorum::Message;
  const Versioned value{.version = {.time = std::uint64_t{1} << 60,
                                    .node = NodeId{3},
                                    .op = OpId{99}},
                        .tombstone = false,
                        .value = "value"};
  const std::vector<quorum::Item> items = {{"key", value}, {"kez", {}}};
  ExpectExact(Message{quorum::WriteRequest{17, "key", value}});
  ExpectExact(Message{quorum::WriteAck{17}});
  ExpectExact(Message{quorum::ReadRequest{18, "key"}});
  ExpectExact(Message{quorum::ReadReply{18, value}});
  ExpectExact(Message{quorum::ReadReply{18, std::nullopt}});
  ExpectExact(Message{quorum::TreeOffer{19, {1, 2, ~std::uint64_t{0}}}});
  ExpectExact(Message{quorum::TreeDiff{19, {3, 200}}});
  ExpectExact(Message{quorum::Items{items}});
  ExpectExact(Message{quorum::RebuildRequest{20, "from"}});
  ExpectExact(Message{quorum::RebuildReply{20, items, true}});
}

TEST(QuorumCodec, ALeafTooWideForItsFieldIsMalformed) {
  std::string bytes = Bytes(quorum::Message{quorum::TreeDiff{19, {}}});
  bytes.back() = '\x01';  // one leaf
  Writer(&bytes).Varint((std::uint64_t{1} << 32) + 3);
  quorum::Message decoded;
  EXPECT_TRUE(absl::IsInvalidArgument(quorum::Decode(bytes, &decoded)));
}

TEST(RaftCodec, EntriesWhoseTermsGoBackAreMalformed) {
  raft::Append append{{Term{4}, LogIndex{1000}}, LogIndex{998}, 6, Entries()};
  append.entries[1].term = Term{3};
  raft::Message decoded;
  EXPECT_TRUE(absl::IsInvalidArgument(
      raft::Decode(Bytes(raft::Message{Term{12}, append}), &decoded)));
}

std::string MembershipBytes(std::vector<NodeId> voters,
                            std::vector<NodeId> demoted) {
  std::string bytes;
  Writer w(&bytes);
  w.Varint(voters.size());
  for (const NodeId node : voters) w.Id(node);
  w.Varint(0);  // outgoing voters
  w.Varint(0);  // learners
  w.Varint(demoted.size());
  for (const NodeId node : demoted) {
    w.Id(node);
    w.U64(77);
  }
  w.Flush();
  return bytes;
}

TEST(RaftMembershipCodec, SetsThatDoNotAscendAreMalformed) {
  const NodeId n1{1};
  const NodeId n2{2};
  raft::Membership m;
  EXPECT_TRUE(
      raft::DecodeMembership(MembershipBytes({n1, n2}, {n1, n2}), &m).ok());
  EXPECT_EQ(m.demoted.size(), 2u);
  for (const std::string& bad :
       {MembershipBytes({}, {}), MembershipBytes({n2, n1}, {}),
        MembershipBytes({n1, n1}, {}), MembershipBytes({n1}, {n2, n1}),
        MembershipBytes({n1}, {n2, n2})}) {
    EXPECT_TRUE(absl::IsInvalidArgument(raft::DecodeMembership(bad, &m)));
  }
}

}  // namespace
}  // namespace wringer::replication
