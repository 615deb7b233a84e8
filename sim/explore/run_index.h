// The SQLite index of a campaign's runs, for questions:
//
//   sqlite3 results/latest/index.sqlite 'select * from kinds'
//
// The shards are the truth, this is made from them: by the one collector while
// the campaign runs, and again from nothing whenever it is missing or in doubt.
// So it is written without syncs.
#ifndef WR_SIM_EXPLORE_RUN_INDEX_H_
#define WR_SIM_EXPLORE_RUN_INDEX_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/explore/run_record.h"

struct sqlite3;
struct sqlite3_stmt;

namespace wringer::sim {

class RunIndex {
 public:
  // An empty index in place of whatever is at `path`. kUnavailable.
  static absl::StatusOr<std::unique_ptr<RunIndex>> Create(
      const std::string& path);
  ~RunIndex();
  RunIndex(const RunIndex&) = delete;
  RunIndex& operator=(const RunIndex&) = delete;

  // Adds a run; the first record of one stands. Visible to others after Commit.
  // kUnavailable.
  absl::Status Add(const RunRecord& record);
  absl::Status Commit();
  // Runs added, committed or not.
  absl::StatusOr<std::uint64_t> Runs();

 private:
  RunIndex() = default;
  absl::Status Open(const std::string& path);
  absl::Status Execute(const char* sql);
  absl::Status Prepare(const char* sql, sqlite3_stmt** out);
  absl::Status Step(sqlite3_stmt* statement);
  absl::Status AddDetails(std::int64_t run, const RunRecord& record);
  absl::Status Failure(const char* what) const;

  sqlite3* db_ = nullptr;
  sqlite3_stmt* add_run_ = nullptr;
  sqlite3_stmt* add_fault_ = nullptr;
  sqlite3_stmt* add_mark_ = nullptr;
  bool in_transaction_ = false;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_RUN_INDEX_H_
