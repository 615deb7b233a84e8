// Strings to small dense numbers and back, in order of first appearance.
#ifndef WR_REPORTS_HISTORY_INTERNER_H_
#define WR_REPORTS_HISTORY_INTERNER_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "reports/history/slice.h"

namespace wringer::reports {

class Interner {
 public:
  Interner() = default;
  // One that already holds `first`, as number 0.
  explicit Interner(Slice first) { Intern(first); }
  // The map's keys view into `texts_`, so a copy has to be made anew.
  Interner(const Interner& other) { *this = other; }
  Interner& operator=(const Interner& other);
  Interner(Interner&&) = default;
  Interner& operator=(Interner&&) = default;

  // The number of `text`; a new one, size(), if not seen before.
  std::uint32_t Intern(Slice text);
  // The number of `text`, or size() if not seen before.
  std::uint32_t Find(Slice text) const;
  // REQUIRES: id < size().
  Slice Text(std::uint32_t id) const { return texts_[id]; }
  std::size_t size() const { return texts_.size(); }

 private:
  std::deque<std::string> texts_;  // a deque: elements never move
  absl::flat_hash_map<Slice, std::uint32_t> ids_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_INTERNER_H_
