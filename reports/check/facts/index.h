// Two look-ups every checker needs: operations by key, and writes by tag.
#ifndef WR_REPORTS_CHECK_FACTS_INDEX_H_
#define WR_REPORTS_CHECK_FACTS_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "reports/history/history.h"

namespace wringer::reports {

using OpSpan = absl::Span<const OpIndex>;

class HistoryIndex {
 public:
  // `history` must outlive the index and not grow.
  explicit HistoryIndex(const History& history);

  const History& history() const { return history_; }

  // Operations on the key, in the order of the history.
  OpSpan OnKey(KeyId key) const {
    return OpSpan(by_key_).subspan(begin_[key], begin_[key + 1] - begin_[key]);
  }
  // Keys with at least one operation, the one with the most first.
  const std::vector<KeyId>& keys() const { return keys_; }

  // The operation of that id, or kNoOp.
  OpIndex ById(Tag id) const;
  // The operation that made version `tag` of `key`: a write of that key that
  // did not certainly fail. kNoOp if none did; also for kInitialTag.
  OpIndex WriterOf(KeyId key, Tag tag) const;
  // Two operations share an id: the history breaks its contract, and tags do
  // not tell versions apart.
  bool ids_repeat() const { return ids_repeat_; }

 private:
  void IndexIds();

  const History& history_;
  std::vector<OpIndex> by_key_;
  std::vector<std::uint32_t> begin_;
  std::vector<KeyId> keys_;
  bool dense_ = true;  // ids are consecutive: no map needed
  bool ids_repeat_ = false;
  absl::flat_hash_map<Tag, OpIndex> by_id_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_FACTS_INDEX_H_
