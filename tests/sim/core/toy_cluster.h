// A little cluster for digest tests: nodes that talk, sleep, charge, crash and
// drift, all drawn from the seed.
#ifndef WR_TESTS_SIM_CORE_TOY_CLUSTER_H_
#define WR_TESTS_SIM_CORE_TOY_CLUSTER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/random.h"
#include "engine/env/fibers.h"
#include "sim/core/node_runtime.h"
#include "sim/core/trace.h"
#include "sim/core/world.h"

namespace wringer::sim {

class ToyCluster {
 public:
  static constexpr std::uint32_t kNodes = 5;

  // From event number `planted_at` on, one draw takes a hidden detour: the kind
  // of nondeterminism that verify must find. 0: none.
  explicit ToyCluster(std::uint64_t seed, std::uint64_t planted_at = 0)
      : world({.seed = seed, .digest_mark_shift = 6}),
        hub(&world),
        random_(seed, Purpose("test.toy_cluster")),
        planted_at_(planted_at) {
    for (std::uint32_t i = 1; i <= kNodes; ++i) {
      nodes_.push_back(std::make_unique<Node>(this, NodeId{i}));
      nodes_.back()->Start();
    }
    ScheduleNemesis();
  }

  World world;
  TraceHub hub;

 private:
  struct Node : env::TimerTarget {
    Node(ToyCluster* owner, NodeId id)
        : cluster(owner),
          runtime(&cluster->world, id),
          trace(cluster->hub.ForNode(id)),
          box(&runtime) {}

    void Start() {
      runtime.Boot();
      timer = runtime.ArmTimer(kMillisecond, this, 0);
      runtime.Spawn("worker", [this] {
        for (;;) {
          const std::uint64_t item = box.Pop();
          runtime.Charge(Nanos(item % 5000));
          runtime.Sleep(Nanos(item % 30'000));
          cluster->Send(this, item);
        }
      });
    }
    void Stop() {
      runtime.Fence();
      runtime.UnwindFibers();
      runtime.Bury();
    }
    void OnTimer(std::uint64_t) override {
      timer = runtime.ArmTimer(kMillisecond, this, 0);
      cluster->Send(this, cluster->random_.Below(1'000'000));
    }

    ToyCluster* cluster;
    NodeRuntime runtime;
    NodeTrace* trace;
    env::Mailbox<std::uint64_t> box;
    env::TimerId timer;
  };

  void Send(Node* from, std::uint64_t item) {
    std::uint64_t to = random_.Below(kNodes);
    if (planted_at_ != 0 && world.events_run() == planted_at_) {
      to = (to + 1) % kNodes;
    }
    if (from->trace->on(env::Component::kNetwork)) {
      from->trace->Log(env::Component::kNetwork, "msg.send", "toy");
    }
    from->runtime.CancelTimer(from->timer);
    from->timer = from->runtime.ArmTimer(kMillisecond, from, 0);
    world.Schedule({.at = world.now() + random_.Between(1000, 500'000),
                    .kind = EventKind::kDelivery,
                    .node = nodes_[to]->runtime.id(),
                    .op = item,
                    .fn =
                        [](void* node, std::uint64_t what) {
                          static_cast<Node*>(node)->box.Push(what);
                        },
                    .object = nodes_[to].get(),
                    .arg = item});
  }

  void ScheduleNemesis() {
    world.Schedule({.at = world.now() + random_.Between(1, 20 * kMillisecond),
                    .kind = EventKind::kFault,
                    .fn =
                        [](void* cluster, std::uint64_t) {
                          static_cast<ToyCluster*>(cluster)->Nemesis();
                        },
                    .object = this});
  }
  void Nemesis() {
    Node* victim = nodes_[random_.Below(kNodes)].get();
    switch (random_.Below(4)) {
      case 0:
        if (victim->runtime.alive()) victim->Stop();
        break;
      case 1:
        if (victim->runtime.alive()) victim->runtime.Pause();
        break;
      case 2:
        victim->runtime.SetDrift(random_.Between(-1'000'000, 1'000'000));
        break;
      default:
        for (const std::unique_ptr<Node>& node : nodes_) {
          if (!node->runtime.alive()) node->Start();
          node->runtime.Resume();
        }
    }
    ScheduleNemesis();
  }

  RandomStream random_;
  std::uint64_t planted_at_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_CORE_TOY_CLUSTER_H_
