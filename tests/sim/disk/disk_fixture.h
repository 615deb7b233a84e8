// A disk outside any world, with short words for what tests do to it.
#ifndef WR_TESTS_SIM_DISK_DISK_FIXTURE_H_
#define WR_TESTS_SIM_DISK_DISK_FIXTURE_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "engine/env/file_system.h"
#include "sim/disk/untimed_disk.h"

namespace wringer::sim {

inline DiskOptions TestOptions(Slice profile = "ext4-ordered",
                               Slice device = "perfect",
                               std::uint64_t seed = 1) {
  DiskOptions options = MakeDiskOptions(profile, device).value();
  options.seed = seed;
  options.disk = 1;
  return options;
}

// "aaaa...": n bytes.
inline std::string Fill(char c, std::size_t n) { return std::string(n, c); }

class TestDisk {
 public:
  explicit TestDisk(const DiskOptions& options = TestOptions())
      : untimed_(options), files_(untimed_.Mount()) {}
  TestDisk(Slice profile, std::uint64_t seed, Slice device = "perfect")
      : TestDisk(TestOptions(profile, device, seed)) {}

  SimDisk& disk() { return untimed_.disk(); }
  UntimedDisk& untimed() { return untimed_; }
  env::FileSystem& fs() { return *files_; }

  std::unique_ptr<env::File> Open(Slice path, env::OpenOptions options = {}) {
    options.create = !options.read_only;
    auto file = fs().Open(path, options);
    EXPECT_TRUE(file.ok()) << file.status();
    return std::move(file).value();
  }
  // Created, written, synced, its directory synced: cannot be lost.
  void Install(Slice path, Slice bytes) {
    auto file = Open(path);
    ASSERT_TRUE(file->Truncate(0).ok());
    if (!bytes.empty()) {
      ASSERT_TRUE(file->WriteAt(0, bytes).ok());
    }
    ASSERT_TRUE(file->Sync().ok());
    ASSERT_TRUE(fs().SyncDirectory("/").ok());
  }
  // Contents, or "<status>" if it cannot be read.
  std::string Read(Slice path) {
    env::OpenOptions options;
    options.read_only = true;
    auto file = fs().Open(path, options);
    if (!file.ok()) return "<absent>";
    std::string out;
    const absl::Status status = (*file)->ReadAt(0, (*file)->Size(), &out);
    return status.ok() ? out : "<error>";
  }
  bool Exists(Slice path) { return fs().Stat(path).ok(); }

  CrashReport PowerLoss(std::int32_t keep_ppm = -1) {
    CrashOptions crash;
    crash.keep_ppm = keep_ppm;
    const CrashReport report = disk().PowerLoss(crash);
    files_ = untimed_.Mount();
    return report;
  }
  CrashReport OsCrash(std::int32_t keep_ppm = -1) {
    CrashOptions crash;
    crash.keep_ppm = keep_ppm;
    const CrashReport report = disk().OsCrash(crash);
    files_ = untimed_.Mount();
    return report;
  }
  void Kill() {
    disk().ProcessKill();
    files_ = untimed_.Mount();
  }
  void Remount() { files_ = untimed_.Mount(); }

 private:
  UntimedDisk untimed_;
  std::unique_ptr<env::FileSystem> files_;
};

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_DISK_DISK_FIXTURE_H_
