// Finds the first event in which two runs differ.
//
// Two runs of one (build, scenario, seed) must give one digest. If they do not,
// their digest marks bound the place: FirstDifference() names the window
// between the last equal mark and the first differing one. Run both again with
// a WindowRecorder each and CompareWindows() names the event.
//
//   Window w = *FirstDifference(TrailOf(a), TrailOf(b));
//   WindowRecorder left(w), right(w);    // rerun with each as an observer,
//   ... RunUntil(...) until left.full()  // stop early when full
//   Divergence d = CompareWindows(left, right);
//   std::puts(DivergenceText(d).c_str());
#ifndef WR_SIM_CORE_DIVERGENCE_H_
#define WR_SIM_CORE_DIVERGENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/world.h"

namespace wringer::sim {

// What a run leaves behind for comparison.
struct DigestTrail {
  std::vector<DigestMark> marks;
  std::uint64_t events_run = 0;
  std::uint64_t digest = 0;
};
DigestTrail TrailOf(const World& world);

// Event numbers (after, last]: equal up to `after`, different by `last`.
struct EventWindow {
  std::uint64_t after = 0;
  std::uint64_t last = 0;
};

// Nothing if the runs are equal. REQUIRES: the same mark distance.
std::optional<EventWindow> FirstDifference(const DigestTrail& left,
                                           const DigestTrail& right);

// Keeps the records of a window while a run is repeated.
class WindowRecorder : public WorldObserver {
 public:
  explicit WindowRecorder(EventWindow window) : window_(window) {}
  void AfterEvent(const EventRecord& event) override;
  // The window has passed: nothing more to learn.
  bool full() const { return full_; }
  EventWindow window() const { return window_; }
  const std::vector<EventRecord>& events() const { return events_; }

 private:
  EventWindow window_;
  bool full_ = false;
  std::vector<EventRecord> events_;
};

struct Divergence {
  // Number of the first differing event; 0: the reruns agreed, so whatever
  // differed before did not come back.
  std::uint64_t event_number = 0;
  // What each side did; nothing if that side had ended.
  std::optional<EventRecord> left;
  std::optional<EventRecord> right;
  // The last events they have in common, oldest first.
  std::vector<EventRecord> before;
};

// REQUIRES: both recorded the same window.
Divergence CompareWindows(const WindowRecorder& left,
                          const WindowRecorder& right);

// A few lines for a person: the common events, then both sides.
std::string DivergenceText(const Divergence& divergence);

}  // namespace wringer::sim

#endif  // WR_SIM_CORE_DIVERGENCE_H_
