// Which key comes next: uniform, or zipf with the probability of rank i
// proportional to i^-theta.
//
// Integers only, so that every machine draws the same keys: the zipf weights
// come from our own base-2 logarithm and exponential in fixed point (exact to
// about 2^-28), are summed once into a table, and a draw is a binary search in
// it. Rank r is key r: the hottest key is the first.
#ifndef WR_SIM_WORKLOAD_KEY_PICKER_H_
#define WR_SIM_WORKLOAD_KEY_PICKER_H_

#include <cstdint>
#include <vector>

#include "engine/base/random.h"
#include "sim/scenario/workload_spec.h"

namespace wringer::sim {

// log2(n) in units of 2^-32, rounded down. REQUIRES: n > 0.
std::uint64_t Log2Fixed32(std::uint64_t n);
// 2^-x in units of 2^-62, for x in units of 2^-32.
std::uint64_t Exp2NegFixed62(std::uint64_t x);

class KeyPicker {
 public:
  // REQUIRES: spec.count > 0.
  explicit KeyPicker(const KeysSpec& spec);

  // In [0, count).
  std::uint64_t Pick(RandomDraw* draw) const;
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_;
  // Zipf: cumulative weights, scaled so that the sum fits; empty if uniform.
  std::vector<std::uint64_t> cumulative_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_WORKLOAD_KEY_PICKER_H_
