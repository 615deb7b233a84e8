#include "sim/oracle/leaderless/store_mirror.h"

#include <algorithm>
#include <optional>

namespace wringer::sim {

using replication::StoreSpace;
using replication::Version;

StoreMirror::Store& StoreMirror::At(NodeId node) {
  if (node.value() >= stores_.size()) stores_.resize(node.value() + 1);
  return stores_[node.value()];
}

StoreMirror::KeyState& StoreMirror::Key(Slice key) {
  const auto at = keys_.find(key);
  if (at != keys_.end()) return at->second;
  KeyState& state = keys_[std::string(key)];
  state.owners = owners_of_(key);
  return state;
}

void StoreMirror::OnBoot(NodeId node, Incarnation) {
  Items gone;
  gone.swap(At(node).items);
  At(node).hints.clear();
  for (const auto& [key, held] : gone) Compare(key);
}

void StoreMirror::OnStoreChanged(const node::StoreChanged& change) {
  Store& store = At(change.node);
  std::string key(change.key);
  if (change.space == StoreSpace::kHint) {
    HintKey place(change.owner, std::move(key));
    if (change.held == nullptr) {
      store.hints.erase(place);
    } else {
      store.hints[std::move(place)] = change.held->version;
    }
    return;
  }
  if (change.held == nullptr) {
    store.items.erase(key);
  } else {
    store.items[std::move(key)] = {change.held->version,
                                   change.held->tombstone};
  }
  Compare(change.key);
}

void StoreMirror::Compare(Slice key) {
  KeyState& state = Key(key);
  const auto version_at = [&](NodeId node) {
    const Held* held = Find(node, key);
    return held == nullptr ? Version{} : held->version;
  };
  const Version first = version_at(state.owners.front());
  const bool apart =
      std::any_of(state.owners.begin(), state.owners.end(),
                  [&](NodeId node) { return version_at(node) != first; });
  if (apart && !state.apart) ++apart_;
  if (!apart && state.apart) --apart_;
  state.apart = apart;
}

const StoreMirror::Held* StoreMirror::Find(NodeId node, Slice key) const {
  if (node.value() >= stores_.size()) return nullptr;
  const Items& items = stores_[node.value()].items;
  const auto at = items.find(key);
  return at == items.end() ? nullptr : &at->second;
}

bool StoreMirror::Delivered(const Store& store,
                            const std::set<NodeId>* owners) const {
  for (const auto& [key, version] : store.hints) {
    if (owners != nullptr && !owners->contains(key.first)) continue;
    const Held* held = Find(key.first, key.second);
    if (held == nullptr || held->version < version) return false;
  }
  return true;
}

bool StoreMirror::HintsDelivered() const {
  return std::all_of(stores_.begin(), stores_.end(),
                     [this](const Store& s) { return Delivered(s, nullptr); });
}

bool StoreMirror::AgreeAmong(const std::set<NodeId>& nodes) const {
  for (const auto& [key, state] : keys_) {
    std::optional<Version> first;
    for (const NodeId owner : state.owners) {
      if (!nodes.contains(owner)) continue;
      const Held* held = Find(owner, key);
      const Version version = held == nullptr ? Version{} : held->version;
      if (version != first.value_or(version)) return false;
      first = version;
    }
  }
  return std::all_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    return node.value() >= stores_.size() ||
           Delivered(stores_[node.value()], &nodes);
  });
}

}  // namespace wringer::sim
