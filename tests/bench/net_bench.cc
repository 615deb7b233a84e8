// Message send to delivery: what the network costs, world loop included.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <vector>

#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"
#include "tests/bench/replicated_append.h"

namespace wringer::sim {
namespace {

// On receipt, sends a message of the same size to a drawn peer.
class Player : public env::MessageReceiver {
 public:
  Player(World* world, SimNetwork* network, NodeId id, std::uint32_t peers)
      : runtime_(world, id),
        random_(1, Purpose("bench"), id.value()),
        peers_(peers) {
    runtime_.Boot();
    bus_ = std::make_unique<SimBus>(network, &runtime_);
    bus_->SetReceiver(this);
  }
  void OnMessage(NodeId, Slice bytes) override { Send(bytes.size()); }
  void Send(std::size_t size) {
    std::string buffer = bus_->AcquireBuffer();
    buffer.resize(size);
    bus_->Send(NodeId(1 + std::uint32_t(random_.Below(peers_))),
               std::move(buffer));
  }

 private:
  NodeRuntime runtime_;
  RandomStream random_;
  std::uint32_t peers_;
  std::unique_ptr<SimBus> bus_;
};

struct Field {
  Field(std::uint32_t count, bool fifo)
      : world({.seed = 1}),
        network(&world, replicated_append::BusOptions(count, fifo)) {
    for (std::uint32_t i = 1; i <= count; ++i) {
      players.push_back(
          std::make_unique<Player>(&world, &network, NodeId(i), count));
    }
  }
  World world;
  SimNetwork network;
  std::vector<std::unique_ptr<Player>> players;
};

// One message in flight a player.
void BM_SendToDelivery(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  Field field(count, state.range(1) != 0);
  for (auto& player : field.players) player->Send(128);
  for (auto _ : state) field.world.RunOne();
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_SendToDelivery)
    ->ArgNames({"parties", "fifo"})
    ->Args({5, 1})
    ->Args({5, 0})
    ->Args({100, 1});

void BM_ReplicatedAppend(benchmark::State& state) {
  replicated_append::Group group(/*clients=*/16);
  World& world = group.world();
  world.RunUntil(100 * kMillisecond);
  const std::uint64_t events = world.events_run();
  const std::uint64_t decided = group.decided();
  for (auto _ : state) world.RunUntil(world.now() + kMillisecond);
  state.SetItemsProcessed(std::int64_t(world.events_run() - events));
  state.counters["commands_per_s"] =
      benchmark::Counter(static_cast<double>(group.decided() - decided),
                         benchmark::Counter::kIsRate);
}
BENCHMARK(BM_ReplicatedAppend);

void BM_SetUp(benchmark::State& state) {
  for (auto _ : state) {
    Field field(static_cast<std::uint32_t>(state.range(0)), true);
    benchmark::DoNotOptimize(field.world.digest());
  }
}
BENCHMARK(BM_SetUp)->Arg(5);

}  // namespace
}  // namespace wringer::sim
