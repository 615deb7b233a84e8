// The network profiles in figures. A LAN round trip of 0.2 to 0.4 ms is what
// one data centre shows; 30 to 40 ms one way is a coast-to-coast path.
#include "sim/scenario/world_spec.h"

namespace wringer::sim {

LinkQuality QualityOf(NetworkProfile profile) {
  LinkQuality q;
  switch (profile) {
    case NetworkProfile::kLan:
      break;  // the defaults of the struct
    case NetworkProfile::kWan:
      q.latency = {30 * kMillisecond, 40 * kMillisecond, 1 * kMillisecond};
      q.loss = 100;
      q.reorder = 1'000;
      q.reorder_by = 5 * kMillisecond;
      q.bandwidth = 125'000'000;
      break;
    case NetworkProfile::kFlakyWifi:
      q.latency = {2 * kMillisecond, 20 * kMillisecond, 10 * kMillisecond};
      q.loss = 10'000;
      q.duplicate = 1'000;
      q.reorder = 20'000;
      q.reorder_by = 30 * kMillisecond;
      q.bandwidth = 2'500'000;
      break;
    case NetworkProfile::kPerfect:
      q.latency = {kMicrosecond, kMicrosecond, 0};
      q.bandwidth = 0;
      break;
  }
  return q;
}

}  // namespace wringer::sim
