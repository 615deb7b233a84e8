// The chooser against the law: whatever it picks is closed under the pairwise
// edges, and Close drops nothing that it need not.
#include "sim/disk/crash_choice.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

// The pair that breaks the law, or "".
std::string Violation(const DiskProfile& profile,
                      const std::vector<CrashUnit>& units) {
  for (const CrashUnit& b : units) {
    if (!b.kept || b.must_survive) continue;
    for (const CrashUnit& a : units) {
      if (a.kept || a.lost || &a == &b) continue;
      if (MustPrecede(profile, a, b)) {
        return "unit " + std::to_string(b.seq) + " without " +
               std::to_string(a.seq);
      }
    }
  }
  return "";
}

// A random mix of everything that makes units.
void Churn(TestDisk* d, std::uint64_t seed, int operations) {
  RandomStream random(seed, Purpose("test.churn"));
  d->Install("/a", Fill('.', 5000));
  d->Install("/b", Fill('.', 600));
  const std::string paths[] = {"/a", "/b", "/c", "/d"};
  for (int i = 0; i < operations; ++i) {
    const std::string& path = paths[random.Below(4)];
    const std::string& other = paths[random.Below(4)];
    const std::uint64_t offset = random.Below(3000);
    const std::uint64_t n = 1 + random.Below(1500);
    switch (random.Below(9)) {
      case 0:
        d->fs().Rename(path, other).IgnoreError();
        break;
      case 1:
        d->fs().Remove(path).IgnoreError();
        break;
      case 2:
        d->Open(path)->Truncate(offset).IgnoreError();
        break;
      case 3: {
        env::OpenOptions options;
        options.truncate = true;
        d->Open(path, options)->WriteAt(0, Fill('r', n)).IgnoreError();
        break;
      }
      case 4:
        if (random.Chance(300'000)) d->Open(path)->Sync().IgnoreError();
        break;
      default:
        d->Open(path)->WriteAt(offset, Fill('w', n)).IgnoreError();
    }
  }
}

class CrashChoice : public testing::TestWithParam<std::string> {};

TEST_P(CrashChoice, NeverBreaksAnEdge) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    TestDisk d(GetParam(), seed);
    Churn(&d, seed, 14);
    std::vector<CrashUnit> units = d.disk().PendingUnits();
    for (std::uint64_t key = 1; key <= 6; ++key) {
      Choose(d.disk().options().profile, {}, key, &units);
      ASSERT_EQ(Violation(d.disk().options().profile, units), "")
          << "seed " << seed << " key " << key;
    }
  }
}

TEST_P(CrashChoice, CloseDropsOnlyWhatItMust) {
  const DiskProfile profile = FindDiskProfile(GetParam()).value();
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    TestDisk d(GetParam(), seed);
    Churn(&d, seed, 8);
    std::vector<CrashUnit> units = d.disk().PendingUnits();
    RandomStream random(seed, Purpose("test.wish"));
    for (CrashUnit& u : units) u.kept = random.Chance(800'000);
    std::vector<CrashUnit> closed = units;
    Close(profile, &closed);
    // The largest closed subset, by repeated removal.
    for (bool changed = true; changed;) {
      changed = false;
      for (CrashUnit& b : units) {
        if (!b.kept) continue;
        for (const CrashUnit& a : units) {
          if (&a == &b || a.kept || a.lost) continue;
          if (!MustPrecede(profile, a, b)) continue;
          b.kept = false;
          changed = true;
          break;
        }
      }
    }
    for (std::size_t i = 0; i < units.size(); ++i) {
      ASSERT_EQ(closed[i].kept, units[i].kept)
          << "seed " << seed << " unit " << units[i].seq;
    }
  }
}

TEST_P(CrashChoice, ACrashLeavesADiskThatWorks) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    TestDisk d(GetParam(), seed);
    for (int crash = 0; crash < 3; ++crash) {
      Churn(&d, seed * 10 + std::uint64_t(crash), 20);
      const DurableImage before = d.disk().SyncedImage();
      d.PowerLoss();
      // What is visible now is durable, and bytes and tables agree.
      ASSERT_EQ(d.disk().SyncedImage().Digest(),
                d.disk().VisibleImage().Digest());
      ASSERT_EQ(d.disk().PendingUnits().size(), 0u);
      ASSERT_EQ(d.disk().dirty_pages(), 0u);
    }
  }
}

TEST_P(CrashChoice, KeepingNothingIsTheSyncedImage) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    TestDisk d(GetParam(), seed);
    Churn(&d, seed, 20);
    const std::uint64_t synced = d.disk().SyncedImage().Digest();
    d.PowerLoss(0);
    ASSERT_EQ(d.disk().VisibleImage().Digest(), synced) << "seed " << seed;
  }
}

TEST_P(CrashChoice, KeepingEverythingIsTheVisibleImage) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    TestDisk d(GetParam(), seed);
    Churn(&d, seed, 20);
    const std::uint64_t visible = d.disk().VisibleImage().Digest();
    d.PowerLoss(1'000'000);
    ASSERT_EQ(d.disk().VisibleImage().Digest(), visible) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Profiles, CrashChoice,
                         testing::ValuesIn(DiskProfileNames()),
                         [](const auto& param_info) {
                           std::string name = param_info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace wringer::sim
