// engine/base: codings round-trip, refuse garbage, and draws are pure.
#include <cstdint>
#include <string>
#include <utility>

#include "engine/base/coding.h"
#include "engine/base/crc32c.h"
#include "engine/base/hash.h"
#include "engine/base/marks.h"
#include "engine/base/mul_div.h"
#include "engine/base/random.h"
#include "engine/base/shared_bytes.h"
#include "engine/base/types.h"
#include "gtest/gtest.h"

namespace wringer {
namespace {

TEST(Coding, RoundTripsEveryField) {
  std::string bytes;
  Writer w(&bytes);
  w.U8(7);
  w.U32(0xdeadbeef);
  w.U64(~std::uint64_t{0});
  w.Varint(300);
  w.SignedVarint(-5);
  w.Bool(true);
  w.Bytes("hello");
  w.Id(Term{9});
  w.Flush();
  Reader r(bytes);
  EXPECT_EQ(r.U8(), 7);
  EXPECT_EQ(r.U32(), 0xdeadbeef);
  EXPECT_EQ(r.U64(), ~std::uint64_t{0});
  EXPECT_EQ(r.Varint(), 300u);
  EXPECT_EQ(r.SignedVarint(), -5);
  EXPECT_TRUE(r.Bool());
  EXPECT_EQ(r.Bytes(), "hello");
  EXPECT_EQ(r.As<Term>(), Term{9});
  EXPECT_TRUE(r.done());
}

TEST(Coding, ShortInputTurnsBadAndStaysBad) {
  Reader r(
      "\x05"
      "ab");
  EXPECT_EQ(r.Bytes(), "");
  EXPECT_FALSE(r.ok());
  EXPECT_EQ(r.U8(), 0);
  EXPECT_FALSE(r.done());
}

TEST(Coding, OverlongVarintIsMalformed) {
  const std::string bytes(11, '\xff');
  Reader r(bytes);
  r.Varint();
  EXPECT_FALSE(r.ok());
}

TEST(Coding, PaddedVarintIsMalformed) {
  for (const std::string& bytes :
       {std::string("\x80\0", 2), std::string("\xff\xff\0", 3)}) {
    Reader r(bytes);
    r.Varint();
    EXPECT_FALSE(r.ok());
  }
  Reader zero(Slice("\0", 1));
  EXPECT_EQ(zero.Varint(), 0u);
  EXPECT_TRUE(zero.done());
}

TEST(Coding, VarintsOfEveryLengthWhateverFollows) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    for (const std::uint64_t v : {power - 1, power, power | (power >> 1)}) {
      std::string bytes;
      Writer(&bytes).Varint(v);
      for (const std::size_t behind : {0u, 1u, 8u}) {
        const std::string all = bytes + std::string(behind, '\xff');
        Reader r(all);
        EXPECT_EQ(r.Varint(), v);
        EXPECT_TRUE(r.ok());
        EXPECT_EQ(r.remaining(), behind);
      }
    }
  }
}

TEST(Coding, PaddingIsMalformedWhateverFollows) {
  const std::string padded("\xff\xff\0", 3);
  const std::string all = padded + "12345678";
  Reader r(all);
  r.Varint();
  EXPECT_FALSE(r.ok());
}

TEST(Coding, FieldsComeInOrderHoweverManyAreGathered) {
  std::string expected;
  std::string bytes;
  {
    Writer w(&bytes);
    for (unsigned i = 0; i < 400; ++i) {
      const std::string field(i % 150, char('a' + i % 26));
      w.U8(static_cast<std::uint8_t>(i));
      w.Raw(field);
      expected += static_cast<char>(i);
      expected += field;
    }
  }
  EXPECT_EQ(bytes, expected);
}

TEST(Coding, IdThatDoesNotFitIsMalformed) {
  std::string bytes;
  Writer(&bytes).Varint(std::uint64_t{1} << 40);
  Reader r(bytes);
  r.As<NodeId>();
  EXPECT_FALSE(r.ok());
}

TEST(Coding, CountThatCannotFitIsMalformed) {
  std::string bytes;
  Writer(&bytes).Varint(1'000'000);
  Reader r(bytes);
  EXPECT_EQ(r.Count(8), 0u);
  EXPECT_FALSE(r.ok());
}

// Values of the reference implementation without vector instructions: whatever
// the processor offers, the hash is the same.
TEST(Hash64, KnownValuesAtEveryLength) {
  std::string bytes;
  for (int i = 0; i < 8192; ++i) bytes.push_back(static_cast<char>(i * 31));
  EXPECT_EQ(Hash64(Slice(bytes).substr(0, 5)), 0x3e2847637b2924d1u);
  EXPECT_EQ(Hash64(Slice(bytes).substr(0, 200), 7), 0x6d0a4112e28cff59u);
  EXPECT_EQ(Hash64(Slice(bytes).substr(0, 4096)), 0xc90052126f9618dcu);
  EXPECT_EQ(Hash64(bytes, 7), 0xa7b3ccc42a139fb4u);
}

