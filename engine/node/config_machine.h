// The config state as a replicated state machine: what a member of the config
// group executes in place of key-value commands.
//
// Entries hold a membership::ConfigCommand; the state is one view, kept in the
// engine under the data key "view" in the form of any stored value. So cursor,
// checkpoint, replica snapshot and digest treat it like all data.
#ifndef WR_ENGINE_NODE_CONFIG_MACHINE_H_
#define WR_ENGINE_NODE_CONFIG_MACHINE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/membership/config_judge.h"
#include "engine/membership/config_state.h"
#include "engine/node/stored_value.h"
#include "engine/replication/replicator.h"
#include "engine/session/result.h"
#include "engine/storage/storage_engine.h"

namespace wringer::node {

inline constexpr char kViewKey[] = "view";

class ConfigMachine {
 public:
  // Told of every command executed in this life that changed the view.
  using Installed =
      std::function<void(const membership::ConfigCommand& command)>;

  explicit ConfigMachine(const membership::ConfigServiceOptions& options)
      : options_(options) {}
  void set_on_installed(Installed hook) { on_installed_ = std::move(hook); }

  // Reads the view, or begins with the first. May yield. kDataLoss if it cannot
  // be read.
  absl::Status Load(storage::StorageEngine* engine);
  // Executes one entry: its effect goes into `*batch`, the change of the state
  // digest into `*delta`. kDataLoss if the payload is no command. A command
  // that comes too late has no effect; Result::cas_applied tells.
  absl::StatusOr<session::Result> Execute(Slice payload, LogPosition at,
                                          storage::WriteBatch* batch,
                                          StateDigest* delta);
  const replication::ClusterView& view() const { return view_; }

 private:
  const membership::ConfigServiceOptions options_;
  Installed on_installed_;
  replication::ClusterView view_;
  std::string stored_;  // as it is in the engine; empty before the first
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_CONFIG_MACHINE_H_
