#include "engine/storage/memory/table.h"

#include <utility>

#include "engine/base/check.h"

namespace wringer::storage::memory {

void Table::Consume(WriteBatch* batch, SequenceNumber seq) {
  WR_CHECK(!PinSees(seq));
  for (Write& write : batch->writes()) {
    switch (write.kind) {
      case Write::Kind::kPut:
        Put(write.key, &write.value, seq);
        break;
      case Write::Kind::kDelete:
        Delete(write.key, seq);
        break;
      case Write::Kind::kDeleteRange:
        DeleteRange(write.key, write.value, seq);
        break;
    }
  }
}

Node* Table::Find(Slice key) const {
  const auto it = by_key_.find(key);
  return it == by_key_.end() ? nullptr : it->second;
}

const std::string* Table::Get(Slice key) const {
  const Node* const node = Find(key);
  return node != nullptr && node->live ? &node->value : nullptr;
}

namespace {

// The value of `node` at `at`, or null.
const std::string* ValueAt(const Node& node, SequenceNumber at) {
  if (node.seq <= at) return node.live ? &node.value : nullptr;
  const Version* version = node.older.get();
  while (version != nullptr && version->seq > at)
    version = version->older.get();
  return version != nullptr && version->live ? &version->value : nullptr;
}

}  // namespace

const std::string* Table::GetAt(Slice key, SequenceNumber at) const {
  const Node* const node = Find(key);
  return node == nullptr ? nullptr : ValueAt(*node, at);
}

void Table::Put(Slice key, std::string* value, SequenceNumber seq) {
  Node* node = Find(key);
  const bool fresh = node == nullptr;
  if (fresh) {
    auto owned = std::make_unique<Node>(key);
    node = owned.get();
    by_key_.emplace(node->key, node);
    map_.emplace(node->key, std::move(owned));
    ++shape_;
  } else {
    Preserve(*node);
  }
  if (node->live) {
    live_bytes_ -= node->value.size();
  } else {
    ++keys_;
    live_bytes_ += key.size();
  }
  if (fresh) {
    node->value = *value;  // no longer than it must be
  } else {
    node->value.swap(*value);
  }
  node->seq = seq;
  node->live = true;
  live_bytes_ += node->value.size();
}

void Table::Delete(Slice key, SequenceNumber seq) {
  const auto it = map_.find(key);
  if (it != map_.end()) Bury(it, seq);
}

void Table::DeleteRange(Slice begin, Slice end, SequenceNumber seq) {
  auto it = map_.lower_bound(begin);
  while (it != map_.end() && it->first < end) it = Bury(it, seq);
}

Table::Map::iterator Table::Bury(Map::iterator it, SequenceNumber seq) {
  Node& node = *it->second;
  if (node.live) {
    --keys_;
    live_bytes_ -= node.key.size() + node.value.size();
  }
  Preserve(node);
  if (node.older == nullptr) {
    untidy_.erase(node.key);
    return Erase(it);
  }
  node.value.clear();
  node.live = false;
  node.seq = seq;
  return ++it;
}

Table::Map::iterator Table::Erase(Map::iterator it) {
  by_key_.erase(it->first);
  // The map's key lies in the node, which must outlive it.
  const std::unique_ptr<Node> node = std::move(it->second);
  ++shape_;
  return map_.erase(it);
}

void Table::Preserve(Node& node) {
  if (!PinSees(node.seq)) return;
  auto old = std::make_unique<Version>();
  old->seq = node.seq;
  old->live = node.live;
  old->value = node.value;
  old->older = std::move(node.older);
  node.older = std::move(old);
  ++old_versions_;
  untidy_.insert(node.key);
}

void Table::Unpin(SequenceNumber at) {
  const auto pin = pins_.find(at);
  WR_CHECK(pin != pins_.end());
  const bool was_oldest = pin == pins_.begin();
  if (--pin->second > 0) return;
  pins_.erase(pin);
  if (!was_oldest) return;
  // Without a pin nothing older than the newest is seen by anybody.
  const SequenceNumber oldest =
      pins_.empty() ? SequenceNumber{~std::uint64_t{0}} : pins_.begin()->first;
  const absl::btree_set<std::string> untidy = std::exchange(untidy_, {});
  for (const std::string& key : untidy) Trim(key, oldest);
}

// Drops the versions of `key` that no reader at or after `oldest` can see.
void Table::Trim(const std::string& key, SequenceNumber oldest) {
  const auto it = map_.find(key);
  if (it == map_.end()) return;
  Node& node = *it->second;
  std::unique_ptr<Version>* link = &node.older;
  SequenceNumber newer = node.seq;
  while (*link != nullptr && newer > oldest) {
    newer = (*link)->seq;
    link = &(*link)->older;
  }
  for (const Version* v = link->get(); v != nullptr; v = v->older.get()) {
    --old_versions_;
  }
  link->reset();
  if (node.older != nullptr) {
    untidy_.insert(key);
  } else if (!node.live) {
    Erase(it);
  }
}

void Table::Cursor::Seek(Slice target) {
  it_ = table_->map_.lower_bound(target);
  shape_ = table_->shape_;
  Settle();
}

void Table::Cursor::Next() {
  WR_CHECK(valid_);
  if (shape_ == table_->shape_) {
    ++it_;
  } else {
    it_ = table_->map_.upper_bound(key_);
    shape_ = table_->shape_;
  }
  Settle();
}

// Skips what is invisible at `at_` and copies what is not.
void Table::Cursor::Settle() {
  for (; it_ != table_->map_.end(); ++it_) {
    const std::string* value = ValueAt(*it_->second, at_);
    if (value == nullptr) continue;
    key_ = it_->second->key;
    value_ = *value;
    valid_ = true;
    return;
  }
  valid_ = false;
}

}  // namespace wringer::storage::memory
