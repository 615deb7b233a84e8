#include "sim/cluster/watched_files.h"

#include <string>
#include <utility>
#include <vector>

namespace wringer::sim {
namespace {

using Hook = std::function<void(FaultEvent event)>;

absl::Status Told(absl::Status status, const Hook& hook, FaultEvent event) {
  if (status.ok()) hook(event);
  return status;
}

class WatchedFile final : public env::File {
 public:
  WatchedFile(std::unique_ptr<env::File> file, const Hook* hook)
      : file_(std::move(file)), hook_(hook) {}

  absl::Status ReadAt(std::uint64_t offset, std::size_t n,
                      std::string* out) override {
    return file_->ReadAt(offset, n, out);
  }
  absl::Status WriteAt(std::uint64_t offset, Slice bytes) override {
    return Told(file_->WriteAt(offset, bytes), *hook_, FaultEvent::kDiskWrite);
  }
  absl::Status Truncate(std::uint64_t size) override {
    return file_->Truncate(size);
  }
  absl::Status Allocate(std::uint64_t size) override {
    return file_->Allocate(size);
  }
  absl::Status Sync() override {
    return Told(file_->Sync(), *hook_, FaultEvent::kDiskSync);
  }
  absl::Status DataSync() override {
    return Told(file_->DataSync(), *hook_, FaultEvent::kDiskSync);
  }
  std::uint64_t Size() const override { return file_->Size(); }
  void Advise(env::Advice advice) override { file_->Advise(advice); }

 private:
  std::unique_ptr<env::File> file_;
  const Hook* hook_;
};

class WatchedFiles final : public env::FileSystem {
 public:
  WatchedFiles(std::unique_ptr<env::FileSystem> files, Hook hook)
      : files_(std::move(files)), hook_(std::move(hook)) {}

  absl::StatusOr<std::unique_ptr<env::File>> Open(
      Slice path, const env::OpenOptions& options) override {
    auto file = files_->Open(path, options);
    if (!file.ok()) return file.status();
    return std::unique_ptr<env::File>(
        std::make_unique<WatchedFile>(std::move(*file), &hook_));
  }
  absl::Status Remove(Slice path) override { return files_->Remove(path); }
  absl::Status Rename(Slice from, Slice to) override {
    return files_->Rename(from, to);
  }
  absl::Status Link(Slice from, Slice to) override {
    return files_->Link(from, to);
  }
  absl::Status MakeDirectory(Slice path) override {
    return files_->MakeDirectory(path);
  }
  absl::StatusOr<std::vector<std::string>> List(Slice path) override {
    return files_->List(path);
  }
  absl::StatusOr<env::FileStat> Stat(Slice path) override {
    return files_->Stat(path);
  }
  absl::Status SyncDirectory(Slice path) override {
    return Told(files_->SyncDirectory(path), hook_, FaultEvent::kDiskSync);
  }
  std::uint64_t FreeBytes() const override { return files_->FreeBytes(); }
  env::DeviceInfo Device() const override { return files_->Device(); }

 private:
  std::unique_ptr<env::FileSystem> files_;
  Hook hook_;
};

}  // namespace

std::unique_ptr<env::FileSystem> WatchFiles(
    std::unique_ptr<env::FileSystem> files, Hook hook) {
  return std::make_unique<WatchedFiles>(std::move(files), std::move(hook));
}

}  // namespace wringer::sim
