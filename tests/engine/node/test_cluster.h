// A small cluster on the real simulated world: nodes with disks, a network,
// clients that remember what they were told.
//
//   TestCluster cluster({.model = "single", .nodes = 1});
//   cluster.BootAll();
//   cluster.Put("k", "v");             // runs the world until it is answered
//   cluster.PowerLoss(NodeId{1});
#ifndef WR_TESTS_ENGINE_NODE_TEST_CLUSTER_H_
#define WR_TESTS_ENGINE_NODE_TEST_CLUSTER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/client/client.h"
#include "engine/node/node.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/disk/sim_disk.h"
#include "sim/disk/world_binding.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"
#include "tests/engine/test_node.h"

namespace wringer::node {

struct TestClusterOptions {
  std::string model = "single";
  std::uint32_t nodes = 1;
  std::uint64_t seed = 1;
  sim::LinkModel link{};
  // Last words on the options of every node and client.
  std::function<void(NodeOptions*)> adjust = [](NodeOptions*) {};
  std::function<void(client::ClientOptions*)> adjust_client =
      [](client::ClientOptions*) {};
};

// What the oracles of the tests write down.
class Recorder : public NodeObserver {
 public:
  void OnServing(const NodeView& view) override { served.push_back(view.id); }
  void OnPromise(const PromiseSent& sent) override {
    promises.push_back({sent.node, sent.is_reply, *sent.promise});
    if (on_promise) on_promise(sent);
  }
  void OnApplied(const EntryApplied& applied) override {
    applies.push_back(applied);
    // State machine safety: one index, one payload, one state.
    auto [it, fresh] = by_index.try_emplace(applied.position.index, applied);
    if (fresh) return;
    if (it->second.payload_hash != applied.payload_hash) ++payloads_differ;
    if (it->second.state_digest != applied.state_digest) ++states_differ;
  }
  void OnRole(const RoleChanged& change) override { roles.push_back(change); }
  void OnHalted(const NodeHalted& halt) override { halts.push_back(halt); }

  struct Sent {
    NodeId node;
    bool is_reply;
    replication::Promise promise;
  };
  std::vector<NodeId> served;
  std::vector<Sent> promises;
  std::vector<EntryApplied> applies;
  std::vector<RoleChanged> roles;
  std::vector<NodeHalted> halts;
  std::map<LogIndex, EntryApplied> by_index;
  std::uint64_t payloads_differ = 0;
  std::uint64_t states_differ = 0;
  std::function<void(const PromiseSent&)> on_promise;
};

class TestCluster : public client::CompletionSink {
 public:
  explicit TestCluster(TestClusterOptions options);
  ~TestCluster() override;

  // ---- life ----
  void BootAll();
  void Boot(NodeId id);
  // The process dies; what it wrote stays.
  void Kill(NodeId id);
  // The power fails: all unsynced bytes are gone.
  void PowerLoss(NodeId id);
  void Wipe(NodeId id);

  Node& node(NodeId id) { return *servers_.at(id).node; }
  sim::SimDisk& disk(NodeId id) { return *servers_.at(id).disk; }
  sim::World& world() { return world_; }
  sim::SimNetwork& network() { return *network_; }
  Recorder& recorder() { return recorder_; }
  client::Client& client() { return *client_; }
  env::MessageBus& client_bus() { return *client_bus_; }
  // Calls after the fence, over all nodes: a healthy engine makes none.
  std::uint64_t defects() const { return defects_; }

  // ---- work; each runs the world until the answer is there ----
  client::Completion Put(const std::string& key, const std::string& value);
  client::Completion Get(const std::string& key,
                         wire::ReadLevelKind level = DefaultRead());
  client::Completion Delete(const std::string& key);
  client::Completion Cas(const std::string& key, OpId expected,
                         const std::string& value);
  // Does not wait. Returns the operation's id.
  OpId Start(wire::OpKind kind, const std::string& key,
             const std::string& value = "", OpId expected = {});
  void Run(Nanos d) { world_.RunUntil(world_.now() + d); }
  // Runs until the condition holds, for at most `limit`.
  bool RunUntil(const std::function<bool()>& condition,
                Nanos limit = 10 * kSecond);

  std::map<OpId, client::Completion> done;

 private:
  static constexpr wire::ReadLevelKind DefaultRead() {
    return wire::ReadLevelKind::kStrong;
  }
  struct Server {
    std::unique_ptr<sim::SimDisk> disk;
    std::unique_ptr<sim::NodeRuntime> runtime;
    std::unique_ptr<sim::SimBus> bus;
    std::unique_ptr<env::FileSystem> files;
    env::Env env;
    std::unique_ptr<Node> node;
    bool booted_before = false;
  };

  void OnCompleted(client::Completion& completion) override;
  client::Completion Await(OpId op);
  NodeOptions OptionsOf(NodeId id) const;
  void StartClient();
  void Die(NodeId id, const std::function<void(sim::SimDisk&)>& disk);

  const TestClusterOptions options_;
  sim::World world_;
  RunContext* former_run_ = nullptr;
  testing::SilentTrace trace_;
  Recorder recorder_;
  std::unique_ptr<sim::SimNetwork> network_;
  std::map<NodeId, Server> servers_;
  std::unique_ptr<sim::NodeRuntime> client_runtime_;
  std::unique_ptr<sim::SimBus> client_bus_;
  env::Env client_env_;
  std::unique_ptr<client::Client> client_;
  wire::WriteLevel write_level_;
  OpId next_op_{1};
  std::uint64_t defects_ = 0;
};

}  // namespace wringer::node

#endif  // WR_TESTS_ENGINE_NODE_TEST_CLUSTER_H_
