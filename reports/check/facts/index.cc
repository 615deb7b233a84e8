#include "reports/check/facts/index.h"

#include <algorithm>
#include <tuple>

namespace wringer::reports {

HistoryIndex::HistoryIndex(const History& history) : history_(history) {
  const std::size_t key_count = history.key_count();
  begin_.assign(key_count + 1, 0);
  for (const Operation& op : history.ops()) ++begin_[op.key + 1];
  for (std::size_t k = 0; k < key_count; ++k) begin_[k + 1] += begin_[k];
  by_key_.resize(history.size());
  std::vector<std::uint32_t> next(begin_.begin(), begin_.end() - 1);
  for (OpIndex i = 0; i < history.size(); ++i) {
    by_key_[next[history.op(i).key]++] = i;
  }
  for (KeyId k = 0; k < key_count; ++k) {
    if (begin_[k + 1] > begin_[k]) keys_.push_back(k);
  }
  std::sort(keys_.begin(), keys_.end(), [this](KeyId a, KeyId b) {
    return std::tuple(OnKey(b).size(), a) < std::tuple(OnKey(a).size(), b);
  });
  IndexIds();
}

void HistoryIndex::IndexIds() {
  for (OpIndex i = 0; i < history_.size() && dense_; ++i) {
    dense_ = history_.op(i).op_id == history_.op(0).op_id + i;
  }
  if (dense_) return;
  by_id_.reserve(history_.size());
  for (OpIndex i = 0; i < history_.size(); ++i) {
    const bool added = by_id_.emplace(history_.op(i).op_id, i).second;
    ids_repeat_ = ids_repeat_ || !added;
  }
}

OpIndex HistoryIndex::ById(Tag id) const {
  if (!dense_) {
    const auto it = by_id_.find(id);
    return it == by_id_.end() ? kNoOp : it->second;
  }
  if (history_.size() == 0) return kNoOp;
  const Tag offset = id - history_.op(0).op_id;
  return offset < history_.size() ? static_cast<OpIndex>(offset) : kNoOp;
}

OpIndex HistoryIndex::WriterOf(KeyId key, Tag tag) const {
  if (tag == kInitialTag) return kNoOp;
  const OpIndex i = ById(tag);
  if (i == kNoOp) return kNoOp;
  const Operation& op = history_.op(i);
  return op.key == key && op.Writes() ? i : kNoOp;
}

}  // namespace wringer::reports
