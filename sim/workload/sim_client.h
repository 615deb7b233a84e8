// One simulated client: takes operations from a source, gives them to the
// engine's client library, and writes calls and returns into the history.
//
// Closed loop: think, call, wait for the answer, again. Open loop: calls come
// at their own times, whatever is still unanswered. A script runs a fixed list
// with a few calls at a time (preloading, final reads). Operations the scenario
// writes out come as in a closed or open loop, at their own times. Handlers
// only.
#ifndef WR_SIM_WORKLOAD_SIM_CLIENT_H_
#define WR_SIM_WORKLOAD_SIM_CLIENT_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "engine/client/client.h"
#include "engine/env/env.h"
#include "sim/scenario/workload_spec.h"
#include "sim/workload/op_source.h"
#include "sim/workload/recorder.h"

namespace wringer::sim {

struct SimClientOptions {
  std::uint32_t number = 1;  // c1 ..
  client::ClientOptions client;
  wire::WriteLevel write_level;
  wire::ReadLevel read_level;
  bool open_loop = false;
  std::optional<std::uint64_t> operations;  // of this client; unset: no end
};

class SimClient final : private client::CompletionSink,
                        private env::TimerTarget {
 public:
  // All pointers must outlive the client.
  SimClient(const SimClientOptions& options, env::Env* env, OpSource* source,
            Recorder* recorder);

  // Registers with the cluster and begins to take operations from the source,
  // so long after the clock of the scenario started.
  void Start(Nanos elapsed);
  // Runs `script` instead, `window` calls at a time. `on_done` (may be empty)
  // is told when all have returned.
  void StartScript(std::vector<PlannedOp> script, std::size_t window,
                   std::function<void()> on_done);
  // No new calls; those under way return as usual.
  void Stop();

  bool idle() const { return in_flight_ == 0; }
  std::uint64_t in_flight() const { return in_flight_; }

 private:
  void OnCompleted(client::Completion& completion) override;
  void OnTimer(std::uint64_t cookie) override;
  void ArmNext();
  void CallNext();
  void CallScripted();
  void Call(PlannedOp op);

  const SimClientOptions options_;
  env::Env* const env_;
  OpSource* const source_;
  Recorder* const recorder_;
  client::Client client_;

  bool stopped_ = false;
  Nanos origin_ = 0;  // on this client's clock, where the scenario's started
  std::uint64_t next_ordinal_ = 0;
  std::uint64_t in_flight_ = 0;
  env::TimerId timer_;

  bool scripted_ = false;
  std::vector<PlannedOp> script_;
  std::size_t script_next_ = 0;
  std::size_t window_ = 1;
  std::function<void()> on_done_;
  // Key of each call under way, by op id; looked up only.
  absl::flat_hash_map<std::uint64_t, std::uint64_t> key_of_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_WORKLOAD_SIM_CLIENT_H_
