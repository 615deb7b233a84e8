// A cluster small enough to read: n1..n5, m1, c1, real clocks and a real
// network, processes that only know whether they are up, disks that count.
#ifndef WR_TESTS_SIM_FAULT_FAKE_TARGET_H_
#define WR_TESTS_SIM_FAULT_FAKE_TARGET_H_

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/fault/fault_driver.h"
#include "sim/fault/fault_target.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {

inline NodeId N(std::uint32_t i) { return NodeId(i); }
inline NodeId M(std::uint32_t i) { return NodeId(kConfigNodeBase + i); }
inline NodeId C(std::uint32_t i) { return NodeId(kClientNodeBase + i); }

class FakeTarget : public FaultTarget {
 public:
  explicit FakeTarget(std::uint64_t seed = 7)
      : world_({.seed = seed}),
        network_(&world_, {.servers = {N(1), N(2), N(3), N(4), N(5), M(1)},
                           .clients = 1}) {
    for (const NodeId id : {N(1), N(2), N(3), N(4), N(5), M(1), C(1)}) {
      runtimes_[id] = std::make_unique<NodeRuntime>(&world_, id);
      Restart(id);
    }
    log.clear();
  }
  ~FakeTarget() override { buses_.clear(); }

  const std::vector<NodeId>& Replicas() const override { return replicas_; }
  const std::vector<NodeId>& ConfigNodes() const override { return config_; }
  const std::vector<NodeId>& Clients() const override { return clients_; }
  std::vector<NodeId> Zone(Slice name) const override {
    return name == "east" ? std::vector<NodeId>{N(1), N(2)}
                          : std::vector<NodeId>{};
  }
  NodeId Leader() const override { return leader; }
  NodeId FormerLeader() const override { return former; }

  bool Up(NodeId node) const override { return runtimes_.at(node)->alive(); }
  bool Paused(NodeId node) const override {
    return runtimes_.at(node)->paused();
  }
  DeathReport Kill(NodeId node, Death death, std::uint64_t, Ppm) override {
    log.push_back(absl::StrCat("kill ", NodeName(node), " ", int(death)));
    buses_.erase(node);
    runtimes_.at(node)->Fence();
    runtimes_.at(node)->UnwindFibers();
    runtimes_.at(node)->Bury();
    DeathReport report;
    report.records_gone = 3;
    report.units_lost = death == Death::kPowerLoss ? 4 : 0;
    report.bytes_lost = death == Death::kPowerLoss ? 412 : 0;
    return report;
  }
  void Restart(NodeId node) override {
    log.push_back(absl::StrCat("restart ", NodeName(node)));
    runtimes_.at(node)->Boot();
    buses_[node] =
        std::make_unique<SimBus>(&network_, runtimes_.at(node).get());
  }
  void Pause(NodeId node) override { runtimes_.at(node)->Pause(); }
  std::uint64_t Resume(NodeId node) override {
    runtimes_.at(node)->Resume();
    return 5;
  }

  World& world() override { return world_; }
  SimNetwork& network() override { return network_; }
  NodeRuntime* Runtime(NodeId node) override {
    return runtimes_.at(node).get();
  }

  DiskFaultId BeginDiskFault(NodeId node, const FaultSpec& spec,
                             std::uint64_t) override {
    if (!IsReplica(node)) return DiskFaultId();
    disk_effect_.calls_failed =
        spec.kind == FaultKind::kIoError || spec.kind == FaultKind::kDiskFull;
    disk_effect_.requests_slowed = spec.kind == FaultKind::kSlowDisk;
    disk_effect_.bits_flipped = spec.kind == FaultKind::kBitRot;
    disk_effect_.where = "/log/1.wal at 512";
    log.push_back("disk fault");
    return DiskFaultId(1);
  }
  void EndDiskFault(NodeId, DiskFaultId) override {
    log.push_back("disk healed");
  }
  DiskFaultEffect DiskEffect(NodeId, DiskFaultId) const override {
    return disk_effect_;
  }
  std::string ChangeConfig(ConfigAction, NodeId node,
                           const std::vector<NodeId>&) override {
    return absl::StrCat("epoch 2 to ", NodeName(node));
  }
  std::string ChangeMembership(MembershipAction, NodeId node) override {
    return absl::StrCat(NodeName(node), " joins");
  }
  std::string SetVoters(const std::vector<NodeId>& voters) override {
    return absl::StrCat(voters.size(), " vote");
  }

  // Everybody talks to everybody.
  void Chatter() {
    for (const auto& [from, bus] : buses_) {
      for (const auto& [to, runtime] : runtimes_) {
        if (from != to) bus->Send(to, "hello");
      }
    }
  }
  // An event at `at` keeps the world from falling quiet before.
  void RunTo(Nanos at) {
    world_.Schedule({.at = at,
                     .kind = EventKind::kCluster,
                     .node = {},
                     .incarnation = {},
                     .fn = [](void*, std::uint64_t) {}});
    world_.RunUntil(at);
  }

  std::vector<std::string> log;
  NodeId leader = N(1);
  NodeId former;

 private:
  World world_;
  SimNetwork network_;
  std::vector<NodeId> replicas_{N(1), N(2), N(3), N(4), N(5)};
  std::vector<NodeId> config_{M(1)};
  std::vector<NodeId> clients_{C(1)};
  std::map<NodeId, std::unique_ptr<NodeRuntime>> runtimes_;
  std::map<NodeId, std::unique_ptr<SimBus>> buses_;
  DiskFaultEffect disk_effect_;
};

inline FaultSpec Timed(std::string id, FaultKind kind, Nanos at,
                       std::vector<Target> nodes = {},
                       std::optional<Nanos> length = std::nullopt) {
  FaultSpec fault;
  fault.id = std::move(id);
  fault.kind = kind;
  fault.trigger.at = at;
  fault.nodes = std::move(nodes);
  if (length) fault.duration = NanosRange{*length, *length};
  return fault;
}

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_FAULT_FAKE_TARGET_H_
