// Watches a run while it happens: told what nodes say about themselves, allowed
// to look at them between events, never to touch.
//
// An oracle schedules nothing, draws nothing and changes nothing, so a run has
// the same digest with and without it. What it finds is a Finding.
#ifndef WR_SIM_ORACLE_ORACLE_H_
#define WR_SIM_ORACLE_ORACLE_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "engine/node/contract/introspection.h"
#include "sim/core/world.h"

namespace wringer::sim {

// A rule of the design, seen broken.
struct Finding {
  Nanos at = 0;
  std::uint64_t event = 0;  // number of the world's event
  NodeId node;
  std::string rule;  // "promise", "state", "one-leader", "lease" ...
  std::string text;  // one sentence with the evidence
  LogIndex entry;    // of the log, that it is about; 0: of none
};

class FindingLog {
 public:
  explicit FindingLog(const World* world) : world_(world) {}
  // The first ones are kept; a broken rule tends to stay broken.
  void Add(NodeId node, Slice rule, std::string text, LogIndex entry = {});
  const std::vector<Finding>& findings() const { return findings_; }
  std::uint64_t total() const { return total_; }

 private:
  static constexpr std::size_t kKept = 64;
  const World* world_;
  std::vector<Finding> findings_;
  std::uint64_t total_ = 0;
};

struct DeathNotice {
  NodeId node;
  Incarnation incarnation;
  bool power_lost = false;  // unsynced bytes went, too
  bool disk_wiped = false;
};

class Oracle : public node::NodeObserver {
 public:
  virtual void OnBoot(NodeId, Incarnation) {}
  virtual void OnDeath(const DeathNotice&) {}
  // Stored bytes of the node were damaged by a fault.
  virtual void OnDiskDamaged(NodeId) {}
  // File calls of the node fail from now on.
  virtual void OnDiskErrors(NodeId) {}
};

// What the design under test promises, so that an oracle does not accuse it of
// breaking what it never gave.
struct OraclePromises {
  // A durable promise is synced, and survives a power loss.
  bool synced = true;
  // An executed entry is final: nothing else is ever executed at its index.
  bool applied_is_final = true;
  // No other replica has what a bad sector takes. The end of a log that nothing
  // vouches for goes unnoticed (LogStore::vouched), and other entries follow.
  bool only_copy = false;
  // No replica's state goes back, not even to be rebuilt.
  bool state_advances = true;
  // At most one leader in a term or epoch.
  bool one_leader = true;
  // Leases are used, and every clock keeps within the bound they trust.
  bool leases = false;
};

}  // namespace wringer::sim

#endif  // WR_SIM_ORACLE_ORACLE_H_
