#include "sim/disk/file_tree.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"

namespace wringer::sim {
namespace {

// Takes the first component off `*path`; empty at the end.
Slice NextComponent(Slice* path) {
  while (!path->empty() && path->front() == '/') path->remove_prefix(1);
  const std::size_t n = std::min(path->find('/'), path->size());
  const Slice component = path->substr(0, n);
  path->remove_prefix(n);
  return component;
}

absl::Status NotFound(Slice path) {
  return absl::NotFoundError(absl::StrCat("no such file: ", path));
}

}  // namespace

FileTree::FileTree() {
  inodes_.emplace_back();  // ids count from 1
  Inode& top = Create(true);
  top.names = top.durable_names = 1;
}

Inode* FileTree::Find(InodeId id) const {
  return id.value() < inodes_.size() ? inodes_[id.value()].get() : nullptr;
}

absl::StatusOr<Inode*> FileTree::Resolve(Slice path) const {
  if (path.empty() || path.front() != '/') {
    return absl::InvalidArgumentError(absl::StrCat("not absolute: ", path));
  }
  Inode* at = &root();
  Slice rest = path;
  for (Slice name = NextComponent(&rest); !name.empty();
       name = NextComponent(&rest)) {
    if (!at->is_directory) {
      return absl::InvalidArgumentError(
          absl::StrCat("a file is not a directory: ", path));
    }
    const auto found = at->entries.find(std::string(name));
    if (found == at->entries.end()) return NotFound(path);
    at = Find(found->second);
    WR_CHECK(at != nullptr);
  }
  return at;
}

absl::StatusOr<FileTree::Place> FileTree::ResolvePlace(Slice path) const {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == Slice::npos || slash + 1 == path.size()) {
    return absl::InvalidArgumentError(absl::StrCat("names no file: ", path));
  }
  Place place;
  WR_ASSIGN_OR_RETURN(place.directory,
                      Resolve(slash == 0 ? Slice("/") : path.substr(0, slash)));
  if (!place.directory->is_directory) {
    return absl::InvalidArgumentError(
        absl::StrCat("a file is not a directory: ", path));
  }
  place.name = std::string(path.substr(slash + 1));
  const auto found = place.directory->entries.find(place.name);
  if (found != place.directory->entries.end()) {
    place.target = Find(found->second);
  }
  return place;
}

bool FileTree::IsBelow(const Inode& directory, const Inode& inode) const {
  if (&directory == &inode) return true;
  if (!inode.is_directory) return false;
  for (const auto& [name, id] : inode.entries) {
    const Inode* child = Find(id);
    if (child->is_directory && IsBelow(directory, *child)) return true;
  }
  return false;
}

Inode& FileTree::Create(bool is_directory) {
  auto inode = std::make_unique<Inode>();
  inode->id = InodeId(static_cast<std::uint32_t>(inodes_.size()));
  inode->is_directory = is_directory;
  inodes_.push_back(std::move(inode));
  return *inodes_.back();
}

void FileTree::SetVisible(Inode& directory, const std::string& name,
                          Inode* inode) {
  const auto found = directory.entries.find(name);
  if (found != directory.entries.end()) {
    Inode* old = Find(found->second);
    directory.entries.erase(found);
    --old->names;
    Release(*old);
  }
  if (inode == nullptr) return;
  directory.entries.emplace(name, inode->id);
  ++inode->names;
  Charge(*inode);
}

void FileTree::Add(Inode& directory, Slice name, Inode& inode, UnitSeq seq) {
  NameUnit& unit = pending_.emplace_back();
  unit.seq = seq;
  unit.kind = NameUnit::Kind::kAdd;
  unit.inode = inode.id;
  unit.directory = directory.id;
  unit.name = std::string(name);
  ++inode.pending_names;
  SetVisible(directory, unit.name, &inode);
}

void FileTree::Remove(Inode& directory, Slice name, UnitSeq seq) {
  const std::string key(name);
  const auto found = directory.entries.find(key);
  WR_CHECK(found != directory.entries.end());
  NameUnit& unit = pending_.emplace_back();
  unit.seq = seq;
  unit.kind = NameUnit::Kind::kRemove;
  unit.inode = found->second;
  unit.directory = directory.id;
  unit.name = key;
  ++Find(unit.inode)->pending_names;
  SetVisible(directory, key, nullptr);
}

