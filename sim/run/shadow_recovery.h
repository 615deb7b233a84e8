// What would be there if the power failed now: the real recovery code, run on a
// copy of a node's durable image in a little world of its own.
//
// The run it looks at does not notice: the copy shares nothing but pages, and
// the little world has its own clock, queue and digest.
#ifndef WR_SIM_RUN_SHADOW_RECOVERY_H_
#define WR_SIM_RUN_SHADOW_RECOVERY_H_

#include "absl/status/statusor.h"
#include "engine/log_store/log_store.h"
#include "sim/disk/sim_disk.h"

namespace wringer::sim {

// Opens the log store in `image`. An error is what recovery itself would say.
absl::StatusOr<log_store::Recovery> RecoverShadow(
    const DurableImage& image, const DiskOptions& disk,
    const log_store::LogStoreOptions& options);

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_SHADOW_RECOVERY_H_
