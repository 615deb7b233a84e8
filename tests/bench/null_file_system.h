// Files that take no time and keep nothing, so that what a benchmark measures
// on top of them is ours alone.
#ifndef WR_TESTS_BENCH_NULL_FILE_SYSTEM_H_
#define WR_TESTS_BENCH_NULL_FILE_SYSTEM_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/env/file_system.h"

namespace wringer {

class NullFile : public env::File {
 public:
  absl::Status ReadAt(std::uint64_t, std::size_t, std::string* out) override {
    out->clear();
    return absl::OkStatus();
  }
  absl::Status WriteAt(std::uint64_t offset, Slice bytes) override {
    size_ = std::max<std::uint64_t>(size_, offset + bytes.size());
    return absl::OkStatus();
  }
  absl::Status Truncate(std::uint64_t) override { return absl::OkStatus(); }
  absl::Status Allocate(std::uint64_t) override { return absl::OkStatus(); }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::Status DataSync() override { return absl::OkStatus(); }
  std::uint64_t Size() const override { return size_; }
  void Advise(env::Advice) override {}

 private:
  std::uint64_t size_ = 0;
};

class NullFileSystem : public env::FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<env::File>> Open(
      Slice, const env::OpenOptions&) override {
    return std::make_unique<NullFile>();
  }
  absl::Status Remove(Slice) override { return absl::OkStatus(); }
  absl::Status Rename(Slice, Slice) override { return absl::OkStatus(); }
  absl::Status Link(Slice, Slice) override { return absl::OkStatus(); }
  absl::Status MakeDirectory(Slice) override { return absl::OkStatus(); }
  absl::StatusOr<std::vector<std::string>> List(Slice) override {
    return std::vector<std::string>();
  }
  absl::StatusOr<env::FileStat> Stat(Slice) override {
    return env::FileStat{.is_directory = true};
  }
  absl::Status SyncDirectory(Slice) override { return absl::OkStatus(); }
  std::uint64_t FreeBytes() const override { return 1 << 30; }
  env::DeviceInfo Device() const override { return {}; }
};

}  // namespace wringer

#endif  // WR_TESTS_BENCH_NULL_FILE_SYSTEM_H_
