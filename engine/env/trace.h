// The system's view of a run: one line per thing worth telling.
//
//   if (trace->on(Component::kReplication)) {
//     trace->Log(Component::kReplication, "raft.commit", absl::StrCat(...));
//   }
//
// Looking changes nothing: a trace call may not affect the engine, and the
// digest does not depend on whether anyone listens.
#ifndef WR_ENGINE_ENV_TRACE_H_
#define WR_ENGINE_ENV_TRACE_H_

#include <cstdint>

#include "engine/base/slice.h"

namespace wringer::env {

enum class Component : std::uint8_t {
  kClient,
  kNode,
  kReplication,
  kLog,  // WAL, log store, meta cell
  kStorage,
  kDisk,
  kNetwork,
  kMembership,
  kFault,
  kCount,
};
// "client", "node", "replication", ... as `--log n2,replication` names them.
Slice ComponentName(Component component);

class Trace {
 public:
  virtual ~Trace() = default;
  // Whether anyone listens; build no text otherwise.
  virtual bool on(Component component) const = 0;
  // `word` is a dotted verb of the storyboard ("msg.send", "raft.commit").
  virtual void Log(Component component, Slice word, Slice detail) = 0;
};

}  // namespace wringer::env

#endif  // WR_ENGINE_ENV_TRACE_H_
