// A quick "no" for the checks that look for reads of old versions: had
// anybody heard of a version newer than this one by then?
//
// In a history without a violation the answer is no for nearly every read, so
// the dear questions are asked for the others only.
#ifndef WR_REPORTS_CHECK_FACTS_NEWER_VERSIONS_H_
#define WR_REPORTS_CHECK_FACTS_NEWER_VERSIONS_H_

#include <cstdint>
#include <tuple>
#include <vector>

#include "reports/check/facts/index.h"

namespace wringer::reports {

class NewerVersions {
 public:
  explicit NewerVersions(const HistoryIndex& index);

  // Some version of the key that OlderVersion can call newer than that of the
  // write `seen` (kNoOp: the initial one) was acknowledged or seen before
  // event `before`.
  bool Any(KeyId key, OpIndex seen, std::uint64_t before) const;

 private:
  using Place = std::tuple<std::uint64_t, std::uint32_t>;
  // The writes of a key in one order; `known` is the earliest moment at which
  // one from here on was heard of.
  template <typename Position>
  struct Entry {
    Position at{};
    std::uint64_t known = kNeverSeq;
  };
  struct Key {
    std::vector<Entry<std::uint64_t>> by_call;
    std::vector<Entry<Place>> by_place;
  };

  template <typename Position>
  static void Order(std::vector<Entry<Position>>* entries);
  template <typename Position>
  static bool AnyAfter(const std::vector<Entry<Position>>& entries,
                       const Position& position, std::uint64_t before);

  const History& history_;
  std::vector<Key> keys_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_FACTS_NEWER_VERSIONS_H_
