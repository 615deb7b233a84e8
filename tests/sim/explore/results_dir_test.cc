#include <fstream>

#include "tests/sim/explore/campaign_fixture.h"

namespace wringer::sim {
namespace {

namespace fs = std::filesystem;

TEST(ResultsDir, LatestPointsToTheNewestOne) {
  const Scratch scratch;
  const auto first = ResultsDir::Create(scratch.path(), "sweep-a");
  ASSERT_TRUE(first.ok()) << first.status();
  const auto second = ResultsDir::Create(scratch.path(), "sweep-a");
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_NE(first->path(), second->path());
  EXPECT_TRUE(fs::equivalent(scratch.path("latest"), second->path()));
}

TEST(ResultsDir, IsLockedWhileACampaignWorksInIt) {
  const Scratch scratch;
  std::string path;
  {
    const auto held = ResultsDir::Create(scratch.path(), "sweep-a");
    ASSERT_TRUE(held.ok());
    path = held->path();
    EXPECT_EQ(ResultsDir::Open(path).status().code(),
              absl::StatusCode::kFailedPrecondition);
  }
  EXPECT_TRUE(ResultsDir::Open(path).ok());
}

TEST(ResultsDir, IsFoundThroughLatest) {
  const Scratch scratch;
  std::string path;
  {
    path = ResultsDir::Create(scratch.path(), "sweep-a")->path();
  }
  const auto opened = ResultsDir::Open(scratch.path("latest"));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_TRUE(fs::equivalent(opened->path(), path));
}

TEST(ResultsDir, APlaceWithoutResultsIsSaid) {
  const Scratch scratch;
  EXPECT_EQ(ResultsDir::Open(scratch.path()).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(ResultsDir, PruningKeepsTheNewestAndForeignFolders) {
  const Scratch scratch;
  for (const char* name :
       {"2026-01-01-000000-sweep-a", "2026-01-02-000000-sweep-a",
        "2026-01-03-000000-sweep-a", "2025-01-01-000000-run-a", "my-notes"}) {
    fs::create_directory(scratch.path(name));
  }
  fs::create_symlink("2026-01-01-000000-sweep-a", scratch.path("latest"));
  EXPECT_EQ(PruneResults(scratch.path(), "sweep", 1), 1u);
  EXPECT_TRUE(fs::exists(scratch.path("2026-01-01-000000-sweep-a")));
  EXPECT_FALSE(fs::exists(scratch.path("2026-01-02-000000-sweep-a")));
  EXPECT_TRUE(fs::exists(scratch.path("2026-01-03-000000-sweep-a")));
  EXPECT_TRUE(fs::exists(scratch.path("2025-01-01-000000-run-a")));
  EXPECT_TRUE(fs::exists(scratch.path("my-notes")));
}

}  // namespace
}  // namespace wringer::sim
