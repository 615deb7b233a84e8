// Where a campaign keeps what it found.
//
//   results/
//     latest -> 2026-11-22-0715-sweep-1a2b3c4
//     2026-11-22-0715-sweep-1a2b3c4/
//       invocation.json   what was asked, of which build
//       shards/0.jsonl    one line a run, by worker 0; collector.jsonl: runs
//                         whose worker died of them
//       index.sqlite      made from the shards
//       findings/         one folder a kind of failure
//       findings.json     the kinds; what the next campaign is compared with
//
// A campaign holds a lock on its directory, which its workers inherit: it is
// free again once the last of them is gone, however they died.
#ifndef WR_SIM_EXPLORE_RESULTS_DIR_H_
#define WR_SIM_EXPLORE_RESULTS_DIR_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/base/slice.h"

namespace wringer::sim {

// A new directory `root`/DATE-TIME-`label`, to which `root`/latest points from
// now on; what a path cannot hold in the label becomes a dash. kUnavailable.
absl::StatusOr<std::string> MakeDatedFolder(const std::string& root,
                                            Slice label);

class ResultsDir {
 public:
  // A dated folder with shards, locked. kUnavailable.
  static absl::StatusOr<ResultsDir> Create(const std::string& root,
                                           Slice label);
  // One that is there, by its own path or by "latest". kNotFound;
  // kFailedPrecondition if a campaign is at work in it.
  static absl::StatusOr<ResultsDir> Open(const std::string& path);
  ~ResultsDir();
  ResultsDir(ResultsDir&& other) noexcept;
  ResultsDir& operator=(ResultsDir&&) = delete;
  ResultsDir(const ResultsDir&) = delete;
  ResultsDir& operator=(const ResultsDir&) = delete;

  const std::string& path() const { return path_; }
  std::string File(Slice name) const;
  // Of worker 0, 1 ...; -1 is the collector.
  std::string ShardPath(int worker) const;
  // Every shard there is, by name.
  std::vector<std::string> Shards() const;

 private:
  explicit ResultsDir(std::string path) : path_(std::move(path)) {}
  absl::Status Lock();

  std::string path_;
  int lock_fd_ = -1;
};

// Of the dated folders below `root` whose label begins with `command`, removes
// all but the newest `keep`; never the one `latest` points to, nor one in use.
// Those of other commands stay: many a run does not push out a sweep. Returns
// how many went.
std::size_t PruneResults(const std::string& root, Slice command,
                         std::size_t keep);
// Dated folders below `root`, the newest first.
std::vector<std::string> ListResults(const std::string& root);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_RESULTS_DIR_H_
