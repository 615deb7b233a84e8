// Reads histories in other people's formats. All are strict: malformed input
// is InvalidArgument "line N: what is wrong", never a crash and never a guess.
//
//   jepsen-edn    maps {:process :type :f :value ...}, one a form or all in
//                 one vector or list; models cas-register, multi-register,
//                 mutex, kv. A failed operation is dropped: it tells nothing.
//   jepsen-log    "INFO  jepsen.util - 3\t:invoke\t:cas\t[0 3]"; cas-register.
//                 A failed cas saw a value other than the expected one.
//   porcupine-kv  {:process 0, :type :ok, :f :get, :key "k", :value "v"}; kv.
#ifndef WR_REPORTS_HISTORY_IMPORT_H_
#define WR_REPORTS_HISTORY_IMPORT_H_

#include <string>

#include "absl/status/statusor.h"
#include "reports/history/foreign.h"
#include "reports/history/slice.h"

namespace wringer::reports {

struct ImportOptions {
  ForeignModel model = ForeignModel::kCasRegister;
  // What every register holds at first. Empty: as the format is usually
  // meant, "0" for jepsen-edn (as Knossos does), nil for jepsen-log.
  std::string initial{};
  // jepsen-edn: a read that answers nil may have seen anything (Knossos), or
  // saw an absent value.
  bool nil_read_is_absent = false;
};

absl::StatusOr<ForeignHistory> ImportJepsenEdn(Slice text,
                                               const ImportOptions& options);
absl::StatusOr<ForeignHistory> ImportJepsenLog(Slice text,
                                               const ImportOptions& options);
absl::StatusOr<ForeignHistory> ImportPorcupineKv(Slice text);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_IMPORT_H_
