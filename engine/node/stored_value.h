// The bytes kept under a user key.
//
// Log models: flags u8 (1 = tombstone) · tag varint · term varint · index
// varint · value to the end. A deletion stores a tombstone with its tag, so
// that a read that finds nothing can still name the operation that removed the
// value. Tombstones of log models are never collected: each costs its key and
// about ten bytes.
//
// Leaderless models: flags u8 · time varint · node varint · op varint · value.
// Their tombstones are collected when the model says so.
#ifndef WR_ENGINE_NODE_STORED_VALUE_H_
#define WR_ENGINE_NODE_STORED_VALUE_H_

#include <cstdint>
#include <string>

#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/replication/replicator.h"

namespace wringer::node {

struct StoredValue {
  bool tombstone = false;
  OpId tag;
  LogPosition position;
  Slice value;  // a view into what was decoded
};

void EncodeStored(const StoredValue& stored, std::string* out);
bool DecodeStored(Slice bytes, StoredValue* stored);

void EncodeVersioned(const replication::Versioned& v, std::string* out);
bool DecodeVersioned(Slice bytes, replication::Versioned* v);

void EncodeCursor(LogPosition applied, std::string* out);
bool DecodeCursor(Slice bytes, LogPosition* applied);

// A digest of a set of (key, stored bytes) that does not depend on the order
// in which they came, kept up to date as they change.
class StateDigest {
 public:
  void Add(Slice key, Slice stored) { sum_ += Item(key, stored); }
  void Remove(Slice key, Slice stored) { sum_ -= Item(key, stored); }
  // Removes the one and adds the other.
  void Replace(Slice key, Slice former, Slice stored) {
    const std::uint64_t hash = Hash64(key);
    sum_ += Item(hash, stored) - Item(hash, former);
  }
  // Adds what another digest, of changes, has gathered.
  void Merge(const StateDigest& changes) { sum_ += changes.sum_; }
  void Clear() { sum_ = 0; }
  std::uint64_t value() const { return sum_; }

 private:
  static std::uint64_t Item(Slice key, Slice stored) {
    return Item(Hash64(key), stored);
  }
  static std::uint64_t Item(std::uint64_t key_hash, Slice stored) {
    return Mix64(Hash64(stored, key_hash));
  }
  std::uint64_t sum_ = 0;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_STORED_VALUE_H_
