#include "engine/wire/messages.h"

#include <gtest/gtest.h>

#include "engine/base/random.h"
#include "tests/engine/wire/samples.h"

namespace wringer::wire {
namespace {

TEST(Frame, RoundTrips) {
  const FrameHeader header{.kind = FrameKind::kReplication,
                           .cluster = 0x1122334455667788u,
                           .incarnation = Incarnation{7}};
  std::string bytes;
  EncodeFrame(header, "body", &bytes);
  FrameHeader decoded;
  Slice body;
  ASSERT_TRUE(DecodeFrame(bytes, &decoded, &body).ok());
  EXPECT_EQ(decoded.kind, header.kind);
  EXPECT_EQ(decoded.cluster, header.cluster);
  EXPECT_EQ(decoded.incarnation, header.incarnation);
  EXPECT_EQ(body, "body");
}

TEST(Frame, HasTheDocumentedLayout) {
  std::string bytes;
  EncodeFrame({.kind = FrameKind::kClientReply,
               .cluster = 2,
               .incarnation = Incarnation{3}},
              "x", &bytes);
  const std::string head("WRF1\x01\x02\x02\0\0\0\0\0\0\0\x03\0\0\0x", 19);
  ASSERT_EQ(bytes.size(), head.size() + 4);
  EXPECT_EQ(bytes.substr(0, head.size()), head);
}

TEST(Frame, EveryFlippedBitIsDataLoss) {
  std::string bytes;
  EncodeFrame({}, "some body", &bytes);
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string bad = bytes;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    FrameHeader header;
    Slice body;
    EXPECT_TRUE(absl::IsDataLoss(DecodeFrame(bad, &header, &body))) << bit;
  }
}

TEST(Frame, EveryTruncationIsDataLoss) {
  std::string bytes;
  EncodeFrame({}, "some body", &bytes);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    FrameHeader header;
    Slice body;
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeFrame(Slice(bytes).substr(0, n), &header, &body)));
  }
}

TEST(Frame, AnUnknownKindWithAGoodChecksumIsMalformed) {
  for (const int kind : {0, 7, 255}) {
    std::string bytes;
    EncodeFrame({.kind = FrameKind(kind)}, "", &bytes);
    FrameHeader header;
    Slice body;
    EXPECT_TRUE(absl::IsInvalidArgument(DecodeFrame(bytes, &header, &body)));
  }
}

TEST(Command, RoundTripsForEveryKind) {
  for (const Command& command : SampleCommands()) {
    std::string bytes;
    EncodeCommand(command, &bytes);
    Command decoded;
    ASSERT_TRUE(DecodeCommand(bytes, &decoded).ok());
    EXPECT_EQ(decoded, command);
  }
}

TEST(Command, BytesLeftOverAreMalformed) {
  std::string bytes;
  EncodeCommand(SampleCommands().front(), &bytes);
  bytes.push_back('\0');
  Command decoded;
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeCommand(bytes, &decoded)));
}

TEST(Request, RoundTripsAtEveryLevelAndShowsItsCommandBytes) {
  for (const ClientRequest& request : SampleRequests()) {
    std::string bytes;
    EncodeRequest(request, &bytes);
    ClientRequest decoded;
    Slice command;
    ASSERT_TRUE(DecodeRequest(bytes, &decoded, &command).ok());
    EXPECT_EQ(decoded, request);
    std::string expected;
    EncodeCommand(request.command, &expected);
    EXPECT_EQ(command, expected);
  }
}

TEST(Reply, RoundTripsForEveryOutcome) {
  for (const ClientReply& reply : SampleReplies()) {
    std::string bytes;
    EncodeReply(reply, &bytes);
    ClientReply decoded;
    ASSERT_TRUE(DecodeReply(bytes, &decoded).ok());
    EXPECT_EQ(decoded, reply);
  }
}

TEST(Reply, ANumberTooWideForItsFieldIsMalformed) {
  ClientReply reply;
  std::string bytes;
  EncodeReply(reply, &bytes);
  // outcome, client and seq are one byte each; then the attempt.
  std::string wide =
      bytes.substr(0, 3) + "\xff\xff\xff\xff\x7f" + bytes.substr(4);
  ClientReply decoded;
  EXPECT_TRUE(absl::IsInvalidArgument(DecodeReply(wide, &decoded)));
}

// Whatever decodes must say the same again: no two readings of one message.
template <typename T, typename Decode, typename Encode>
void MutateAndDecode(const std::vector<T>& samples, Decode decode,
                     Encode encode) {
  RandomStream random(20220623);
  for (int round = 0; round < 20000; ++round) {
    std::string bytes;
    encode(samples[random.Below(samples.size())], &bytes);
    for (std::uint64_t n = random.Below(4); n > 0 && !bytes.empty(); --n) {
      const std::size_t at = random.Below(bytes.size());
      bytes[at] = static_cast<char>(random.Below(256));
    }
    bytes.resize(random.Below(bytes.size() + 3));
    T decoded;
    if (!decode(bytes, &decoded).ok()) continue;
    std::string again;
    encode(decoded, &again);
    T twice;
    ASSERT_TRUE(decode(again, &twice).ok());
    ASSERT_EQ(twice, decoded);
  }
}

TEST(Garbage, NeverCrashesTheRequestDecoder) {
  MutateAndDecode(
      SampleRequests(),
      [](Slice s, ClientRequest* r) { return DecodeRequest(s, r); },
      EncodeRequest);
}

TEST(Garbage, NeverCrashesTheReplyDecoder) {
  MutateAndDecode(SampleReplies(), DecodeReply, EncodeReply);
}

TEST(Garbage, NeverCrashesTheCommandDecoder) {
  MutateAndDecode(SampleCommands(), DecodeCommand, EncodeCommand);
}

TEST(Levels, AreNamedAsScenariosWriteThem) {
  EXPECT_EQ(LevelName(WriteLevel{WriteLevelKind::kCopies, 2}), "k(2)");
  EXPECT_EQ(LevelName(WriteLevel{WriteLevelKind::kQuorum, 0}), "quorum");
  EXPECT_EQ(LevelName(ReadLevel{ReadLevelKind::kStrong, 0}), "strong");
  EXPECT_EQ(LevelName(ReadLevel{ReadLevelKind::kBounded, 50 * kMillisecond}),
            "bounded(50ms)");
  EXPECT_EQ(LevelName(ReadLevel{ReadLevelKind::kBounded, 2 * kSecond}),
            "bounded(2s)");
}

}  // namespace
}  // namespace wringer::wire
