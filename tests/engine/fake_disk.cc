#include "tests/engine/fake_disk.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"

namespace wringer::testing {
namespace {

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

}  // namespace

class FakeFile : public env::File {
 public:
  FakeFile(FakeDisk* disk, std::string path,
           std::shared_ptr<FakeDisk::Inode> inode)
      : disk_(disk), path_(std::move(path)), inode_(std::move(inode)) {}

  absl::Status ReadAt(std::uint64_t offset, std::size_t n,
                      std::string* out) override {
    out->clear();
    WR_RETURN_IF_ERROR(disk_->Begin(FakeDisk::Op::kRead, path_));
    if (offset < inode_->live.size()) *out = inode_->live.substr(offset, n);
    return absl::OkStatus();
  }
  absl::Status WriteAt(std::uint64_t offset, Slice bytes) override {
    WR_RETURN_IF_ERROR(disk_->Begin(FakeDisk::Op::kWrite, path_));
    return disk_->Write(inode_.get(), offset, bytes);
  }
  absl::Status Truncate(std::uint64_t size) override {
    WR_RETURN_IF_ERROR(disk_->Begin(FakeDisk::Op::kTruncate, path_));
    FakeDisk::Resize(inode_.get(), size);
    return absl::OkStatus();
  }
  absl::Status Allocate(std::uint64_t) override { return absl::OkStatus(); }
  absl::Status Sync() override { return DataSync(); }
  absl::Status DataSync() override {
    const absl::Status begun = disk_->Begin(FakeDisk::Op::kSync, path_);
    if (!begun.ok()) {
      // The pages are marked clean although they were not written.
      if (!disk_->frozen()) inode_->units.clear();
      return begun;
    }
    ++disk_->syncs_;
    FakeDisk::SyncInode(inode_.get());
    return absl::OkStatus();
  }
  std::uint64_t Size() const override { return inode_->live.size(); }
  void Advise(env::Advice) override {}

