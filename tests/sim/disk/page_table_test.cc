#include "sim/disk/page_table.h"

#include <gtest/gtest.h>

#include "engine/base/random.h"

namespace wringer::sim {
namespace {

std::string All(const PageTable& table) {
  std::string out;
  table.Read(0, table.size(), &out);
  return out;
}

TEST(PageTable, BehavesLikeAString) {
  RandomStream random(1, Purpose("test.page_table"));
  PageTable table;
  std::string model;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t offset = random.Below(20'000);
    const std::uint64_t n = 1 + random.Below(6000);
    if (random.Chance(150'000)) {
      table.Resize(offset);
      model.resize(offset);
    } else {
      const std::string bytes(n, static_cast<char>('a' + random.Below(26)));
      table.Write(offset, bytes);
      if (model.size() < offset + n) model.resize(offset + n);
      model.replace(offset, n, bytes);
    }
    ASSERT_EQ(All(table), model);
  }
}

TEST(PageTable, CopiesShareUntilWritten) {
  PageTable one;
  one.Write(0, std::string(3 * kPageBytes, 'a'));
  PageTable two = one;
  two.Write(10, "b");
  EXPECT_EQ(All(one), std::string(3 * kPageBytes, 'a'));
  EXPECT_EQ(All(two)[10], 'b');
  EXPECT_EQ(All(two).substr(11), All(one).substr(11));
}

TEST(PageTable, HolesHoldNoPages) {
  PageTable table;
  table.Write(100 * kPageBytes, "x");
  EXPECT_EQ(table.pages_held(), 1u);
  EXPECT_EQ(table.size(), 100 * kPageBytes + 1);
}

TEST(PageTable, BytesBeyondACutAreZerosWhenItGrowsAgain) {
  PageTable table;
  table.Write(0, std::string(100, 'a'));
  table.Resize(50);
  table.Resize(100);
  EXPECT_EQ(All(table), std::string(50, 'a') + std::string(50, '\0'));
}

}  // namespace
}  // namespace wringer::sim
