// Whom a fault or a link override is about: a node by name, a group of nodes,
// or a role that is resolved at the moment the fault fires.
//
// Written "n3", "m1" (config service), "c2" (client), "zone:east", "leader".
#ifndef WR_SIM_SCENARIO_TARGET_SPEC_H_
#define WR_SIM_SCENARIO_TARGET_SPEC_H_

#include <cstdint>
#include <string>

#include "engine/base/types.h"

namespace wringer::sim {

enum class Role : std::uint8_t {
  kLeader,     // leader or primary with the highest term or epoch
  kOldLeader,  // the leader that was in office when the run's previous leader
               // fault fired, or else the one before the present leader
  kFollowers,  // every replica but the leader
  kOthers,     // every replica the same fault names nowhere else
  kMinority,   // the largest set of replicas that is not a majority, drawn
  kAny,        // one replica, drawn
  kAll,        // every replica
  kClients,    // every client
  kConfig,     // every member of the config service
  kConfigLeader,  // the member that leads a raft config service
};

struct Target {
  enum class Kind : std::uint8_t { kNode, kZone, kRole };
  Kind kind = Kind::kNode;
  NodeId node = kNoNode;   // kNode
  std::string zone;        // kZone
  Role role = Role::kAny;  // kRole
  bool operator==(const Target&) const = default;

  static Target Node(NodeId id) { return {Kind::kNode, id, {}, Role::kAny}; }
  static Target Of(Role role) { return {Kind::kRole, kNoNode, {}, role}; }
  static Target InZone(std::string name) {
    return {Kind::kZone, kNoNode, std::move(name), Role::kAny};
  }
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TARGET_SPEC_H_
