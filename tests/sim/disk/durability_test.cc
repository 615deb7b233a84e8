// What survives which crash: VD-1 to VD-16 and VD-28 of the disk's conformance
// statements. A statement that something may happen is tested over seeds.
#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kSeeds = 200;
const char* const kProfiles[] = {"ext4-ordered",   "posix-strict",
                                 "ext4-writeback", "xfs-like",
                                 "cow-like",       "prefix"};

// Of `kSeeds` runs of `one`, how many returned true.
template <typename Fn>
int CountSeeds(Fn one) {
  int count = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) count += one(seed);
  return count;
}

TEST(Durability, VD_01_UnsyncedDataMayVanishInEveryProfile) {
  for (const char* profile : kProfiles) {
    const int lost = CountSeeds([&](std::uint64_t seed) {
      TestDisk d(profile, seed);
      d.Install("/f", Fill('a', 4096));
      EXPECT_TRUE(d.Open("/f")->WriteAt(0, Fill('b', 512)).ok());
      d.PowerLoss();
      return d.Read("/f")[0] == 'a';
    });
    // An injector that keeps everything, or nothing, would show here.
    EXPECT_GT(lost, 40) << profile;
    EXPECT_LT(lost, 160) << profile;
  }
}

TEST(Durability, VD_01_TheReportWitnessesWhatWasLost) {
  TestDisk d("ext4-ordered", 1);
  d.Install("/f", Fill('a', 4096));
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, Fill('b', 1024)).ok());
  ASSERT_TRUE(d.fs().MakeDirectory("/d").ok());
  const CrashReport report = d.PowerLoss(0);
  EXPECT_EQ(report.units, 3u);
  EXPECT_EQ(report.units_lost, 3u);
  EXPECT_EQ(report.bytes_lost, 1024u);
  EXPECT_EQ(report.names_lost, 1u);
  EXPECT_EQ(report.files, (std::vector<std::string>{"/d", "/f"}));
}

TEST(Durability, VD_02_SyncedDataNeverVanishes) {
  for (const char* profile : kProfiles) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      TestDisk d(profile, seed);
      d.Install("/f", Fill('a', 1000));
      auto file = d.Open("/f");
      ASSERT_TRUE(file->WriteAt(700, Fill('b', 5000)).ok());
      ASSERT_TRUE(file->DataSync().ok());
      ASSERT_TRUE(d.Open("/g")->WriteAt(0, Fill('c', 9000)).ok());
      d.PowerLoss();
      ASSERT_EQ(d.Read("/f"), Fill('a', 700) + Fill('b', 5000))
          << profile << " seed " << seed;
    }
  }
}

TEST(Durability, VD_02_SyncedDataSurvivesLaterUnsyncedWrites) {
  for (const char* profile : kProfiles) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      TestDisk d(profile, seed);
      d.Install("/f", Fill('a', 3000));
      auto file = d.Open("/f");
      ASSERT_TRUE(file->WriteAt(1000, Fill('b', 100)).ok());
      ASSERT_TRUE(file->WriteAt(3000, Fill('c', 300)).ok());
      ASSERT_TRUE(file->WriteAt(1050, Fill('d', 100)).ok());
      d.PowerLoss();
      const std::string now = d.Read("/f");
      ASSERT_GE(now.size(), 3000u);
      ASSERT_EQ(now.substr(0, 1000), Fill('a', 1000));
      ASSERT_EQ(now.substr(1150, 1850), Fill('a', 1850));
    }
  }
}

TEST(Durability, VD_03_CloseDoesNotSync) {
  TestDisk d;
  d.Install("/f", "old");
  d.Open("/f")->WriteAt(0, "new").IgnoreError();
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), "old");
}

TEST(Durability, VD_04_ProcessKillLosesNothingWritten) {
  TestDisk d;
  ASSERT_TRUE(d.Open("/f")->WriteAt(0, "written").ok());
  d.Kill();
  EXPECT_EQ(d.Read("/f"), "written");
  d.PowerLoss(0);
  EXPECT_FALSE(d.Exists("/f"));
}

