// From a scenario's words to the options of the parts it is about.
//
// The only place that knows both vocabularies. Nothing here decides anything a
// scenario could say; what it cannot say (directories, cluster id) is fixed.
#ifndef WR_SIM_CLUSTER_TRANSLATE_H_
#define WR_SIM_CLUSTER_TRANSLATE_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/client/options.h"
#include "engine/membership/config_service.h"
#include "engine/node/contract/options.h"
#include "engine/replication/replicator.h"
#include "sim/disk/sim_disk.h"
#include "sim/net/sim_network.h"
#include "sim/oracle/leaderless/hint_oracle.h"
#include "sim/oracle/leaderless/store_mirror.h"
#include "sim/oracle/oracle.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

// Where a node keeps its files.
inline constexpr char kLogDirectory[] = "/log";
inline constexpr char kDataDirectory[] = "/data";

std::vector<NodeId> ReplicasOf(const Scenario& scenario);
// Whether a message may arrive twice, with the faults that are planned: with
// those drawn, not those that might have been, so that a run and what it is
// written out as are the same.
bool LinksMayDuplicate(const Scenario& scenario,
                       const std::vector<FaultSpec>& plan);
// Whether anybody grants epochs in this scenario: m1, or nobody.
bool HasConfigService(const Scenario& scenario);
std::vector<NodeId> ConfigNodesOf(const Scenario& scenario);

// `self` and `bootstrap` are the booting node's business.
node::NodeOptions NodeOptionsOf(const Scenario& scenario, NodeId self,
                                bool bootstrap, std::uint64_t seed);
// What the scenario's replication model can do. kInvalidArgument if there is
// no such model.
absl::StatusOr<replication::Capabilities> CapabilitiesOf(
    const Scenario& scenario);

membership::ConfigServiceOptions ConfigServiceOptionsOf(
    const Scenario& scenario);
client::ClientOptions ClientOptionsOf(
    const Scenario& scenario, const replication::Capabilities& capabilities);
wire::WriteLevel WriteLevelOf(const Scenario& scenario,
                              const replication::Capabilities& capabilities);
wire::ReadLevel ReadLevelOf(const Scenario& scenario);

// Who owns a key in this leaderless design. REQUIRES: model is quorum.
StoreMirror::OwnersOf OwnersOf(const Scenario& scenario);
// What oracles may hold this design to.
CopyPromises CopyPromisesOf(const Scenario& scenario);
// Copies that the write level `quorum` counts for each write; 0 if a log does.
std::size_t QuorumCopiesOf(const Scenario& scenario);
OraclePromises OraclePromisesOf(const Scenario& scenario);

// `extra_clients` beyond the workload's (preloading, final reads).
NetworkOptions NetworkOptionsOf(const Scenario& scenario,
                                std::uint32_t extra_clients);
LinkModel ModelOf(const LinkQuality& quality);
absl::StatusOr<DiskOptions> DiskOptionsOf(const Scenario& scenario, NodeId node,
                                          std::uint64_t seed);

}  // namespace wringer::sim

#endif  // WR_SIM_CLUSTER_TRANSLATE_H_
