#include "engine/client/options.h"

namespace wringer::client {

absl::Status Validate(const ClientOptions& options) {
  const auto bad = [](const char* what) {
    return absl::InvalidArgumentError(what);
  };
  if (options.nodes.empty()) return bad("client: no nodes");
  if (options.attempt_timeout <= 0) return bad("client: attempt_timeout <= 0");
  if (options.deadline <= 0) return bad("client: deadline <= 0");
  if (options.max_attempts == 0) return bad("client: max_attempts is 0");
  if (options.backoff_min <= 0) return bad("client: backoff_min <= 0");
  if (options.backoff_max < options.backoff_min) {
    return bad("client: backoff_max < backoff_min");
  }
  if (options.shun_min <= 0) return bad("client: shun_min <= 0");
  if (options.shun_max < options.shun_min) {
    return bad("client: shun_max < shun_min");
  }
  if (options.max_outstanding == 0) return bad("client: max_outstanding is 0");
  return absl::OkStatus();
}

}  // namespace wringer::client
