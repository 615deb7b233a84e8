// Reads of single keys for clients: wait until enough of the log is executed,
// then read the engine, on a few fibers so that one slow read from disk does
// not hold up the rest.
#ifndef WR_ENGINE_NODE_READER_H_
#define WR_ENGINE_NODE_READER_H_

#include <deque>
#include <string>

#include "absl/status/statusor.h"
#include "engine/env/env.h"
#include "engine/node/applier.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/options.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

struct ReadJob {
  replication::Ticket ticket;
  LogIndex at_least;
  std::string key;
};

class Reader {
 public:
  Reader(const NodeOptions& options, env::Env* env,
         storage::StorageEngine* engine, const Applier* applier, Host* host);

  // Starts the fibers.
  void Start();
  // Neither yields. Host::OnRead brings the answer, never within the call.
  void Submit(ReadJob job);
  void OnApplied(LogIndex applied);
  void Stop() { stopped_ = true; }

 private:
  void Run();
  absl::StatusOr<ReadAnswer> Read(const std::string& key);

  const NodeOptions& options_;
  env::Env* const env_;
  storage::StorageEngine* const engine_;
  const Applier* const applier_;
  Host* const host_;
  bool stopped_ = false;
  std::deque<ReadJob> waiting_;  // by at_least
  env::Mailbox<ReadJob> ready_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_READER_H_
