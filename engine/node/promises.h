// The one place where promises wait for what they promise to be durable.
//
// An output is held at the first part of its promise that does not hold yet
// (written, then log, meta, merge) and moves on to the next when that one does.
// Outputs held at one part leave in the order of what they wait for, and in
// the order of arrival among equals.
#ifndef WR_ENGINE_NODE_PROMISES_H_
#define WR_ENGINE_NODE_PROMISES_H_

#include <algorithm>
#include <deque>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/btree_set.h"
#include "engine/base/types.h"
#include "engine/log_store/log_store.h"
#include "engine/replication/replicator.h"

namespace wringer::node {

class Promises {
 public:
  using Output = std::variant<replication::Send, replication::Reply>;
  using Outputs = std::vector<Output>;

  // `log` says what is durable; it must outlive this.
  explicit Promises(const log_store::LogStore* log) : log_(log) {}

  enum class Fate { kLeave, kHeld, kBroken };
  // kLeave: the promise holds, `output` is the caller's to let go. kBroken:
  // the entry it names is gone; the caller drops it. Else it was moved away.
  Fate Offer(Output& output);
  // The same in two steps, for an output that mostly leaves as it is.
  Fate Judge(const replication::Promise& promise) const;
  // REQUIRES: judged kHeld, just now.
  void Hold(Output output);

  // True if something waits only for the page cache.
  bool waits_for_writes() const { return !by_written_.empty(); }
  // What became durable may leave now; what was found broken is dropped.
  void Release(Outputs* leaving, Outputs* broken);
  // The log loses every entry after `after`. Call before submitting that.
  void OnTruncated(LogIndex after, Outputs* broken);

  // A merge counts as outstanding from here to OnMerged.
  void OnMergeStarted(replication::StoreOp op) { merging_.insert(op); }
  void OnMerged(replication::StoreOp op) { merging_.erase(op); }
  void OnMergeFailed(replication::StoreOp op, Outputs* broken);

  // Nothing more will become durable.
  void DropAll(Outputs* broken);
  std::size_t held() const {
    return by_written_.size() + by_log_.size() + by_meta_.size() +
           by_merge_.size();
  }

 private:
  template <typename Key>
  using Queue = std::deque<std::pair<Key, Output>>;

  // The first part of a promise that does not hold.
  enum class Wait { kNone, kWritten, kLog, kMeta, kMerge, kBroken };
  Wait WaitOf(const replication::Promise& promise) const;
  // Whether the log, which has come as far as `reached`, keeps `position`.
  bool LogHolds(LogPosition position, LogPosition reached, bool* broken) const;
  static const replication::Promise& PromiseOf(const Output& output);

  const log_store::LogStore* log_;
  Queue<LogIndex> by_written_;
  Queue<LogIndex> by_log_;
  Queue<MetaVersion> by_meta_;
  std::deque<Output> by_merge_;
  absl::btree_set<replication::StoreOp> merging_;
  Outputs ready_;  // kept for its capacity
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_PROMISES_H_
