// A history somebody else recorded: no tags, no witnesses, values that repeat.
//
// Times are positions in the file (events never tie) unless the format says
// otherwise; nanoseconds are kept for display. Values are interned texts.
#ifndef WR_REPORTS_HISTORY_FOREIGN_H_
#define WR_REPORTS_HISTORY_FOREIGN_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/history/interner.h"
#include "reports/history/slice.h"

namespace wringer::reports {

using ValueId = std::uint32_t;  // place of a text in ForeignHistory::values

// Absent, as "nil" of a register or "" of the string store: always number 0.
inline constexpr ValueId kNilValue = 0;

// The object the history is of.
enum class ForeignModel : std::uint8_t {
  kCasRegister,    // read, write, cas, by key
  kMultiRegister,  // small transactions of reads and writes over registers
  kMutex,          // acquire, release
  kKv,             // get, put, append of strings, by key
};

enum class ForeignKind : std::uint8_t {
  kRead,
  kWrite,
  kCas,
  kRefusedCas,  // the answer says: the state was not `expected`
  kAppend,
  kAcquire,
  kRelease,
  kTxn,
};

// One read or write inside a transaction.
struct MicroOp {
  std::uint32_t key = 0;
  ValueId value = kNilValue;
  bool write = false;
  bool known = true;  // a read whose answer is known

  bool operator==(const MicroOp&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const MicroOp& op) {
    return H::combine(std::move(h), op.key, op.value, op.write, op.known);
  }
};

struct ForeignOp {
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};

  ForeignKind kind = ForeignKind::kRead;
  bool unknown = false;  // may have taken effect or not; returns kNever
  std::uint32_t key = 0;
  ValueId value = kNilValue;  // read: result; write, append: argument; cas: new
  ValueId expected = kNilValue;  // cas
  std::int64_t process = 0;
  std::uint64_t call = 0;
  std::uint64_t ret = kNever;
  std::int64_t call_ns = -1;  // -1: the file does not say
  std::int64_t ret_ns = -1;
  std::uint32_t call_line = 0;
  std::uint32_t ret_line = 0;  // 0: never returned
  std::vector<MicroOp> txn{};
};

struct ForeignHistory {
  ForeignModel model = ForeignModel::kCasRegister;
  std::vector<ForeignOp> ops{};
  Interner values;
  Interner keys;
  ValueId initial = kNilValue;  // of every register
  // Operations read from the file that say nothing about the state (failed
  // without effect, reads without an answer) and are not in `ops`.
  std::uint32_t uninformative = 0;
};

// "cas-register", "multi-register", "mutex", "kv".
Slice ForeignModelName(ForeignModel model);
bool ParseForeignModel(Slice text, ForeignModel* out);

// "process 3: cas 0 -> 3 (lines 12-15)".
std::string ForeignOpText(const ForeignHistory& history, const ForeignOp& op);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_FOREIGN_H_
