// A search problem made ready: events in time order, a fixed slot for every
// operation that returns, a class for every kind of unknown one.
#ifndef WR_REPORTS_CHECK_SEARCH_TIMELINE_H_
#define WR_REPORTS_CHECK_SEARCH_TIMELINE_H_

#include <cstdint>
#include <limits>
#include <vector>

#include "reports/check/search/model.h"
#include "reports/check/search/search.h"

namespace wringer::reports {

class Timeline {
 public:
  static constexpr std::uint32_t kNone =
      std::numeric_limits<std::uint32_t>::max();

  struct Op {
    ActionId action = 0;
    bool pure = false;
    // Place among the pending operations while it is pending; kNone for an
    // unknown one.
    std::uint32_t slot = kNone;
    std::uint32_t previous = kNone;  // who had the slot before
    std::uint32_t unknown_class = kNone;
    std::uint32_t source = 0;
    std::uint64_t ret = 0;
  };
  struct Event {
    std::uint64_t time = 0;
    std::uint32_t op = 0;
    bool is_return = false;
  };
  // Unknown operations of one action. From event `dead_from` on, nobody can
  // observe what it makes.
  struct UnknownClass {
    ActionId action = 0;
    std::uint32_t dead_from = 0;
  };

  Timeline(const SequentialModel& model, const std::vector<SearchOp>& ops);

  const std::vector<Op>& ops() const { return ops_; }
  const std::vector<Event>& events() const { return events_; }
  const std::vector<UnknownClass>& classes() const { return classes_; }
  // Classes in the order in which they die.
  const std::vector<std::uint32_t>& deaths() const { return deaths_; }
  std::uint32_t slots() const { return slots_; }

 private:
  void AddOps(const SequentialModel& model, const std::vector<SearchOp>& ops);
  void SortEvents();
  void AssignSlots();

  std::vector<Op> ops_;
  std::vector<Event> events_;
  std::vector<UnknownClass> classes_;
  std::vector<std::uint64_t> last_use_;  // by class
  std::vector<std::uint32_t> deaths_;
  std::uint32_t slots_ = 0;
};

// The search's place in the timeline, which moves both ways: who is pending.
class Cursor {
 public:
  explicit Cursor(const Timeline& timeline)
      : timeline_(timeline),
        occupant_(timeline.slots(), Timeline::kNone),
        pending_(timeline.slots(), false),
        available_(timeline.classes().size(), 0) {}

  std::uint32_t event() const { return event_; }
  bool AtEnd() const { return event_ == timeline_.events().size(); }
  const Timeline::Event& Now() const { return timeline_.events()[event_]; }

  void Forward();
  void Back();
  void MoveTo(std::uint32_t event) {
    while (event_ > event) Back();
    while (event_ < event) Forward();
  }

  bool Pending(std::uint32_t slot) const { return pending_[slot]; }
  // REQUIRES: Pending(slot).
  const Timeline::Op& At(std::uint32_t slot) const {
    return timeline_.ops()[occupant_[slot]];
  }
  // Unknown operations of the class called so far.
  std::uint32_t Available(std::uint32_t unknown_class) const {
    return available_[unknown_class];
  }
  bool Dead(std::uint32_t unknown_class) const {
    return timeline_.classes()[unknown_class].dead_from <= event_;
  }

 private:
  const Timeline& timeline_;
  std::uint32_t event_ = 0;
  std::vector<std::uint32_t> occupant_;
  std::vector<bool> pending_;
  std::vector<std::uint32_t> available_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_SEARCH_TIMELINE_H_
