#include "sim/disk/durable_image.h"

#include <utility>

#include "absl/container/btree_map.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

std::vector<std::string> DurableImage::Files() const {
  std::vector<std::string> paths;
  for (const auto& [path, contents] : files_) paths.push_back(path);
  return paths;
}

absl::StatusOr<std::string> DurableImage::Read(Slice path) const {
  const PageTable* bytes = Find(path);
  if (bytes == nullptr) {
    return absl::NotFoundError(absl::StrCat("not in the image: ", path));
  }
  std::string out;
  bytes->Read(0, bytes->size(), &out);
  return out;
}

absl::StatusOr<std::uint64_t> DurableImage::Size(Slice path) const {
  const PageTable* bytes = Find(path);
  if (bytes == nullptr) {
    return absl::NotFoundError(absl::StrCat("not in the image: ", path));
  }
  return bytes->size();
}

std::uint64_t DurableImage::Digest() const {
  std::uint64_t digest = 0;
  for (const std::string& path : directories_) digest = Hash64(path, digest);
  std::string bytes;
  for (const auto& [path, contents] : files_) {
    digest = Hash64(path, digest);
    contents_[contents].Read(0, contents_[contents].size(), &bytes);
    digest = Hash64(bytes, digest);
  }
  return digest;
}

void DurableImage::AddDirectory(std::string path) {
  directories_.push_back(std::move(path));
}

std::size_t DurableImage::AddContents(PageTable bytes) {
  contents_.push_back(std::move(bytes));
  return contents_.size() - 1;
}

void DurableImage::AddFile(std::string path, std::size_t contents) {
  WR_CHECK(contents < contents_.size());
  files_.emplace(std::move(path), contents);
}

const PageTable* DurableImage::Find(Slice path) const {
  const auto found = files_.find(std::string(path));
  return found == files_.end() ? nullptr : &contents_[found->second];
}

// ---------------------------------------------------- taking and restoring

namespace {

// Walks one of the two trees, parents first, names sorted.
class ImageTaker {
 public:
  using ContentsFn = absl::FunctionRef<PageTable(const Inode&)>;

  ImageTaker(const FileTree& tree, bool synced, ContentsFn contents)
      : tree_(tree), synced_(synced), contents_(contents) {}

  DurableImage Take() {
    Walk(tree_.root(), "");
    return std::move(image_);
  }

 private:
  void Walk(const Inode& directory, const std::string& path) {
    const DirectoryEntries& entries =
        synced_ ? directory.durable_entries : directory.entries;
    for (const auto& [name, id] : entries) {
      const Inode& inode = *tree_.Find(id);
      std::string child = absl::StrCat(path, "/", name);
      if (inode.is_directory) {
        image_.AddDirectory(child);
        Walk(inode, child);
        continue;
      }
      auto [at, is_new] = numbers_.emplace(id, 0);
      if (is_new) at->second = image_.AddContents(contents_(inode));
      image_.AddFile(std::move(child), at->second);
    }
  }

  const FileTree& tree_;
  bool synced_;
  ContentsFn contents_;
  DurableImage image_;
  absl::btree_map<InodeId, std::size_t> numbers_;
};

}  // namespace

DurableImage SimDisk::TakeImage(bool synced) {
  Settle();
  const auto contents = [synced](const Inode& file) {
    PageTable bytes = file.bytes;
    if (synced) UndoAll(file, &bytes);
    return bytes;
  };
  return ImageTaker(tree_, synced, contents).Take();
}

DurableImage SimDisk::SyncedImage() { return TakeImage(true); }
DurableImage SimDisk::VisibleImage() { return TakeImage(false); }

bool SimDisk::IsSynced(Slice path, std::uint64_t offset, std::uint64_t n) {
  Settle();
  const absl::StatusOr<Inode*> found = tree_.Resolve(path);
  if (!found.ok() || (*found)->is_directory) return false;
  const Inode& file = **found;
  if (offset + n > file.durable_size) return false;
  for (const FileUnit& unit : file.units) {
    if (unit.is_write() && unit.offset < offset + n && unit.end() > offset) {
      return false;
    }
    if (unit.kind == FileUnit::Kind::kTruncate && unit.offset < offset + n) {
      return false;
    }
  }
  return DurablePathIs(path, file);
}

// Whether the durable tree, too, leads from `path` to this file, and no
// pending change of a name on the way could undo that.
bool SimDisk::DurablePathIs(Slice path, const Inode& file) const {
  const Inode* at = &tree_.root();
  while (!path.empty()) {
    while (!path.empty() && path.front() == '/') path.remove_prefix(1);
    if (path.empty()) break;
    const std::size_t n = std::min(path.find('/'), path.size());
    const std::string name(path.substr(0, n));
    path.remove_prefix(n);
    for (const NameUnit& unit : tree_.pending()) {
      if (unit.directory == at->id && unit.name == name) return false;
      if (unit.from_directory == at->id && unit.from_name == name) return false;
    }
    const auto found = at->durable_entries.find(name);
    if (found == at->durable_entries.end()) return false;
    at = tree_.Find(found->second);
  }
  return at == &file;
}

void SimDisk::Restore(const DurableImage& image) {
  tree_.set_on_free(nullptr, nullptr);
  tree_.pending().clear();
  tree_.root().durable_entries.clear();
  tree_.ShowDurable();
  tree_.set_on_free(&SimDisk::OnFree, this);
  for (const std::string& path : image.directories()) {
    const FileTree::Place place = tree_.ResolvePlace(path).value();
    Inode& inode = tree_.Create(true);
    inode.path = path;
    tree_.Add(*place.directory, place.name, inode, TakeSeq(1));
  }
  std::vector<Inode*> files(image.contents().size(), nullptr);
  for (const auto& [path, number] : image.files()) {
    const FileTree::Place place = tree_.ResolvePlace(path).value();
    if (files[number] == nullptr) {
      files[number] = &tree_.Create(false);
      files[number]->bytes = image.contents()[number];
      files[number]->path = path;
    }
    tree_.Add(*place.directory, place.name, *files[number], TakeSeq(1));
  }
  tree_.MakeAllDurable();
  StartMount();
}

}  // namespace wringer::sim
