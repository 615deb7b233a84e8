// One node with a real clock, real fibers and whatever disk a test gives it.
//
//   TestNode node(&disk);
//   node.Run([&] { ... blocking engine code ... });   // until all is quiet
//   node.Kill();            // fence and unwind, as at a crash
#ifndef WR_TESTS_ENGINE_TEST_NODE_H_
#define WR_TESTS_ENGINE_TEST_NODE_H_

#include <memory>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "engine/base/check.h"
#include "engine/env/env.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::testing {

class SilentTrace : public env::Trace {
 public:
  bool on(env::Component) const override { return false; }
  void Log(env::Component, Slice, Slice) override {}
};

class TestNode {
 public:
  explicit TestNode(env::FileSystem* files, std::uint64_t seed = 1)
      : world_({.seed = seed}), node_(&world_, NodeId{1}) {
    former_ = SetCurrentRun(&world_);
    node_.Boot();
    env_ = {.self = NodeId{1},
            .clock = &node_,
            .fibers = &node_,
            .files = files,
            .bus = nullptr,
            .cpu = &node_,
            .trace = &trace_,
            .random_seed = seed,
            .entropy = node_.Entropy()};
  }
  // Destroy what runs on the node first, after Kill().
  ~TestNode() {
    Kill();
    node_.Bury();
    WR_CHECK(node_.defects().empty());
    SetCurrentRun(former_);
  }

  env::Env* env() { return &env_; }
  sim::World& world() { return world_; }
  sim::NodeRuntime& runtime() { return node_; }

  // Runs `body` on a fiber, and then everything it set going for `d`.
  void Run(absl::AnyInvocable<void()> body, Nanos d = 10 * kSecond) {
    node_.Spawn("test", std::move(body));
    Wait(d);
  }
  void Wait(Nanos d) { world_.RunUntil(world_.now() + d); }
  void Kill() {
    if (!node_.alive()) return;
    node_.Fence();
    node_.UnwindFibers();
  }

 private:
  sim::World world_;
  sim::NodeRuntime node_;
  SilentTrace trace_;
  env::Env env_;
  RunContext* former_ = nullptr;
};

}  // namespace wringer::testing

#endif  // WR_TESTS_ENGINE_TEST_NODE_H_