TEST(Durability, VD_05_RenameIsAtomic) {
  for (const char* profile : kProfiles) {
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      TestDisk d(profile, seed);
      d.Install("/target", "old");
      d.Install("/tmp", "new");
      ASSERT_TRUE(d.fs().Rename("/tmp", "/target").ok());
      d.PowerLoss();
      const std::string target = d.Read("/target");
      ASSERT_TRUE(target == "old" || target == "new") << target;
      ASSERT_EQ(d.Exists("/tmp"), target == "old") << profile;
    }
  }
}

TEST(Durability, VD_06_RenameMayBeLostUntilTheDirectoryIsSynced) {
  for (const bool sync : {false, true}) {
    const int lost = CountSeeds([&](std::uint64_t seed) {
      TestDisk d("posix-strict", seed);
      d.Install("/a", "x");
      EXPECT_TRUE(d.fs().Rename("/a", "/b").ok());
      if (sync) {
        EXPECT_TRUE(d.fs().SyncDirectory("/").ok());
      }
      d.PowerLoss();
      return d.Exists("/a");
    });
    EXPECT_EQ(lost > 0, !sync);
  }
}

TEST(Durability, VD_06_ARenameAcrossDirectoriesNeedsBothSynced) {
  const auto lost_after = [](std::initializer_list<const char*> synced) {
    return CountSeeds([&](std::uint64_t seed) {
      TestDisk d("posix-strict", seed);
      EXPECT_TRUE(d.fs().MakeDirectory("/x").ok());
      EXPECT_TRUE(d.fs().MakeDirectory("/y").ok());
      d.Install("/x/f", "1");
      EXPECT_TRUE(d.fs().SyncDirectory("/x").ok());
      EXPECT_TRUE(d.fs().Rename("/x/f", "/y/f").ok());
      for (const char* path : synced) {
        EXPECT_TRUE(d.fs().SyncDirectory(path).ok());
      }
      d.PowerLoss();
      return !d.Exists("/y/f");
    });
  };
  EXPECT_GT(lost_after({"/x"}), 0);
  EXPECT_GT(lost_after({"/y"}), 0);
  EXPECT_EQ(lost_after({"/x", "/y"}), 0);
}

TEST(Durability, VD_07_AnUnlinkMayBeUndone) {
  for (const char* profile : kProfiles) {
    const int undone = CountSeeds([&](std::uint64_t seed) {
      TestDisk d(profile, seed);
      d.Install("/f", "bytes");
      EXPECT_TRUE(d.fs().Remove("/f").ok());
      d.PowerLoss();
      if (!d.Exists("/f")) return false;
      EXPECT_EQ(d.Read("/f"), "bytes");
      return true;
    });
    EXPECT_GT(undone, 0) << profile;
    EXPECT_LT(undone, int(kSeeds)) << profile;
  }
}

TEST(Durability, VD_08_AnFsyncedNewFileMayBeMissingOnlyInPosixStrict) {
  for (const Slice profile : {"posix-strict", "ext4-ordered"}) {
    const int missing = CountSeeds([&](std::uint64_t seed) {
      TestDisk d(profile, seed);
      auto file = d.Open("/f");
      EXPECT_TRUE(file->WriteAt(0, "x").ok());
      EXPECT_TRUE(file->Sync().ok());
      d.PowerLoss();
      return !d.Exists("/f");
    });
    EXPECT_EQ(missing > 0, profile == "posix-strict") << profile;
  }
}

TEST(Durability, VD_09_TwoFilesMayPersistInEitherOrder) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("ext4-ordered", seed);
    d.Install("/a", "-");
    d.Install("/b", "-");
    ASSERT_TRUE(d.Open("/a")->WriteAt(0, "1").ok());
    ASSERT_TRUE(d.Open("/b")->WriteAt(0, "2").ok());
    d.PowerLoss();
    seen.insert(d.Read("/a") + d.Read("/b"));
  }
  EXPECT_EQ(seen, (std::set<std::string>{"--", "-2", "1-", "12"}));
}

