#include "sim/explore/shrink/ddmin.h"

#include <algorithm>
#include <numeric>

namespace wringer::sim {
namespace {

// `whole` without its elements [from, from + count).
Subset Without(const Subset& whole, std::size_t from, std::size_t count) {
  Subset rest;
  rest.reserve(whole.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i < from || i >= from + count) rest.push_back(whole[i]);
  }
  return rest;
}

// Proposals made at a time: each is as long as the list.
constexpr std::size_t kBatch = 32;

// The next proposals that take one chunk away each, from place `end` down.
// Late chunks first: what comes after the failure is the easiest to lose.
std::vector<Subset> Proposals(const Subset& whole, std::size_t chunk,
                              std::size_t end) {
  std::vector<Subset> proposals;
  std::size_t place = end;
  while (place > 0 && proposals.size() < kBatch) {
    const std::size_t from = place > chunk ? place - chunk : 0;
    proposals.push_back(Without(whole, from, place - from));
    place = from;
  }
  return proposals;
}

// Takes away what can go in chunks of this size. True if anything went.
bool Sweep(std::size_t chunk, const FirstHit& first_hit, Subset* whole) {
  bool changed = false;
  std::size_t end = whole->size();
  while (end > 0) {
    const std::vector<Subset> proposals = Proposals(*whole, chunk, end);
    const std::optional<std::size_t> hit = first_hit(proposals);
    const std::size_t passed = hit.value_or(proposals.size()) * chunk;
    end -= std::min(passed, end);
    if (!hit) continue;
    end -= std::min(chunk, end);
    *whole = proposals[*hit];
    changed = true;
  }
  return changed;
}

}  // namespace

Subset MinimalSubset(std::size_t size, const FirstHit& first_hit) {
  Subset whole(size);
  std::iota(whole.begin(), whole.end(), std::size_t{0});
  if (size == 0 || first_hit({{}})) return {};
  std::size_t chunk = (size + 1) / 2;
  for (;;) {
    const bool changed = Sweep(chunk, first_hit, &whole);
    if (chunk > 1) {
      chunk = (std::min(chunk, whole.size()) + 1) / 2;
    } else if (!changed) {
      return whole;  // one full sweep of single elements found nothing
    }
  }
}

}  // namespace wringer::sim