TEST(Crc32c, TheSameByteForByteAtEveryLength) {
  std::string bytes;
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < 600; ++i) {
    bytes.push_back(static_cast<char>(Mix64(i)));
    crc = Crc32c(Slice(bytes).substr(i), crc);
    ASSERT_EQ(Crc32c(bytes), crc) << bytes.size();
  }
}

TEST(MulDiv, ExactWhateverTheSizeOfTheProduct) {
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t a = Mix64(3 * i) >> (Mix64(i) % 64);
    const std::uint64_t c = (Mix64(3 * i + 1) >> (Mix64(~i) % 63)) | 1;
    const std::uint64_t b = Mix64(3 * i + 2) % c;  // so that the quotient fits
    const auto product = static_cast<unsigned __int128>(a) * b;
    EXPECT_EQ(MulDiv(a, b, c), static_cast<std::uint64_t>(product / c));
    EXPECT_EQ(MulDivUp(a, b, c),
              static_cast<std::uint64_t>((product + c - 1) / c));
  }
  EXPECT_EQ(MulDiv(~std::uint64_t{0}, 7, 7), ~std::uint64_t{0});
  EXPECT_EQ(MulDivUp(~std::uint64_t{0}, 1, 2), std::uint64_t{1} << 63);
}

TEST(SharedBytes, CopiesAreOneAndOutliveEachOther) {
  SharedBytes empty;
  EXPECT_TRUE(empty.empty());
  EXPECT_EQ(Slice(empty), "");
  SharedBytes second;
  {
    const SharedBytes first("value");
    second = first;
    EXPECT_EQ(second.data(), first.data());
  }
  EXPECT_EQ(Slice(second), "value");
  EXPECT_EQ(second, SharedBytes("value"));
  EXPECT_FALSE(second == SharedBytes("other"));
  const SharedBytes moved = std::move(second);
  EXPECT_EQ(moved.size(), 5u);
  second = "again";
  EXPECT_EQ(Slice(second), "again");
}

TEST(Crc32c, KnownCheckValue) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);
  EXPECT_EQ(Crc32c("6789", Crc32c("12345")), 0xe3069283u);
}

TEST(Random, DrawsArePureFunctionsOfTheKey) {
  const Random a(7, Purpose("net.latency"), 3);
  EXPECT_EQ(a.At(5).Next(), a.At(5).Next());
  EXPECT_NE(a.At(5).Next(), a.At(6).Next());
  EXPECT_NE(a.At(5).Next(), Random(7, Purpose("net.loss"), 3).At(5).Next());
}

TEST(Random, BetweenCoversItsEnds) {
  RandomStream s(1, Purpose("test"));
  bool low = false, high = false;
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t v = s.Between(-2, 2);
    ASSERT_GE(v, -2);
    ASSERT_LE(v, 2);
    low |= v == -2;
    high |= v == 2;
  }
  EXPECT_TRUE(low && high);
}

TEST(Random, ExponentialHasItsMeanAndIsMonotoneInItsBits) {
  RandomStream s(2, Purpose("test"));
  std::int64_t sum = 0;
  for (int i = 0; i < 100'000; ++i) sum += s.Exponential(1'000'000);
  EXPECT_NEAR(static_cast<double>(sum) / 1e5, 1e6, 1.5e4);
  std::uint64_t last = 0;
  for (std::uint64_t i = 0; i < 4096; ++i) {
    const std::uint64_t q = ExponentialQuantile32(i << 52);
    EXPECT_GE(q, last);
    last = q;
  }
  EXPECT_LE(ExponentialQuantile32(0), 1u);
}

TEST(Random, StreamsOfOneKeyAreEqualAndOfTwoKeysAreNot) {
  RandomStream a(1), b(1), c(2);
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t v = a.Next();
    EXPECT_EQ(v, b.Next());
    EXPECT_NE(v, c.Next());
  }
}

TEST(NodeName, FollowsTheKindOfParty) {
  EXPECT_EQ(NodeName(NodeId{3}), "n3");
  EXPECT_EQ(NodeName(NodeId{1001}), "m1");
  EXPECT_EQ(NodeName(NodeId{10007}), "c7");
  EXPECT_EQ(NodeName(kNoNode), "-");
}

TEST(Mutants, AreOffUnlessSwitchedOnAndCountTheirReach) {
  RunContext context;
  RunContext* former = SetCurrentRun(&context);
  EXPECT_FALSE(MutantIsOn(Mutant::kWalAckBeforeSync));
  context.mutants[std::size_t(Mutant::kWalAckBeforeSync)].on = true;
  EXPECT_TRUE(MutantIsOn(Mutant::kWalAckBeforeSync));
  EXPECT_EQ(context.mutants[std::size_t(Mutant::kWalAckBeforeSync)].reached,
            1u);
  SetCurrentRun(former);
}

TEST(Marks, AreCountedInTheCurrentContext) {
  RunContext context;
  RunContext* former = SetCurrentRun(&context);
  WR_MARK(kWalTornTail);
  SetCurrentRun(former);
  EXPECT_EQ(context.mark_counts[std::size_t(Mark::kWalTornTail)], 1u);
  EXPECT_EQ(FindMark("wal.torn_tail"), Mark::kWalTornTail);
}

}  // namespace
}  // namespace wringer