TEST(Durability, VD_10_SectorsOfOneWritePersistIndependently) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("ext4-ordered", seed);
    d.Install("/f", Fill('a', 1024));
    ASSERT_TRUE(d.Open("/f")->WriteAt(0, Fill('b', 1024)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    EXPECT_EQ(now.substr(0, 512), Fill(now[0], 512));
    EXPECT_EQ(now.substr(512), Fill(now[512], 512));
    seen.insert({now[0], now[512]});
  }
  EXPECT_EQ(seen, (std::set<std::string>{"aa", "ab", "ba", "bb"}));
}

TEST(Durability, VD_10_CowBlocksAreAtomic) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("cow-like", seed);
    d.Install("/f", Fill('a', 4096));
    ASSERT_TRUE(d.Open("/f")->WriteAt(0, Fill('b', 4096)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    ASSERT_EQ(now, Fill(now[0], 4096));
  }
}

TEST(Durability, VD_10_WithoutTearingAWriteIsWhole) {
  std::set<char> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    DiskOptions options = TestOptions("posix-strict", "perfect", seed);
    options.tear_bytes = 0;
    TestDisk d(options);
    d.Install("/f", Fill('a', 10000));
    ASSERT_TRUE(d.Open("/f")->WriteAt(0, Fill('b', 10000)).ok());
    EXPECT_EQ(d.PowerLoss().writes_torn, 0u);
    const std::string now = d.Read("/f");
    ASSERT_EQ(now, Fill(now[0], 10000));
    seen.insert(now[0]);
  }
  EXPECT_EQ(seen.size(), 2u);
}

TEST(Durability, VD_11_ASectorNeverShowsAnOlderVersionOnceANewerPersisted) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("posix-strict", seed);
    d.Install("/f", Fill('0', 512));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "1").ok());
    ASSERT_TRUE(file->WriteAt(1, "2").ok());
    ASSERT_TRUE(file->WriteAt(0, "3").ok());
    d.PowerLoss();
    seen.insert(d.Read("/f").substr(0, 2));
  }
  // A sector is written as it was at some moment: 2 never without 1.
  EXPECT_EQ(seen, (std::set<std::string>{"00", "10", "12", "32"}));
}

TEST(Durability, VD_12_SizeNeverExceedsDurableDataInExt4Ordered) {
  int grown = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("ext4-ordered", seed);
    d.Install("/f", Fill('a', 100));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(100, Fill('b', 2000)).ok());
    ASSERT_TRUE(file->WriteAt(2100, Fill('c', 2000)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    const std::string full = Fill('a', 100) + Fill('b', 2000) + Fill('c', 2000);
    ASSERT_EQ(now, full.substr(0, now.size())) << "seed " << seed;
    grown += now.size() > 100;
  }
  EXPECT_GT(grown, 20);
}

