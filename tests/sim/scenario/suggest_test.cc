#include "sim/scenario/toml/suggest.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

TEST(Suggest, ASwapOfNeighboursIsOneEdit) {
  EXPECT_EQ(EditDistance("lsm", "lms"), 1u);
  EXPECT_EQ(EditDistance("ca", "abc"), 3u);  // no edits inside a swap
  EXPECT_EQ(EditDistance("", "abc"), 3u);
  EXPECT_EQ(EditDistance("raft", "raft"), 0u);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3u);
}

TEST(Suggest, ShortWordsAllowOneEditLongOnesAThird) {
  EXPECT_EQ(Nearest("lms", {"btree", "lsm"}), "lsm");
  EXPECT_EQ(Nearest("xyz", {"btree", "lsm"}), std::nullopt);
  EXPECT_EQ(Nearest("election_timout", {"election_timeout", "lease"}),
            "election_timeout");
  EXPECT_EQ(Nearest("primray-bakcup", {"primary_backup"}), "primary_backup");
}

TEST(Suggest, CaseDoesNotCount) {
  EXPECT_EQ(Nearest("Raft", {"raft"}), "raft");
}

TEST(Suggest, TheNearestWinsAndTheFirstOfEquals) {
  EXPECT_EQ(Nearest("node", {"nodes", "mode"}), "nodes");
  EXPECT_EQ(Nearest("modes", {"nodes", "mode", "modes"}), "modes");
}

TEST(Suggest, ABeginningWillDo) {
  EXPECT_EQ(Nearest("election_timeout", {"lease", "election"}), "election");
  EXPECT_EQ(Nearest("avail", {"availability"}), "availability");
  EXPECT_EQ(Nearest("ele", {"election"}), std::nullopt);
}

TEST(Suggest, MonstersAreLeftAlone) {
  EXPECT_EQ(Nearest(std::string(10'000, 'x'), {"x"}), std::nullopt);
  EXPECT_EQ(Nearest("", {"x"}), std::nullopt);
}

}  // namespace
}  // namespace wringer::sim
