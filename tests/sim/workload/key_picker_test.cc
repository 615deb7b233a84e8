#include "sim/workload/key_picker.h"

#include <vector>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

KeysSpec Zipf(std::uint64_t count, std::uint32_t theta_millionths) {
  KeysSpec spec;
  spec.count = count;
  spec.pick = {KeyPick::Kind::kZipf, theta_millionths};
  return spec;
}

std::vector<int> Histogram(const KeysSpec& spec, int draws) {
  const KeyPicker picker(spec);
  const Random random(7, Purpose("test"));
  std::vector<int> counts(spec.count);
  for (int i = 0; i < draws; ++i) {
    RandomDraw draw = random.At(std::uint64_t(i));
    ++counts[picker.Pick(&draw)];
  }
  return counts;
}

TEST(FixedPoint, Log2OfPowersIsExact) {
  for (std::uint64_t k = 0; k < 64; ++k) {
    EXPECT_EQ(Log2Fixed32(std::uint64_t{1} << k), k << 32);
  }
}

TEST(FixedPoint, Log2OfThreeAndTen) {
  EXPECT_NEAR(double(Log2Fixed32(3)) / 4294967296.0, 1.584962500721156, 1e-9);
  EXPECT_NEAR(double(Log2Fixed32(10)) / 4294967296.0, 3.321928094887362, 1e-9);
}

TEST(FixedPoint, Exp2UndoesLog2) {
  const double one = double(std::uint64_t{1} << 62);
  for (std::uint64_t n : {1u, 2u, 3u, 7u, 100u, 12345u}) {
    EXPECT_NEAR(double(Exp2NegFixed62(Log2Fixed32(n))) / one, 1.0 / double(n),
                1e-8);
  }
  EXPECT_EQ(Exp2NegFixed62(std::uint64_t{63} << 32), 0u);
}

TEST(KeyPicker, UniformReachesEveryKeyEquallyOften) {
  KeysSpec spec;
  spec.count = 10;
  for (int count : Histogram(spec, 100000)) EXPECT_NEAR(count, 10000, 400);
}

TEST(KeyPicker, ZipfFollowsItsLaw) {
  const std::vector<int> counts = Histogram(Zipf(100, 1'000'000), 200000);
  double harmonic = 0;
  for (int i = 1; i <= 100; ++i) harmonic += 1.0 / i;
  for (int rank : {1, 2, 5, 10}) {
    EXPECT_NEAR(counts[std::size_t(rank - 1)], 200000 / harmonic / rank,
                0.05 * 200000 / harmonic / rank + 60);
  }
}

TEST(KeyPicker, ThetaZeroIsUniform) {
  for (int count : Histogram(Zipf(4, 0), 40000)) {
    EXPECT_NEAR(count, 10000, 400);
  }
}

TEST(KeyPicker, AGreatThetaLeavesNearlyEverythingToTheFirst) {
  const std::vector<int> counts = Histogram(Zipf(64, 9'000'000), 10000);
  EXPECT_GT(counts[0], 9900);
}

}  // namespace
}  // namespace wringer::sim
