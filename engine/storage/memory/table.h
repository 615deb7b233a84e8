// The ordered map of the memory engine, with points in time to read from.
//
// Every key holds its newest value in place, so that a read of now is one
// look-up in a hash index; the order serves iterators. Older versions are kept,
// newest first, only while some pinned point in time can see them; without pins
// the table is just a map. Pure: it never yields.
#ifndef WR_ENGINE_STORAGE_MEMORY_TABLE_H_
#define WR_ENGINE_STORAGE_MEMORY_TABLE_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/storage/write_batch.h"

namespace wringer::storage::memory {

// One version of a key; `older` ones were newest before it.
struct Version {
  SequenceNumber seq;
  bool live = false;
  std::string value;
  std::unique_ptr<Version> older;
};
struct Node {
  explicit Node(Slice k) : key(k.data(), k.size()) {}

  const std::string key;
  std::string value;
  std::unique_ptr<Version> older;
  SequenceNumber seq;
  bool live = false;  // false: a tombstone some pin sees past
};

class Table {
 public:
  Table() = default;
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // REQUIRES: seq grows from call to call, and is above every pin.
  void Apply(const WriteBatch& batch, SequenceNumber seq) {
    WriteBatch copy = batch;
    Consume(&copy, seq);
  }
  // The same; exchanges the values put for those that were there.
  void Consume(WriteBatch* batch, SequenceNumber seq);

  // The newest value, or null.
  const std::string* Get(Slice key) const;
  // The value at `at`, or null. REQUIRES: `at` is pinned, or nothing newer has
  // been applied.
  const std::string* GetAt(Slice key, SequenceNumber at) const;

  // Keeps what a reader at `at` can see. REQUIRES: nothing newer was applied.
  void Pin(SequenceNumber at) { ++pins_[at]; }
  // REQUIRES: pinned.
  void Unpin(SequenceNumber at);

  std::uint64_t keys() const { return keys_; }
  std::uint64_t live_bytes() const { return live_bytes_; }
  // Versions kept for pins beside the newest ones; for tests.
  std::uint64_t old_versions() const { return old_versions_; }

  // Walks the keys visible at one point in time. Survives any change of the
  // table; REQUIRES: as GetAt.
  class Cursor {
   public:
    Cursor(const Table* table, SequenceNumber at) : table_(table), at_(at) {}
    void Seek(Slice target);
    void Next();
    bool valid() const { return valid_; }
    const std::string& key() const { return key_; }
    const std::string& value() const { return value_; }

   private:
    void Settle();

    const Table* table_;
    SequenceNumber at_;
    bool valid_ = false;
    // Copies: the table may change between two steps.
    std::string key_;
    std::string value_;
    // Position in the table, good while its shape is `shape_`.
    absl::btree_map<Slice, std::unique_ptr<Node>>::const_iterator it_;
    std::uint64_t shape_ = 0;
  };

 private:
  friend class Cursor;

  void Put(Slice key, std::string* value, SequenceNumber seq);
  void Delete(Slice key, SequenceNumber seq);
  void DeleteRange(Slice begin, Slice end, SequenceNumber seq);
  // Of keys that lie in their nodes.
  using Map = absl::btree_map<Slice, std::unique_ptr<Node>>;
  // Removes the newest value; returns the iterator behind.
  Map::iterator Bury(Map::iterator it, SequenceNumber seq);
  Map::iterator Erase(Map::iterator it);
  // Null if there is none.
  Node* Find(Slice key) const;
  // Moves the newest version into the chain if a pin can see it.
  void Preserve(Node& node);
  void Trim(const std::string& key, SequenceNumber oldest);
  bool PinSees(SequenceNumber seq) const {
    return !pins_.empty() && pins_.rbegin()->first >= seq;
  }

  Map map_;
  absl::flat_hash_map<Slice, Node*> by_key_;  // look-up only
  absl::btree_map<SequenceNumber, std::uint64_t> pins_;
  // Keys with versions or tombstones to trim when pins go.
  absl::btree_set<std::string> untidy_;
  std::uint64_t shape_ = 0;  // grows when iterators become invalid
  std::uint64_t keys_ = 0;
  std::uint64_t live_bytes_ = 0;
  std::uint64_t old_versions_ = 0;
};

}  // namespace wringer::storage::memory

#endif  // WR_ENGINE_STORAGE_MEMORY_TABLE_H_
