// A world with a few parties on a network, each writing down what it hears.
#ifndef WR_TESTS_SIM_NET_NET_FIXTURE_H_
#define WR_TESTS_SIM_NET_NET_FIXTURE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {

struct Heard {
  Nanos at = 0;
  NodeId from;
  std::string bytes;
  bool operator==(const Heard&) const = default;
};

class Party : public env::MessageReceiver {
 public:
  Party(World* world, SimNetwork* network, NodeId id)
      : world_(world), network_(network), runtime_(world, id) {
    Boot();
  }
  ~Party() override { bus_.reset(); }

  void Boot() {
    runtime_.Boot();
    bus_ = std::make_unique<SimBus>(network_, &runtime_);
    bus_->SetReceiver(this);
  }
  void Crash() {
    bus_->Fence();
    runtime_.Fence();
    runtime_.UnwindFibers();
    bus_.reset();
    runtime_.Bury();
  }
  void Send(NodeId to, std::string bytes) { bus_->Send(to, std::move(bytes)); }
  void OnMessage(NodeId from, Slice bytes) override {
    heard.push_back({world_->now(), from, std::string(bytes)});
  }

  SimBus& bus() { return *bus_; }
  NodeRuntime& runtime() { return runtime_; }
  std::vector<std::string> Words() const {
    std::vector<std::string> words;
    for (const Heard& h : heard) words.push_back(h.bytes);
    return words;
  }

  std::vector<Heard> heard;

 private:
  World* world_;
  SimNetwork* network_;
  NodeRuntime runtime_;
  std::unique_ptr<SimBus> bus_;
};

inline constexpr NodeId kN1{1};
inline constexpr NodeId kN2{2};
inline constexpr NodeId kN3{3};
inline constexpr NodeId kC1{kClientNodeBase + 1};
inline constexpr NodeId kC2{kClientNodeBase + 2};

// n1, n2, n3, c1, c2.
class Net {
 public:
  explicit Net(bool fifo = true, const LinkModel& model = {},
               std::uint64_t seed = 7)
      : world({.seed = seed}),
        network(&world, {.fifo = fifo,
                         .model = model,
                         .servers = {kN1, kN2, kN3},
                         .clients = 2}),
        n1(&world, &network, kN1),
        n2(&world, &network, kN2),
        n3(&world, &network, kN3),
        c1(&world, &network, kC1) {}

  void RunFor(Nanos d) { world.RunUntil(world.now() + d); }
  // Sends `count` numbered messages from n1 to n2, `gap` apart.
  void Burst(int count, Nanos gap) {
    for (int i = 0; i < count; ++i) {
      n1.Send(kN2, std::to_string(i));
      RunFor(gap);
    }
  }

  World world;
  SimNetwork network;
  Party n1, n2, n3, c1;
};

inline LinkModel Constant(Nanos latency) {
  LinkModel model;
  model.latency = {latency, latency, 0};
  model.bytes_per_second = 0;
  return model;
}
inline LinkModel Spread(Nanos low, Nanos high) {
  LinkModel model = Constant(low);
  model.latency.high = high;
  return model;
}

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_NET_NET_FIXTURE_H_
