// How far each replica ever held the log durably, as far as is known. One that
// has lost it since counts: that is a fault's doing, and whoever counted it did
// so in good faith.
#ifndef WR_SIM_ORACLE_HELD_LOGS_H_
#define WR_SIM_ORACLE_HELD_LOGS_H_

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "sim/oracle/oracle.h"

namespace wringer::sim {

class HeldLogs {
 public:
  // A look at a replica between events; nothing if it is down.
  using Look = std::function<std::optional<node::NodeView>(NodeId)>;

  HeldLogs(std::vector<NodeId> replicas, Look look)
      : replicas_(std::move(replicas)),
        look_(std::move(look)),
        held_(replicas_.size()) {}

  // Nothing if `node` is not one of the replicas.
  void Held(NodeId node, LogIndex upto) {
    const auto at = std::find(replicas_.begin(), replicas_.end(), node);
    if (at == replicas_.end()) return;
    LogIndex& held = held_[std::size_t(at - replicas_.begin())];
    held = std::max(held, upto);
  }
  void Held(const node::NodeView& view) {
    Held(view.id, std::max(view.durable.log.index, view.log_base.index));
  }
  // What nobody has promised aloud may be there all the same.
  void LookAround() {
    for (const NodeId replica : replicas_) LookAt(replica);
  }
  void LookAt(NodeId replica) {
    if (const auto view = look_(replica)) Held(*view);
  }

  LogIndex HeldBy(NodeId node) const {
    const auto at = std::find(replicas_.begin(), replicas_.end(), node);
    return at == replicas_.end() ? LogIndex()
                                 : held_[std::size_t(at - replicas_.begin())];
  }
  std::size_t Copies(LogIndex index) const {
    return std::size_t(
        std::count_if(held_.begin(), held_.end(),
                      [index](LogIndex held) { return held >= index; }));
  }

 private:
  const std::vector<NodeId> replicas_;
  const Look look_;
  std::vector<LogIndex> held_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_HELD_LOGS_H_
