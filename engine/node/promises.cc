#include "engine/node/promises.h"

#include "engine/base/check.h"

namespace wringer::node {
namespace {

using replication::Promise;

// Keeps `queue` ascending, equals in order of arrival. Promises mostly come in
// ascending order, so the place is nearly always the end.
template <typename Key>
void InsertOrdered(std::deque<std::pair<Key, Promises::Output>>& queue, Key key,
                   Promises::Output&& output) {
  auto place = queue.end();
  while (place != queue.begin() && std::prev(place)->first > key) --place;
  queue.emplace(place, key, std::move(output));
}

}  // namespace

const Promise& Promises::PromiseOf(const Output& output) {
  return std::visit([](const auto& o) -> const Promise& { return o.promise; },
                    output);
}

bool Promises::LogHolds(LogPosition position, LogPosition reached,
                        bool* broken) const {
  *broken = false;
  if (position.index.value() == 0) return true;
  // What a checkpoint or snapshot covers is durable whatever its term was.
  if (position.index <= log_->base().index) return true;
  if (log_->TermAt(position.index) != position.term) {
    *broken = true;
    return false;
  }
  return reached.index >= position.index;
}

Promises::Wait Promises::WaitOf(const Promise& promise) const {
  bool broken = false;
  if (!LogHolds(promise.written, log_->written(), &broken)) {
    return broken ? Wait::kBroken : Wait::kWritten;
  }
  if (!LogHolds(promise.log, log_->durable().log, &broken)) {
    return broken ? Wait::kBroken : Wait::kLog;
  }
  if (promise.meta > log_->durable().meta) return Wait::kMeta;
  return merging_.contains(promise.merge) ? Wait::kMerge : Wait::kNone;
}

Promises::Fate Promises::Judge(const Promise& promise) const {
  if (promise.empty()) return Fate::kLeave;
  switch (WaitOf(promise)) {
    case Wait::kNone:
      return Fate::kLeave;
    case Wait::kBroken:
      return Fate::kBroken;
    default:
      return Fate::kHeld;
  }
}

void Promises::Hold(Output output) {
  const Promise& promise = PromiseOf(output);
  switch (WaitOf(promise)) {
    case Wait::kWritten:
      return InsertOrdered(by_written_, promise.written.index,
                           std::move(output));
    case Wait::kLog:
      return InsertOrdered(by_log_, promise.log.index, std::move(output));
    case Wait::kMeta:
      return InsertOrdered(by_meta_, promise.meta, std::move(output));
    case Wait::kMerge:
      by_merge_.push_back(std::move(output));
      return;
    case Wait::kNone:
    case Wait::kBroken:
      WR_CHECK_MSG(false, "nothing to wait for");
  }
}

Promises::Fate Promises::Offer(Output& output) {
  const Fate fate = Judge(PromiseOf(output));
  if (fate == Fate::kHeld) Hold(std::move(output));
  return fate;
}

void Promises::Release(Outputs* leaving, Outputs* broken) {
  const log_store::DurableMark mark = log_->durable();
  const LogIndex written = log_->written().index;
  Outputs& ready = ready_;
  while (!by_written_.empty() && by_written_.front().first <= written) {
    ready.push_back(std::move(by_written_.front().second));
    by_written_.pop_front();
  }
  while (!by_log_.empty() && by_log_.front().first <= mark.log.index) {
    ready.push_back(std::move(by_log_.front().second));
    by_log_.pop_front();
  }
  while (!by_meta_.empty() && by_meta_.front().first <= mark.meta) {
    ready.push_back(std::move(by_meta_.front().second));
    by_meta_.pop_front();
  }
  for (auto it = by_merge_.begin(); it != by_merge_.end();) {
    if (merging_.contains(PromiseOf(*it).merge)) {
      ++it;
      continue;
    }
    ready.push_back(std::move(*it));
    it = by_merge_.erase(it);
  }
  for (Output& output : ready) {
    const Fate fate = Offer(output);
    if (fate == Fate::kLeave) leaving->push_back(std::move(output));
    if (fate == Fate::kBroken) broken->push_back(std::move(output));
  }
  ready.clear();
}

void Promises::OnTruncated(LogIndex after, Outputs* broken) {
  const auto lost = [&](const Output& output) {
    const Promise& promise = PromiseOf(output);
    return std::max(promise.log.index, promise.written.index) > after;
  };
  while (!by_written_.empty() && by_written_.back().first > after) {
    broken->push_back(std::move(by_written_.back().second));
    by_written_.pop_back();
  }
  while (!by_log_.empty() && by_log_.back().first > after) {
    broken->push_back(std::move(by_log_.back().second));
    by_log_.pop_back();
  }
  // Those whose log part held already and wait for something else.
  for (auto it = by_meta_.begin(); it != by_meta_.end();) {
    if (!lost(it->second)) {
      ++it;
      continue;
    }
    broken->push_back(std::move(it->second));
    it = by_meta_.erase(it);
  }
  for (auto it = by_merge_.begin(); it != by_merge_.end();) {
    if (!lost(*it)) {
      ++it;
      continue;
    }
    broken->push_back(std::move(*it));
    it = by_merge_.erase(it);
  }
}

void Promises::OnMergeFailed(replication::StoreOp op, Outputs* broken) {
  merging_.erase(op);
  for (auto it = by_merge_.begin(); it != by_merge_.end();) {
    if (PromiseOf(*it).merge != op) {
      ++it;
      continue;
    }
    broken->push_back(std::move(*it));
    it = by_merge_.erase(it);
  }
}

void Promises::DropAll(Outputs* broken) {
  for (auto& [index, output] : by_written_) {
    broken->push_back(std::move(output));
  }
  for (auto& [index, output] : by_log_) broken->push_back(std::move(output));
  for (auto& [meta, output] : by_meta_) broken->push_back(std::move(output));
  for (Output& output : by_merge_) broken->push_back(std::move(output));
  by_written_.clear();
  by_log_.clear();
  by_meta_.clear();
  by_merge_.clear();
}

}  // namespace wringer::node
