// How one node's engine is divided: system records first, then user data.
//
//   \0 c                    the applied cursor
//   \0 h owner(4, BE) key   a hint: a versioned value kept for another owner
//   \0 m                    payload of the last kConfig entry executed
//   \0 s client(8, BE)      a session record (engine/session)
//   \1 key                  user data
//
// The cursor sorts first, which lets a replica snapshot be written in order.
#ifndef WR_ENGINE_NODE_KEYSPACE_H_
#define WR_ENGINE_NODE_KEYSPACE_H_

#include <string>

#include "engine/base/slice.h"
#include "engine/base/types.h"

namespace wringer::node {

inline constexpr char kCursorKeyBytes[] = {'\0', 'c'};
inline constexpr Slice kCursorKey(kCursorKeyBytes, 2);
inline constexpr char kConfigKeyBytes[] = {'\0', 'm'};
inline constexpr Slice kConfigKey(kConfigKeyBytes, 2);
inline constexpr char kHintPrefixBytes[] = {'\0', 'h'};
inline constexpr Slice kHintPrefix(kHintPrefixBytes, 2);
inline constexpr char kDataPrefix = '\1';

inline void MakeDataKey(Slice key, std::string* out) {
  out->assign(1, kDataPrefix);
  out->append(key.data(), key.size());
}

// `key` may be empty: the prefix of all hints kept for `owner`.
inline void MakeHintKey(NodeId owner, Slice key, std::string* out) {
  out->assign(kHintPrefix.data(), kHintPrefix.size());
  for (int shift = 24; shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(owner.value() >> shift));
  }
  out->append(key.data(), key.size());
}

inline bool IsHintKey(Slice stored_key) {
  return stored_key.substr(0, kHintPrefix.size()) == kHintPrefix;
}

// For whom a hint is kept. REQUIRES: IsHintKey.
inline NodeId OwnerOfHint(Slice stored_key) {
  std::uint32_t owner = 0;
  for (std::size_t i = 0; i < sizeof owner; ++i) {
    const char byte = stored_key[kHintPrefix.size() + i];
    owner = owner << 8 | static_cast<unsigned char>(byte);
  }
  return NodeId(owner);
}

// What the owner calls it. REQUIRES: IsHintKey.
inline Slice KeyOfHint(Slice stored_key) {
  return stored_key.substr(kHintPrefix.size() + sizeof(std::uint32_t));
}

inline bool IsDataKey(Slice stored_key) {
  return !stored_key.empty() && stored_key[0] == kDataPrefix;
}

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_KEYSPACE_H_
