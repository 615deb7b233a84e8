// Quantities read exactly, print as short as is exact, and say what is wrong.
#include "sim/scenario/schema/units.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

std::int64_t Value(Slice text, Dimension dimension) {
  std::int64_t value = -1;
  const Complaint bad = ParseQuantity(text, dimension, &value);
  EXPECT_TRUE(bad.ok()) << text << ": " << bad.message;
  return value;
}

Complaint Bad(Slice text, Dimension dimension) {
  std::int64_t value = 0;
  return ParseQuantity(text, dimension, &value);
}

TEST(Units, DurationsAreExactDecimals) {
  EXPECT_EQ(Value("30s", Dimension::kDuration), 30 * kSecond);
  EXPECT_EQ(Value("1.5ms", Dimension::kDuration), 1'500'000);
  EXPECT_EQ(Value("0.000000001s", Dimension::kDuration), 1);
  EXPECT_EQ(Value("-400ms", Dimension::kDuration), -400 * kMillisecond);
  EXPECT_EQ(Value("2min", Dimension::kDuration), 120 * kSecond);
  EXPECT_EQ(Value("1_000ns", Dimension::kDuration), 1000);
  EXPECT_EQ(Value("0", Dimension::kDuration), 0);
}

TEST(Units, SizesCountInPowersOf1024) {
  EXPECT_EQ(Value("4KiB", Dimension::kSize), 4096);
  EXPECT_EQ(Value("1.5MiB", Dimension::kSize), 3 << 19);
  EXPECT_EQ(Value("17B", Dimension::kSize), 17);
}

TEST(Units, SharesAreMillionths) {
  EXPECT_EQ(Value("0.1%", Dimension::kShare), 1'000);
  EXPECT_EQ(Value("100%", Dimension::kShare), 1'000'000);
  EXPECT_EQ(Value("250ppm", Dimension::kShare), 250);
}

TEST(Units, BandwidthsAreBytesPerSecond) {
  EXPECT_EQ(Value("1Gbit/s", Dimension::kBandwidth), 125'000'000);
  EXPECT_EQ(Value("10MiB/s", Dimension::kBandwidth), 10 << 20);
  EXPECT_EQ(Value("unlimited", Dimension::kBandwidth), 0);
}

TEST(Units, WhatIsNotWholeIsRefusedNotRounded) {
  EXPECT_FALSE(Bad("1.5ns", Dimension::kDuration).ok());
  EXPECT_FALSE(Bad("0.3B", Dimension::kSize).ok());
  EXPECT_FALSE(Bad("0.00001%", Dimension::kShare).ok());
  EXPECT_FALSE(Bad("1bit/s", Dimension::kBandwidth).ok());
}

TEST(Units, NumbersTooLargeAreRefused) {
  EXPECT_FALSE(Bad("9999999h", Dimension::kDuration).ok());
  EXPECT_FALSE(Bad("9999999999999999999s", Dimension::kDuration).ok());
}

TEST(Units, GarbageIsRefusedWithAWayOut) {
  for (Slice text : {"", "s", ".5s", "5.s", "--5s", "5 s", "5sec", "5S", "1e3s",
                     "5m", "5s5s", "0x5s"}) {
    const Complaint bad = Bad(text, Dimension::kDuration);
    EXPECT_FALSE(bad.ok()) << text;
    EXPECT_FALSE(bad.help.empty()) << text;
  }
}

TEST(Units, FormatPicksTheLargestExactUnit) {
  EXPECT_EQ(FormatQuantity(1500 * kMillisecond, Dimension::kDuration),
            "1500ms");
  EXPECT_EQ(FormatQuantity(120 * kSecond, Dimension::kDuration), "2min");
  EXPECT_EQ(FormatQuantity(0, Dimension::kDuration), "0s");
  EXPECT_EQ(FormatQuantity(1000, Dimension::kShare), "0.1%");
  EXPECT_EQ(FormatQuantity(1, Dimension::kShare), "0.0001%");
  EXPECT_EQ(FormatQuantity(4096, Dimension::kSize), "4KiB");
  EXPECT_EQ(FormatQuantity(-80, Dimension::kRateError), "-80ppm");
  EXPECT_EQ(FormatQuantity(1'250'000'000, Dimension::kBandwidth), "10Gbit/s");
}

TEST(Units, RangesMayBePointsButNotRunBackwards) {
  Range<std::int64_t> range;
  EXPECT_TRUE(ParseRange("-5ms..5ms", Dimension::kDuration, &range).ok());
  EXPECT_EQ(range.low, -5 * kMillisecond);
  EXPECT_EQ(range.high, 5 * kMillisecond);
  EXPECT_TRUE(ParseRange("7s", Dimension::kDuration, &range).ok());
  EXPECT_EQ(range.low, range.high);
  const Complaint bad = ParseRange("3ms..1ms", Dimension::kDuration, &range);
  EXPECT_EQ(bad.help, "write the smaller end first: \"1ms..3ms\"");
}

TEST(Units, DelaysTakeATail) {
  Delay delay;
  EXPECT_TRUE(ParseDelay("1ms..3ms + exp 500us", &delay).ok());
  EXPECT_EQ(delay, (Delay{kMillisecond, 3 * kMillisecond, 500'000}));
  EXPECT_TRUE(ParseDelay("exp 2ms", &delay).ok());
  EXPECT_EQ(delay, (Delay{0, 0, 2 * kMillisecond}));
  EXPECT_FALSE(ParseDelay("1ms exp 2ms", &delay).ok());
  EXPECT_FALSE(ParseDelay("exp -2ms", &delay).ok());
  EXPECT_FALSE(ParseDelay("-1ms", &delay).ok());
}

TEST(Units, MillionthsRoundTrip) {
  std::uint32_t theta = 0;
  EXPECT_TRUE(ParseMillionths("0.99", &theta));
  EXPECT_EQ(theta, 990'000u);
  EXPECT_EQ(FormatMillionths(theta), "0.99");
  EXPECT_EQ(FormatMillionths(2'000'000), "2");
  EXPECT_FALSE(ParseMillionths("0.9999999", &theta));
  EXPECT_FALSE(ParseMillionths("-1", &theta));
  EXPECT_FALSE(ParseMillionths("5000", &theta));
}

}  // namespace
}  // namespace wringer::sim
