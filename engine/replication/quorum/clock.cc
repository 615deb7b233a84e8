// The hybrid logical clock of last-writer-wins versions: never behind what this
// node has seen or issued, otherwise as close to the wall clock as it can be.
#include <algorithm>

#include "engine/base/coding.h"
#include "engine/base/marks.h"
#include "engine/replication/quorum/quorum_replicator.h"

namespace wringer::replication::quorum {

namespace {
// How far ahead the durable bound is set: one meta write a second.
constexpr std::uint64_t kBoundStep = 1 * kSecond;
}  // namespace

std::uint64_t QuorumReplicator::NextTime(Ready& ready) {
  const auto wall = static_cast<std::uint64_t>(std::max<Nanos>(now_.wall, 1));
  if (!q_.observe_clocks || WR_MUTANT(kQuorumRawWallClock)) {
    return status_.numbered = wall;
  }
  const std::uint64_t next = std::max(last_time_ + 1, wall);
  if (next + kBoundStep / 2 > bound_) {
    bound_ = next + kBoundStep;
    ExtendBound(ready);
  }
  if (next > durable_bound_) return 0;
  last_time_ = next;
  return status_.numbered = next;
}

void QuorumReplicator::Observe(const Version& version) {
  if (q_.observe_clocks && !abd()) {
    last_time_ = std::max(last_time_, version.time);
  }
}

void QuorumReplicator::ExtendBound(Ready& ready) {
  const auto wall = static_cast<std::uint64_t>(std::max<Nanos>(now_.wall, 0));
  bound_ = std::max(bound_, std::max(last_time_, wall) + kBoundStep);
  std::string bytes;
  Writer w(&bytes);
  w.U64(bound_);
  w.U64(rebuilding() ? rebuild_->life : 0);
  w.Flush();
  ++meta_version_;
  bounds_[meta_version_] = bound_;
  ready.meta = Meta{meta_version_, std::move(bytes)};
}

void QuorumReplicator::ReleaseClock(Ready& ready) {
  std::deque<std::uint64_t> waiters;
  waiters.swap(clock_waiters_);
  for (std::uint64_t id : waiters) {
    const auto it = operations_.find(id);
    if (it == operations_.end()) continue;
    Operation& op = it->second;
    const std::uint64_t time = NextTime(ready);
    if (time == 0) {
      clock_waiters_.push_back(id);
      continue;
    }
    op.value.version = {time, options_.self, op.command.op};
    StartStore(id, WriteNeed(op.write_level), ready);
  }
}

}  // namespace wringer::replication::quorum