 private:
  FakeDisk* const disk_;
  const std::string path_;
  const std::shared_ptr<FakeDisk::Inode> inode_;
};

FakeDisk::FakeDisk() {
  auto root = std::make_shared<Inode>();
  root->is_directory = true;
  live_["/"] = durable_["/"] = root;
}

std::unique_ptr<FakeDisk> FakeDisk::Clone() const {
  auto copy = std::make_unique<FakeDisk>();
  std::map<const Inode*, std::shared_ptr<Inode>> twins;
  auto twin = [&twins](const std::shared_ptr<Inode>& inode) {
    auto& t = twins[inode.get()];
    if (t == nullptr) t = std::make_shared<Inode>(*inode);
    return t;
  };
  copy->live_.clear();
  copy->durable_.clear();
  for (const auto& [name, inode] : live_) copy->live_[name] = twin(inode);
  for (const auto& [name, inode] : durable_) copy->durable_[name] = twin(inode);
  for (const NameUnit& unit : name_units_) {
    copy->name_units_.push_back(
        {unit.from, unit.to, unit.inode ? twin(unit.inode) : nullptr});
  }
  copy->hook_ = hook_;
  copy->device_ = device_;
  copy->capacity_ = capacity_;
  copy->freeze_at_ = freeze_at_;
  copy->mutations_ = mutations_;
  copy->syncs_ = syncs_;
  return copy;
}

void FakeDisk::Crash(const Keep& keep) {
  for (const NameUnit& unit : name_units_) {
    if (keep()) ApplyName(unit, &durable_);
  }
  name_units_.clear();
  // A file whose directory never became durable is unreachable.
  for (auto it = durable_.begin(); it != durable_.end();) {
    it = durable_.count(ParentOf(it->first)) == 0 ? durable_.erase(it) : ++it;
  }
  for (auto& [name, inode] : durable_) {
    for (const Unit& unit : inode->units) {
      if (keep()) Apply(unit, &inode->durable);
    }
    inode->units.clear();
    inode->live = inode->durable;
  }
  live_ = durable_;
  freeze_at_ = std::numeric_limits<std::uint64_t>::max();
}

std::size_t FakeDisk::unsynced_units() const {
  std::size_t n = name_units_.size();
  for (const auto& [name, inode] : live_) n += inode->units.size();
  return n;
}

std::vector<std::string> FakeDisk::Files() const {
  std::vector<std::string> files;
  for (const auto& [name, inode] : live_) {
    if (!inode->is_directory) files.push_back(name);
  }
  return files;
}

std::string FakeDisk::Contents(const std::string& path) const {
  const Inode* inode = Find(path);
  return inode == nullptr ? std::string() : inode->live;
}

void FakeDisk::SetContents(const std::string& path, const std::string& bytes) {
  auto inode = std::make_shared<Inode>();
  inode->live = inode->durable = bytes;
  live_[path] = durable_[path] = inode;
}

void FakeDisk::Erase(const std::string& path) {
  live_.erase(path);
  durable_.erase(path);
}

absl::StatusOr<std::unique_ptr<env::File>> FakeDisk::Open(
    Slice path, const env::OpenOptions& options) {
  const std::string name(path.data(), path.size());
  auto it = live_.find(name);
  if (it != live_.end() && options.create && options.exclusive) {
    return absl::AlreadyExistsError(name);
  }
  if (it == live_.end()) {
    if (!options.create) return absl::NotFoundError(name);
    if (Find(ParentOf(name)) == nullptr) return absl::NotFoundError(name);
    WR_RETURN_IF_ERROR(Begin(Op::kCreate, name));
    auto inode = std::make_shared<Inode>();
    name_units_.push_back({{}, name, inode});
    it = live_.emplace(name, inode).first;
  } else if (options.truncate) {
    WR_RETURN_IF_ERROR(Begin(Op::kTruncate, name));
    Resize(it->second.get(), 0);
  }
  return std::unique_ptr<env::File>(new FakeFile(this, name, it->second));
}

absl::Status FakeDisk::Remove(Slice path) {
  const std::string name(path.data(), path.size());
  if (Find(name) == nullptr) return absl::NotFoundError(name);
  WR_RETURN_IF_ERROR(Begin(Op::kRemove, name));
  name_units_.push_back({name, {}, nullptr});
  live_.erase(name);
  return absl::OkStatus();
}

absl::Status FakeDisk::Rename(Slice from, Slice to) {
  const NameUnit unit{std::string(from.data(), from.size()),
                      std::string(to.data(), to.size()),
                      live_.count(std::string(from.data(), from.size())) > 0
                          ? live_[std::string(from.data(), from.size())]
                          : nullptr};
  if (unit.inode == nullptr) return absl::NotFoundError(unit.from);
  WR_RETURN_IF_ERROR(Begin(Op::kRename, unit.to));
  name_units_.push_back(unit);
  ApplyName(unit, &live_);
  return absl::OkStatus();
}

absl::Status FakeDisk::Link(Slice, Slice) {
  return absl::UnimplementedError("link");
}

absl::Status FakeDisk::MakeDirectory(Slice path) {
  const std::string name(path.data(), path.size());
  if (Find(name) != nullptr) return absl::AlreadyExistsError(name);
  WR_RETURN_IF_ERROR(Begin(Op::kMakeDirectory, name));
  auto inode = std::make_shared<Inode>();
  inode->is_directory = true;
  name_units_.push_back({{}, name, inode});
  live_[name] = inode;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> FakeDisk::List(Slice path) {
  const std::string name(path.data(), path.size());
  WR_RETURN_IF_ERROR(Begin(Op::kRead, name));
  if (Find(name) == nullptr) return absl::NotFoundError(name);
  std::vector<std::string> out;
  for (const auto& [file, inode] : live_) {
    if (file != name && ParentOf(file) == name) {
      out.push_back(file.substr(file.rfind('/') + 1));
    }
  }
  return out;
}

absl::StatusOr<env::FileStat> FakeDisk::Stat(Slice path) {
  const std::string name(path.data(), path.size());
  WR_RETURN_IF_ERROR(Begin(Op::kRead, name));
  const Inode* inode = Find(name);
  if (inode == nullptr) return absl::NotFoundError(name);
  return env::FileStat{inode->live.size(), inode->is_directory};
}

absl::Status FakeDisk::SyncDirectory(Slice path) {
  const std::string name(path.data(), path.size());
  if (Find(name) == nullptr) return absl::NotFoundError(name);
  WR_RETURN_IF_ERROR(Begin(Op::kSyncDirectory, name));
  ++syncs_;
  std::vector<NameUnit> rest;
  for (const NameUnit& unit : name_units_) {
    const std::string& any = unit.to.empty() ? unit.from : unit.to;
    if (ParentOf(any) == name) {
      ApplyName(unit, &durable_);
    } else {
      rest.push_back(unit);
    }
  }
  name_units_ = std::move(rest);
  return absl::OkStatus();
}

std::uint64_t FakeDisk::FreeBytes() const {
  const std::uint64_t used = UsedBytes();
  return used > capacity_ ? 0 : capacity_ - used;
}

absl::Status FakeDisk::Begin(Op op, const std::string& path) {
  if (frozen()) return absl::UnavailableError("frozen");
  if (hook_ != nullptr) WR_RETURN_IF_ERROR(hook_(op, path));
  if (op != Op::kRead) ++mutations_;
  return absl::OkStatus();
}

absl::Status FakeDisk::Write(Inode* inode, std::uint64_t offset, Slice bytes) {
  const std::uint64_t end = offset + bytes.size();
  if (end > inode->live.size()) {
    const std::uint64_t growth = end - inode->live.size();
    if (growth > FreeBytes()) {
      // A short write: whatever still fits.
      const std::uint64_t fits = bytes.size() > growth - FreeBytes()
                                     ? bytes.size() - (growth - FreeBytes())
                                     : 0;
      if (fits > 0)
        WR_RETURN_IF_ERROR(Write(inode, offset, bytes.substr(0, fits)));
      return absl::ResourceExhaustedError("disk full");
    }
    Resize(inode, end);
  }
  inode->live.replace(offset, bytes.size(), bytes.data(), bytes.size());
  for (std::uint64_t s = offset / kSector; s * kSector < end; ++s) {
    inode->units.push_back(
        {false, s * kSector, inode->live.substr(s * kSector, kSector)});
  }
  return absl::OkStatus();
}

void FakeDisk::Resize(Inode* inode, std::uint64_t size) {
  inode->live.resize(size, '\0');
  inode->units.push_back({true, size, {}});
}

// A sector beyond the size that persisted is not visible.
void FakeDisk::Apply(const Unit& unit, std::string* bytes) {
  if (unit.is_size) {
    bytes->resize(unit.at, '\0');
  } else if (unit.at < bytes->size()) {
    const std::uint64_t n =
        std::min<std::uint64_t>(unit.bytes.size(), bytes->size() - unit.at);
    bytes->replace(unit.at, n, unit.bytes, 0, n);
  }
}

void FakeDisk::SyncInode(Inode* inode) {
  // Not `durable = live`: pages dropped by a failed sync stay unwritten.
  for (const Unit& unit : inode->units) Apply(unit, &inode->durable);
  inode->units.clear();
}

void FakeDisk::ApplyName(const NameUnit& unit, Names* names) {
  if (!unit.from.empty()) names->erase(unit.from);
  if (!unit.to.empty()) (*names)[unit.to] = unit.inode;
}

std::uint64_t FakeDisk::UsedBytes() const {
  std::uint64_t used = 0;
  for (const auto& [name, inode] : live_) used += inode->live.size();
  return used;
}

FakeDisk::Inode* FakeDisk::Find(const std::string& path) const {
  const auto it = live_.find(path);
  return it == live_.end() ? nullptr : it->second.get();
}

}  // namespace wringer::testing
