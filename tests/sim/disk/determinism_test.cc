// Equal seeds give equal disks, faults and all; one fault class does not shift
// another's draws.
#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

struct Outcome {
  std::uint64_t trace = 0;
  std::uint64_t image = 0;
  Nanos now = 0;
  bool operator==(const Outcome&) const = default;
};

Outcome Churned(std::uint64_t seed, void (*prepare)(TestDisk* d),
                bool crash = true) {
  DiskOptions options = TestOptions("ext4-ordered", "cloud-volume", seed);
  options.cache_bytes = 64 << 10;
  TestDisk d(options);
  if (prepare != nullptr) prepare(&d);
  RandomStream random(99, Purpose("test.workload"));
  for (int i = 0; i < 300; ++i) {
    const std::string path = "/" + std::to_string(random.Below(8));
    auto file = d.fs().Open(path, {.create = true});
    if (!file.ok()) continue;
    const std::uint64_t offset = random.Below(50'000);
    const std::uint64_t n = 1 + random.Below(9000);
    (*file)->WriteAt(offset, Fill('x', n)).IgnoreError();
    if (random.Chance(200'000)) (*file)->DataSync().IgnoreError();
    std::string out;
    (*file)->ReadAt(random.Below(50'000), 3000, &out).IgnoreError();
  }
  if (crash) d.PowerLoss();
  return {d.disk().trace_hash(), d.disk().VisibleImage().Digest(),
          d.untimed().now()};
}

void AllFaults(TestDisk* d) {
  for (const DiskOp op :
       {DiskOp::kRead, DiskOp::kWrite, DiskOp::kSync, DiskOp::kWriteBack,
        DiskOp::kMetadata, DiskOp::kLoseWrite, DiskOp::kMisdirect}) {
    IoFault fault;
    fault.op = op;
    fault.count = 0;
    fault.ppm = 50'000;
    fault.lose_ppm = 500'000;
    d->disk().AddFault(fault);
  }
}

TEST(Determinism, VD_22_EqualSeedsGiveEqualTracesWithFaultsOn) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    ASSERT_EQ(Churned(seed, &AllFaults), Churned(seed, &AllFaults));
  }
}

TEST(Determinism, DifferentSeedsDiffer) {
  EXPECT_NE(Churned(1, nullptr).now, Churned(2, nullptr).now);
  std::set<std::uint64_t> images;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    images.insert(Churned(seed, nullptr).image);
  }
  EXPECT_GE(images.size(), 5u);
}

TEST(Determinism, VD_23_AFaultThatNeverFiresChangesNothing) {
  const auto silent = [](TestDisk* d) {
    IoFault fault;
    fault.op = DiskOp::kRead;
    fault.ppm = 0;
    fault.count = 0;
    d->disk().AddFault(fault);
  };
  EXPECT_EQ(Churned(3, nullptr), Churned(3, silent));
}

TEST(Determinism, VD_23_OneFaultDoesNotShiftAnothersDraws) {
  const auto fired = [](bool second) {
    TestDisk d;
    d.Install("/f", "x");
    IoFault fault;
    fault.id = IoFaultId(7);
    fault.op = DiskOp::kRead;
    fault.count = 0;
    fault.ppm = 300'000;
    if (second) {
      IoFault other;
      other.id = IoFaultId(8);
      other.op = DiskOp::kWrite;
      other.count = 0;
      other.ppm = 500'000;
      d.disk().AddFault(other);
    }
    d.disk().AddFault(fault);
    std::string pattern;
    for (int i = 0; i < 200; ++i) {
      d.Open("/f")->WriteAt(0, "x").IgnoreError();
      pattern += d.Read("/f") == "x" ? '.' : 'E';
    }
    return pattern;
  };
  EXPECT_EQ(fired(false), fired(true));
  EXPECT_NE(fired(false).find('E'), std::string::npos);
}

TEST(Determinism, VD_23_ALaterUnitDoesNotShiftTheFateOfEarlierOnes) {
  int kept = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    std::string seen[2];
    for (const bool extra : {false, true}) {
      TestDisk d("posix-strict", seed);
      d.Install("/f", Fill('a', 8 * 512));
      auto file = d.Open("/f");
      ASSERT_TRUE(file->WriteAt(0, Fill('b', 8 * 512)).ok());
      if (extra) {
        ASSERT_TRUE(file->WriteAt(100, "c").ok());
      }
      std::vector<CrashUnit> units = d.disk().PendingUnits();
      Choose(d.disk().options().profile, {}, seed, &units);
      // Sector 0 has another version now; the other seven have not.
      for (std::size_t i = 1; i < 8; ++i) {
        seen[extra ? 1 : 0] += units[i].kept ? 'k' : '.';
        kept += units[i].kept;
      }
    }
    EXPECT_EQ(seen[0], seen[1]);
  }
  EXPECT_GT(kept, 100);
}

}  // namespace
}  // namespace wringer::sim
