// engine/storage/batch_codec: round trip, and garbage is refused.
#include "engine/storage/batch_codec.h"

#include <string>

#include "engine/base/random.h"
#include "gtest/gtest.h"

namespace wringer::storage {
namespace {

WriteBatch Sample() {
  WriteBatch batch;
  batch.Put("key", std::string("va\0lue", 6));
  batch.Delete("gone");
  batch.DeleteRange("a", "b");
  return batch;
}

TEST(BatchCodec, RoundTrips) {
  std::string bytes;
  EncodeBatch(Sample(), &bytes);
  WriteBatch out;
  ASSERT_TRUE(DecodeBatch(bytes, &out));
  ASSERT_EQ(out.writes().size(), 3u);
  EXPECT_EQ(out.writes()[0].value, std::string("va\0lue", 6));
  EXPECT_EQ(out.writes()[1].kind, Write::Kind::kDelete);
  EXPECT_EQ(out.writes()[2].value, "b");
}

TEST(BatchCodec, CutsAndSurplusAreRefused) {
  std::string bytes;
  EncodeBatch(Sample(), &bytes);
  WriteBatch out;
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_FALSE(DecodeBatch(Slice(bytes).substr(0, n), &out)) << n;
  }
  EXPECT_FALSE(DecodeBatch(bytes + "x", &out));
}

TEST(BatchCodec, GarbageNeverCrashes) {
  RandomStream random(1, Purpose("test.batch_codec"));
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random.Below(40), '\0');
    for (char& c : bytes) c = static_cast<char>(random.Below(256));
    WriteBatch out;
    DecodeBatch(bytes, &out);
  }
}

}  // namespace
}  // namespace wringer::storage