TEST(Durability, VD_13_TheTailMayReadZerosInPosixStrict) {
  const int zeros = CountSeeds([](std::uint64_t seed) {
    TestDisk d("posix-strict", seed);
    d.Install("/f", Fill('a', 512));
    EXPECT_TRUE(d.Open("/f")->WriteAt(512, Fill('b', 512)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    return now.size() == 1024 && now.substr(512) == Fill('\0', 512);
  });
  EXPECT_GT(zeros, 0);
}

TEST(Durability, VD_13_TheTailMayReadGarbageInExt4Writeback) {
  const int garbage = CountSeeds([](std::uint64_t seed) {
    TestDisk d("ext4-writeback", seed);
    d.Install("/f", Fill('a', 512));
    EXPECT_TRUE(d.Open("/f")->WriteAt(512, Fill('b', 512)).ok());
    d.PowerLoss();
    const std::string now = d.Read("/f");
    return now.size() == 1024 && now.substr(512) != Fill('\0', 512) &&
           now.substr(512) != Fill('b', 512);
  });
  EXPECT_GT(garbage, 0);
}

TEST(Durability, VD_14_DirectWritesSurviveAnOsCrashOnly) {
  for (const bool power : {false, true}) {
    const int lost = CountSeeds([&](std::uint64_t seed) {
      TestDisk d("ext4-ordered", seed);
      d.Install("/f", Fill('a', 512));
      env::OpenOptions direct;
      direct.direct = true;
      EXPECT_TRUE(d.Open("/f", direct)->WriteAt(0, Fill('b', 512)).ok());
      power ? d.PowerLoss() : d.OsCrash();
      return d.Read("/f")[0] == 'a';
    });
    EXPECT_EQ(lost > 0, power);
  }
}

TEST(Durability, VD_14_AnOsCrashMayLoseBufferedWrites) {
  const int lost = CountSeeds([](std::uint64_t seed) {
    TestDisk d("ext4-ordered", seed);
    d.Install("/f", "a");
    EXPECT_TRUE(d.Open("/f")->WriteAt(0, "b").ok());
    d.OsCrash();
    return d.Read("/f") == "a";
  });
  EXPECT_GT(lost, 20);
}

TEST(Durability, VD_15_DataSyncWritesAreDurableWhenTheyReturn) {
  for (const char* profile : kProfiles) {
    TestDisk d(profile, 7);
    d.Install("/f", "");
    env::OpenOptions options;
    options.data_sync = true;
    ASSERT_TRUE(d.Open("/f", options)->WriteAt(0, Fill('x', 5000)).ok());
    d.PowerLoss(0);
    EXPECT_EQ(d.Read("/f"), Fill('x', 5000)) << profile;
  }
}

TEST(Durability, VD_15_DataSyncWritesDoNotSyncTheRestInPosixStrict) {
  TestDisk d("posix-strict", 1);
  d.Install("/f", Fill('a', 16384));
  auto buffered = d.Open("/f");
  ASSERT_TRUE(buffered->WriteAt(8192, Fill('b', 4096)).ok());
  env::OpenOptions options;
  options.data_sync = true;
  ASSERT_TRUE(d.Open("/f", options)->WriteAt(0, Fill('c', 4096)).ok());
  d.PowerLoss(0);
  EXPECT_EQ(d.Read("/f"), Fill('c', 4096) + Fill('a', 12288));
}

TEST(Durability, VD_16_ProtectedDevicesKeepCompletedWrites) {
  for (const Slice device : {"nvme-datacenter", "nvme-consumer"}) {
    const int lost = CountSeeds([&](std::uint64_t seed) {
      TestDisk d("ext4-ordered", seed, device);
      d.Install("/f", Fill('a', 512));
      env::OpenOptions direct;
      direct.direct = true;
      EXPECT_TRUE(d.Open("/f", direct)->WriteAt(0, Fill('b', 512)).ok());
      d.PowerLoss();
      return d.Read("/f")[0] == 'a';
    });
    EXPECT_EQ(lost > 0, device == "nvme-consumer") << device;
  }
}

TEST(Durability, VD_28_AnUnlinkedOpenFileIsReadableAndGoneAfterACrash) {
  for (const bool power : {false, true}) {
    TestDisk d;
    d.Install("/f", "bytes");
    auto file = d.Open("/f");
    ASSERT_TRUE(d.fs().Remove("/f").ok());
    std::string out;
    ASSERT_TRUE(file->ReadAt(0, 5, &out).ok());
    EXPECT_EQ(out, "bytes");
    ASSERT_TRUE(file->WriteAt(5, "more").ok());
    ASSERT_TRUE(d.fs().SyncDirectory("/").ok());
    power ? (void)d.PowerLoss(1'000'000) : d.Kill();
    EXPECT_FALSE(d.Exists("/f"));
    EXPECT_EQ(d.disk().free_bytes(), d.disk().options().capacity_bytes);
  }
}

// ------------------------------------------------------- sync in flight

struct CrashInWait {
  TestDisk* d;
  std::int32_t keep_ppm;
  CrashReport report;
  static void Run(void* self) {
    auto& c = *static_cast<CrashInWait*>(self);
    c.d->untimed().set_on_wait(nullptr, nullptr);
    CrashOptions options;
    options.keep_ppm = c.keep_ppm;
    c.report = c.d->disk().PowerLoss(options);
  }
};

TEST(Durability, APowerLossDuringASyncMayKeepPartOfIt) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    TestDisk d("ext4-ordered", seed, "sata-ssd");
    d.Install("/f", Fill('a', 1024));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, Fill('b', 1024)).ok());
    CrashInWait crash{&d, -1, {}};
    d.untimed().set_on_wait(&CrashInWait::Run, &crash);
    EXPECT_FALSE(file->DataSync().ok());
    d.Remount();
    const std::string now = d.Read("/f");
    seen.insert({now[0], now[512]});
  }
  EXPECT_EQ(seen, (std::set<std::string>{"aa", "ab", "ba", "bb"}));
}

