#include "reports/check/search/timeline.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "reports/check/search/usefulness.h"

namespace wringer::reports {

Timeline::Timeline(const SequentialModel& model,
                   const std::vector<SearchOp>& ops) {
  AddOps(model, ops);
  SortEvents();
  AssignSlots();
}

void Timeline::AddOps(const SequentialModel& model,
                      const std::vector<SearchOp>& ops) {
  const Usefulness usefulness(model, ops);
  absl::flat_hash_map<ActionId, std::uint32_t> class_of;
  for (const SearchOp& op : ops) {
    if (op.optional && !usefulness.Matters(op)) continue;
    const auto index = static_cast<std::uint32_t>(ops_.size());
    Op added{.action = op.action,
             .pure = model.Pure(op.action),
             .source = op.source,
             .ret = op.ret};
    events_.push_back({.time = op.call, .op = index, .is_return = false});
    if (op.optional) {
      const auto next = static_cast<std::uint32_t>(classes_.size());
      const auto [it, is_new] = class_of.emplace(op.action, next);
      if (is_new) {
        classes_.push_back({.action = op.action});
        last_use_.push_back(usefulness.Until(op.action));
      }
      added.unknown_class = it->second;
    } else {
      events_.push_back({.time = op.ret, .op = index, .is_return = true});
    }
    ops_.push_back(added);
  }
}

void Timeline::SortEvents() {
  // At one time calls come first: what touches is concurrent.
  std::sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
    return std::tie(a.time, a.is_return, a.op) <
           std::tie(b.time, b.is_return, b.op);
  });
  for (std::size_t i = 0; i < classes_.size(); ++i) {
    const auto dead = std::lower_bound(
        events_.begin(), events_.end(), last_use_[i],
        [](const Event& e, std::uint64_t time) { return e.time < time; });
    classes_[i].dead_from = static_cast<std::uint32_t>(dead - events_.begin());
  }
  deaths_.resize(classes_.size());
  std::iota(deaths_.begin(), deaths_.end(), 0u);
  std::sort(deaths_.begin(), deaths_.end(),
            [this](std::uint32_t a, std::uint32_t b) {
              return std::tie(classes_[a].dead_from, a) <
                     std::tie(classes_[b].dead_from, b);
            });
}

void Timeline::AssignSlots() {
  std::vector<std::uint32_t> free;
  std::vector<std::uint32_t> last_in_slot;
  for (const Event& event : events_) {
    Op& op = ops_[event.op];
    if (op.unknown_class != kNone) continue;
    if (event.is_return) {
      free.push_back(op.slot);
      continue;
    }
    if (free.empty()) {
      op.slot = slots_++;
      last_in_slot.push_back(kNone);
    } else {
      op.slot = free.back();
      free.pop_back();
    }
    op.previous = last_in_slot[op.slot];
    last_in_slot[op.slot] = event.op;
  }
}

void Cursor::Forward() {
  const Timeline::Event& event = Now();
  const Timeline::Op& op = timeline_.ops()[event.op];
  if (op.unknown_class != Timeline::kNone) {
    ++available_[op.unknown_class];
  } else if (event.is_return) {
    pending_[op.slot] = false;
  } else {
    pending_[op.slot] = true;
    occupant_[op.slot] = event.op;
  }
  ++event_;
}

void Cursor::Back() {
  --event_;
  const Timeline::Event& event = Now();
  const Timeline::Op& op = timeline_.ops()[event.op];
  if (op.unknown_class != Timeline::kNone) {
    --available_[op.unknown_class];
  } else if (event.is_return) {
    pending_[op.slot] = true;
  } else {
    pending_[op.slot] = false;
    occupant_[op.slot] = op.previous;
  }
}

}  // namespace wringer::reports
