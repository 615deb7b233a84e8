// How an operation came to see what it saw: the messages and durability steps
// behind a few log entries and calls, recorded while a run is repeated.
//
// For every entry of interest and every replica: when it was received and from
// whom, when it became durable, when it was promised and applied, and when it
// was lost again. For every call of interest: the messages between its client
// and the nodes, and, in a model without a log, those of the node that carried
// it out. Bounded: at most kStepsMost steps are kept, and the rest counted.
#ifndef WR_SIM_EXPLORE_CAUSAL_PATH_H_
#define WR_SIM_EXPLORE_CAUSAL_PATH_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "sim/core/trace.h"
#include "sim/oracle/witness.h"

namespace wringer::sim {

struct PathCall {
  std::uint32_t client = 0;
  NodeId node;  // who answered; kNoNode if unknown
  Nanos from = 0;
  Nanos to = 0;
};

struct PathQuestion {
  std::vector<std::uint64_t> entries;  // log indexes, ascending
  std::vector<PathCall> calls;
  bool has_log = true;
};

struct PathStep {
  Nanos at = 0;
  std::uint64_t event = 0;
  NodeId node;
  std::string what;   // "has entry 17"
  std::string cause;  // "from n2, sent at 7.108500000 s (m#812)"
};

class CausalPath final : public RunWitness {
 public:
  static constexpr std::size_t kStepsMost = 200;

  explicit CausalPath(PathQuestion question) : question_(std::move(question)) {}

  // RunOptions::trace_sink must hand every network line here.
  void OnTrace(const TraceLine& line);
  const std::vector<PathStep>& steps() const { return steps_; }
  std::size_t cut() const { return cut_; }
  // Replicas that had not seen the entry by then, ascending.
  std::vector<NodeId> Without(std::uint64_t index, Nanos by) const;

  void Attach(const World* world, LookAt look) override;
  void AfterEvent(const EventRecord& event) override;
  void OnPromise(const node::PromiseSent& promise) override;
  void OnApplied(const node::EntryApplied& applied) override;
  void OnRole(const node::RoleChanged& role) override;

 private:
  // What is known of one entry on one replica.
  struct Copy {
    bool held = false;
    bool durable = false;
    bool promised = false;
    Nanos first_held = -1;  // -1: never
  };
  struct Message {
    NodeId from;
    Nanos sent = 0;
  };

  void Add(NodeId node, std::string what, std::string cause);
  void LookAtNode(const EventRecord& event);
  // What the event that is running now was caused by.
  std::string CauseOf(const EventRecord& event) const;
  const PathCall* CallBetween(NodeId client, NodeId node) const;

  const PathQuestion question_;
  const World* world_ = nullptr;
  LookAt look_;
  std::map<std::pair<NodeId, std::uint64_t>, Copy> copies_;
  std::map<std::string, Message> sent_;  // by "m#812"
  std::string received_;                 // in the event that runs now
  std::vector<PathStep> steps_;
  std::size_t cut_ = 0;
};

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_CAUSAL_PATH_H_
