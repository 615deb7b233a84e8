// Porcupine's key-value histories: the EDN of Jepsen with a :key, strings as
// values, and no failures. An absent key reads as "".
#include <string>
#include <utility>

#include "reports/history/import.h"

namespace wringer::reports {

absl::StatusOr<ForeignHistory> ImportPorcupineKv(Slice text) {
  return ImportJepsenEdn(
      text,
      {.model = ForeignModel::kKv, .initial = "", .nil_read_is_absent = true});
}

}  // namespace wringer::reports
