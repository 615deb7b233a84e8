#include "sim/core/divergence.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::sim {
namespace {

constexpr std::size_t kEventsBefore = 8;

std::string SideText(Slice side, const std::optional<EventRecord>& event) {
  return absl::StrCat("  ", side, "  ",
                      event ? EventText(*event) : "(the run had ended)", "\n");
}

}  // namespace

DigestTrail TrailOf(const World& world) {
  return {.marks = world.digest_marks(),
          .events_run = world.events_run(),
          .digest = world.digest()};
}

std::optional<EventWindow> FirstDifference(const DigestTrail& left,
                                           const DigestTrail& right) {
  const std::size_t common = std::min(left.marks.size(), right.marks.size());
  // Digests chain, so once different they stay different: bisect.
  std::size_t equal = 0;
  std::size_t differ = common;
  while (equal < differ) {
    const std::size_t middle = equal + (differ - equal) / 2;
    WR_CHECK(left.marks[middle].event_number ==
             right.marks[middle].event_number);
    if (left.marks[middle].digest == right.marks[middle].digest) {
      equal = middle + 1;
    } else {
      differ = middle;
    }
  }
  const std::uint64_t after =
      equal == 0 ? 0 : left.marks[equal - 1].event_number;
  if (equal < common) {
    return EventWindow{after, left.marks[equal].event_number};
  }
  if (left.events_run == right.events_run && left.digest == right.digest) {
    return std::nullopt;
  }
  // One may have run far beyond the other; the first event that only one of
  // them has is difference enough.
  const std::uint64_t shorter = std::min(left.events_run, right.events_run);
  const std::uint64_t longer = std::max(left.events_run, right.events_run);
  return EventWindow{after, std::min(longer, shorter + 1)};
}

void WindowRecorder::AfterEvent(const EventRecord& event) {
  if (event.number > window_.after && event.number <= window_.last) {
    events_.push_back(event);
  }
  full_ = event.number >= window_.last;
}

Divergence CompareWindows(const WindowRecorder& left,
                          const WindowRecorder& right) {
  WR_CHECK(left.window().after == right.window().after);
  WR_CHECK(left.window().last == right.window().last);
  const std::vector<EventRecord>& a = left.events();
  const std::vector<EventRecord>& b = right.events();
  std::size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;

  Divergence divergence;
  for (std::size_t k = i - std::min(i, kEventsBefore); k < i; ++k) {
    divergence.before.push_back(a[k]);
  }
  if (i == a.size() && i == b.size()) return divergence;
  divergence.event_number = left.window().after + i + 1;
  if (i < a.size()) divergence.left = a[i];
  if (i < b.size()) divergence.right = b[i];
  return divergence;
}

std::string DivergenceText(const Divergence& divergence) {
  if (divergence.event_number == 0) {
    return "the difference did not come back when both runs were repeated\n";
  }
  std::string text = absl::StrCat("the runs differ first in event ",
                                  divergence.event_number, "\n");
  for (const EventRecord& event : divergence.before) {
    absl::StrAppend(&text, "  both   ", EventText(event), "\n");
  }
  absl::StrAppend(&text, SideText("left ", divergence.left),
                  SideText("right", divergence.right));
  return text;
}

}  // namespace wringer::sim
