// Which node has an id: two loads, and a kilobyte for ids up to n999, m*, c*.
#ifndef WR_SIM_CORE_NODE_TABLE_H_
#define WR_SIM_CORE_NODE_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/types.h"

namespace wringer::sim {

class NodeRuntime;

class NodeTable {
 public:
  static constexpr std::uint32_t kNodeIdMax = 1u << 20;

  // Null if there is none.
  NodeRuntime* Find(NodeId id) const {
    const std::size_t page = id.value() / kPage;
    if (page >= pages_.size() || pages_[page] == nullptr) return nullptr;
    return (*pages_[page])[id.value() % kPage];
  }

  // REQUIRES: a real id that is free (or, to remove, null).
  void Set(NodeId id, NodeRuntime* node) {
    WR_CHECK(id != kNoNode);
    WR_CHECK(id.value() < kNodeIdMax);
    const std::size_t page = id.value() / kPage;
    if (page >= pages_.size()) pages_.resize(page + 1);
    if (pages_[page] == nullptr) pages_[page] = std::make_unique<Page>();
    NodeRuntime*& entry = (*pages_[page])[id.value() % kPage];
    WR_CHECK((entry == nullptr) != (node == nullptr));
    entry = node;
  }

  // By ascending id.
  std::vector<NodeRuntime*> All() const {
    std::vector<NodeRuntime*> all;
    for (const std::unique_ptr<Page>& page : pages_) {
      if (page == nullptr) continue;
      for (NodeRuntime* node : *page) {
        if (node != nullptr) all.push_back(node);
      }
    }
    return all;
  }

 private:
  static constexpr std::uint32_t kPage = 64;
  using Page = std::array<NodeRuntime*, kPage>;
  std::vector<std::unique_ptr<Page>> pages_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_NODE_TABLE_H_
