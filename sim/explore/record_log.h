// Shards: append-only files of run records, one writer each.
//
// A run is completed once its record was written, by the worker that ran it,
// before anybody is told. So kill -9 of any process at any moment loses no
// completed run: at most the last line of a shard is torn, and a torn line
// fails its checksum. A writer that finds one ends it and goes on behind it;
// bytes once written are never changed. Guards against kills, not power
// failures of the host: Append does not sync.
#ifndef WR_SIM_EXPLORE_RECORD_LOG_H_
#define WR_SIM_EXPLORE_RECORD_LOG_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "sim/explore/run_record.h"

namespace wringer::sim {

class RecordWriter {
 public:
  // Opens for appending, and creates if need be. kUnavailable.
  static absl::StatusOr<RecordWriter> Open(const std::string& path);
  ~RecordWriter();
  RecordWriter(RecordWriter&& other) noexcept;
  RecordWriter& operator=(RecordWriter&&) = delete;
  RecordWriter(const RecordWriter&) = delete;
  RecordWriter& operator=(const RecordWriter&) = delete;

  // Once this returns ok the record outlives any process. kUnavailable (disk
  // full): nothing or a torn line was written.
  absl::Status Append(const RunRecord& record);

 private:
  explicit RecordWriter(int fd) : fd_(fd) {}
  int fd_;
};

struct LogScan {
  std::uint64_t records = 0;
  std::uint64_t torn = 0;  // lines skipped: not whole, or of another format
};

// Visits every whole record in order of writing. kNotFound, kUnavailable.
absl::StatusOr<LogScan> ReadRecords(
    const std::string& path,
    const std::function<void(const RunRecord&)>& visit);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_RECORD_LOG_H_