NameUnit& FileTree::Rename(const Place& from, const Place& to, UnitSeq seq) {
  NameUnit& unit = pending_.emplace_back();
  unit.seq = seq;
  unit.kind = NameUnit::Kind::kRename;
  unit.inode = from.target->id;
  unit.directory = to.directory->id;
  unit.name = to.name;
  unit.from_directory = from.directory->id;
  unit.from_name = from.name;
  ++from.target->pending_names;
  SetVisible(*to.directory, to.name, from.target);
  SetVisible(*from.directory, from.name, nullptr);
  return unit;
}

void FileTree::SetDurable(Inode& directory, const std::string& name,
                          InodeId inode) {
  EraseDurable(directory, name);
  directory.durable_entries.emplace(name, inode);
  ++Find(inode)->durable_names;
}

void FileTree::EraseDurable(Inode& directory, const std::string& name) {
  const auto found = directory.durable_entries.find(name);
  if (found == directory.durable_entries.end()) return;
  Inode* old = Find(found->second);
  directory.durable_entries.erase(found);
  --old->durable_names;
  Release(*old);
}

void FileTree::Apply(const NameUnit& unit) {
  // A directory that is gone takes its names with it.
  if (unit.kind == NameUnit::Kind::kRename) {
    Inode* from = Find(unit.from_directory);
    if (from != nullptr) EraseDurable(*from, unit.from_name);
  }
  Inode* directory = Find(unit.directory);
  if (directory == nullptr) return;
  if (unit.kind == NameUnit::Kind::kRemove) {
    EraseDurable(*directory, unit.name);
  } else {
    SetDurable(*directory, unit.name, unit.inode);
  }
}

void FileTree::MakeDurable(absl::FunctionRef<bool(NameUnit&)> is) {
  if (pending_.empty()) return;
  std::vector<NameUnit> rest;
  std::vector<NameUnit> all = std::move(pending_);
  pending_.clear();
  for (NameUnit& unit : all) {
    if (!is(unit)) {
      rest.push_back(std::move(unit));
      continue;
    }
    Apply(unit);
    Inode* inode = Find(unit.inode);
    --inode->pending_names;
    Release(*inode);
  }
  WR_CHECK(pending_.empty());
  pending_ = std::move(rest);
}

void FileTree::Mark(Inode& directory, std::vector<bool>* reached) const {
  (*reached)[directory.id.value()] = true;
  for (const auto& [name, id] : directory.durable_entries) {
    Inode* child = Find(id);
    if (child->is_directory && !(*reached)[id.value()]) Mark(*child, reached);
    (*reached)[id.value()] = true;
  }
}

void FileTree::ShowDurable() {
  pending_.clear();
  std::vector<bool> reached(inodes_.size(), false);
  Mark(root(), &reached);
  for (std::size_t i = 1; i < inodes_.size(); ++i) {
    if (inodes_[i] && !reached[i]) Free(*inodes_[i]);
  }
  for (const auto& inode : inodes_) {
    if (!inode) continue;
    inode->entries = inode->durable_entries;
    inode->names = inode->durable_names = inode.get() == &root() ? 1 : 0;
    inode->pending_names = inode->opens = 0;
  }
  for (const auto& inode : inodes_) {
    if (!inode) continue;
    for (const auto& [name, id] : inode->entries) {
      ++Find(id)->names;
      ++Find(id)->durable_names;
    }
  }
  for (const auto& inode : inodes_) {
    if (inode) Charge(*inode);
  }
}

void FileTree::MakeAllDurable() {
  MakeDurable([](NameUnit&) { return true; });
}

void FileTree::Open(Inode& inode) { ++inode.opens; }

void FileTree::Close(Inode& inode) {
  WR_CHECK(inode.opens > 0);
  --inode.opens;
  Release(inode);
}

void FileTree::Release(Inode& inode) {
  Charge(inode);
  if (inode.names > 0 || inode.durable_names > 0) return;
  if (inode.pending_names > 0 || inode.opens > 0) return;
  Free(inode);
}

void FileTree::Free(Inode& inode) {
  if (on_free_ != nullptr) on_free_(on_free_object_, inode);
  used_pages_ -= inode.charged_pages;
  // Out of the table first: its children may be released meanwhile.
  const std::unique_ptr<Inode> gone = std::move(inodes_[inode.id.value()]);
  for (const auto& [name, id] : gone->durable_entries) {
    Inode* child = Find(id);
    if (child == nullptr || child->durable_names == 0) continue;
    --child->durable_names;
    Release(*child);
  }
}

void FileTree::Charge(Inode& inode) {
  const bool visible = inode.names > 0 || inode.opens > 0;
  const std::uint64_t pages =
      visible ? PagesFor(std::max(inode.bytes.size(), inode.reserved)) : 0;
  used_pages_ += pages - inode.charged_pages;
  inode.charged_pages = pages;
}

}  // namespace wringer::sim
