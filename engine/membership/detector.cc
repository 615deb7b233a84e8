#include "engine/membership/detector.h"

#include "engine/membership/heartbeat_detector.h"
#include "engine/membership/swim_detector.h"

namespace wringer::membership {

std::unique_ptr<FailureDetector> NewFailureDetector(
    const DetectorOptions& options) {
  switch (options.kind) {
    case DetectorOptions::Kind::kNone:
      return nullptr;
    case DetectorOptions::Kind::kTimeout:
    case DetectorOptions::Kind::kPhi:
      return std::make_unique<HeartbeatDetector>(options);
    case DetectorOptions::Kind::kSwim:
      return std::make_unique<SwimDetector>(options);
  }
  return nullptr;
}

}  // namespace wringer::membership
