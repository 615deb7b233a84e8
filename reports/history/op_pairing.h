// Pairs the events of a Jepsen-like file into operations.
//
// A process has at most one open operation; its next event that is not an
// invocation completes it. After :info the process has lost its answer and the
// operation stays open for ever.
#ifndef WR_REPORTS_HISTORY_OP_PAIRING_H_
#define WR_REPORTS_HISTORY_OP_PAIRING_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "reports/history/foreign.h"
#include "reports/history/slice.h"

namespace wringer::reports {

enum class EventType : std::uint8_t { kInvoke, kOk, kFail, kInfo };

// False if `text` (without a colon) is none of invoke, ok, fail, info.
bool ParseEventType(Slice text, EventType* out);

// InvalidArgument "line N: ...".
absl::Status LineError(std::uint32_t line, Slice problem);

class OpPairing {
 public:
  explicit OpPairing(ForeignHistory* history) : history_(history) {}

  // One event, in file order; `op` is what this event alone says: kind, key,
  // values, process. `*finished` is the invocation it completes, to be filled
  // in by the caller, or null for an invocation.
  absl::Status Add(EventType type, const ForeignOp& op, std::int64_t ns,
                   std::uint32_t line, ForeignOp** finished);

  // Takes the operation last completed out again: it says nothing.
  void Drop(ForeignOp* op);

  // Ends the file: drops what was marked, leaves open operations unknown.
  void Finish();

 private:
  ForeignHistory* history_;
  std::uint64_t time_ = 0;
  absl::flat_hash_map<std::int64_t, std::size_t> open_;
  std::vector<std::size_t> dropped_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_OP_PAIRING_H_