TEST(Durability, TornSectorsInFlightBecomeGarbageWithTheKnobOnly) {
  for (const std::uint32_t ppm : {0u, 1'000'000u}) {
    DiskOptions options = TestOptions("ext4-ordered", "sata-ssd");
    options.torn_garbage_ppm = ppm;
    TestDisk d(options);
    d.Install("/f", Fill('a', 512));
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, Fill('b', 512)).ok());
    CrashInWait crash{&d, 1'000'000, {}};
    d.untimed().set_on_wait(&CrashInWait::Run, &crash);
    file->DataSync().IgnoreError();
    d.Remount();
    const std::string now = d.Read("/f");
    EXPECT_EQ(now == Fill('b', 512), ppm == 0);
    EXPECT_EQ(crash.report.sectors_ruined, ppm == 0 ? 0u : 1u);
  }
}

TEST(Durability, NeighbourDamageHurtsDurableBytesBesideAWrite) {
  const auto hurt = [](bool knob) {
    return CountSeeds([knob](std::uint64_t seed) {
      DiskOptions options = TestOptions("ext4-ordered", "sata-ssd", seed);
      options.neighbour_damage = knob;
      TestDisk d(options);
      d.Install("/f", Fill('a', 4096));
      auto file = d.Open("/f");
      EXPECT_TRUE(file->WriteAt(512, Fill('b', 512)).ok());
      CrashInWait crash{&d, -1, {}};
      d.untimed().set_on_wait(&CrashInWait::Run, &crash);
      file->DataSync().IgnoreError();
      d.Remount();
      return d.Read("/f").substr(1024) != Fill('a', 3072);
    });
  };
  EXPECT_EQ(hurt(false), 0);
  EXPECT_GT(hurt(true), 40);
}

TEST(Durability, ALyingDeviceLosesWhatItAcknowledged) {
  for (const bool lies : {false, true}) {
    DiskOptions options = TestOptions();
    options.sync_lies = lies;
    TestDisk d(options);
    auto file = d.Open("/f");
    ASSERT_TRUE(file->WriteAt(0, "x").ok());
    ASSERT_TRUE(file->Sync().ok());
    d.PowerLoss(0);
    EXPECT_EQ(d.Exists("/f"), !lies);
  }
}

TEST(Durability, ALyingDeviceKeepsItsCacheThroughAnOsCrash) {
  DiskOptions options = TestOptions();
  options.sync_lies = true;
  TestDisk d(options);
  auto file = d.Open("/f");
  ASSERT_TRUE(file->WriteAt(0, "x").ok());
  ASSERT_TRUE(file->Sync().ok());
  d.OsCrash(0);
  EXPECT_EQ(d.Read("/f"), "x");
}

}  // namespace
}  // namespace wringer::sim
