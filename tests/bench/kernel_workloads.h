// The kernel's standard workloads, shared by the benchmarks (time) and the
// gates (instructions). Each is built once and then advanced by a number of
// operations; what one operation is, the comment says.
//
//   hold        N pending events; one fires and schedules one at now + delay,
//               delay uniform in 1..2,000,000 ns
//   timer       N timers armed 1 s ahead; every 1 us one of them, at random, is
//               cancelled and armed again; none fires
//   ping-pong   N nodes, a message each at the start; who gets one sends one to
//               a random node, latency uniform in 1..2,000,000 ns
#ifndef WR_TESTS_BENCH_KERNEL_WORKLOADS_H_
#define WR_TESTS_BENCH_KERNEL_WORKLOADS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/random.h"
#include "sim/core/event_queue.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"

namespace wringer::sim {

inline constexpr Nanos kDelayMax = 2 * kMillisecond;

// Delays drawn beforehand, so that a queue is measured and not a generator.
class DelayTable {
 public:
  DelayTable() : delays_(65536) {
    RandomStream random(1, Purpose("bench.delays"));
    for (Nanos& delay : delays_) delay = random.Between(1, kDelayMax);
  }
  Nanos Next() { return delays_[next_++ & 65535]; }

 private:
  std::vector<Nanos> delays_;
  std::size_t next_ = 0;
};

// The queue alone. One operation: one pop and one push.
class QueueHold {
 public:
  explicit QueueHold(std::size_t pending) {
    for (std::size_t i = 0; i < pending; ++i) {
      queue_.Add({.at = delays_.Next(), .op = i});
    }
  }
  void Advance(std::size_t operations) {
    for (std::size_t i = 0; i < operations; ++i) {
      const EventIndex index = queue_.PopUntil(kNever);
      const Nanos now = queue_.at(index).at;
      sum_ += std::uint64_t(now) ^ queue_.at(index).op;
      queue_.Free(index);
      queue_.Add({.at = now + delays_.Next(), .op = i});
    }
  }
  std::uint64_t sum() const { return sum_; }

 private:
  DelayTable delays_;
  EventQueue queue_;
  std::uint64_t sum_ = 0;
};

// Schedule + pop + digest + recorder + dispatch. One operation: one event.
class KernelHold {
 public:
  explicit KernelHold(std::size_t pending)
      : world_({.seed = 1}), random_(1, Purpose("bench.hold")) {
    for (std::size_t i = 0; i < pending; ++i) ScheduleNext(i);
  }
  void Advance(std::size_t operations) {
    for (std::size_t i = 0; i < operations; ++i) world_.RunOne();
  }
  // As a run does it: one call of the loop.
  void AdvanceBy(Nanos time) { world_.RunUntil(world_.now() + time); }
  World& world() { return world_; }

 private:
  static void Fire(void* self, std::uint64_t arg) {
    static_cast<KernelHold*>(self)->ScheduleNext(arg);
  }
  void ScheduleNext(std::uint64_t arg) {
    world_.Schedule({.at = world_.now() + random_.Between(1, kDelayMax),
                     .kind = EventKind::kWorkload,
                     .op = arg,
                     .fn = &Fire,
                     .object = this,
                     .arg = arg});
  }
  World world_;
  RandomStream random_;
};

// N fibers that sleep. One operation: resume, sleep, switch back.
class FiberSleep {
 public:
  explicit FiberSleep(std::size_t fibers)
      : world_({.seed = 1}),
        node_(&world_, NodeId{1}),
        random_(1, Purpose("bench.sleep")) {
    node_.Boot();
    for (std::size_t i = 0; i < fibers; ++i) {
      node_.Spawn("sleeper", [this] {
        for (;;) node_.Sleep(random_.Between(1, kDelayMax));
      });
    }
  }
  void AdvanceBy(Nanos time) { world_.RunUntil(world_.now() + time); }
  World& world() { return world_; }

 private:
  World world_;
  NodeRuntime node_;
  RandomStream random_;
};

// One operation: a driver's event that cancels one timer and arms it again.
class TimerChurn : public env::TimerTarget {
 public:
  explicit TimerChurn(std::size_t timers)
      : world_({.seed = 1}),
        node_(&world_, NodeId{1}),
        random_(1, Purpose("bench.timers")),
        timers_(timers) {
    node_.Boot();
    for (env::TimerId& timer : timers_) {
      timer = node_.ArmTimer(kSecond, this, 0);
    }
    ScheduleDriver();
  }
  void AdvanceBy(Nanos time) { world_.RunUntil(world_.now() + time); }
  void OnTimer(std::uint64_t) override {
    // With few operations some are never re-armed; that is a bug of the bench.
    WR_CHECK(false);
  }
  World& world() { return world_; }

 private:
  void ScheduleDriver() {
    world_.Schedule({.at = world_.now() + kMicrosecond,
                     .kind = EventKind::kWorkload,
                     .fn = &Drive,
                     .object = this});
  }
  static void Drive(void* object, std::uint64_t) {
    TimerChurn* self = static_cast<TimerChurn*>(object);
    env::TimerId& timer =
        self->timers_[self->random_.Below(self->timers_.size())];
    self->node_.CancelTimer(timer);
    timer = self->node_.ArmTimer(kSecond, self, 0);
    self->ScheduleDriver();
  }

  World world_;
  NodeRuntime node_;
  RandomStream random_;
  std::vector<env::TimerId> timers_;
};

// N nodes, a message each, through the gates. One operation: one delivery.
class PingPong {
 public:
  explicit PingPong(std::uint32_t actors)
      : world_({.seed = 1}), random_(1, Purpose("bench.ping")) {
    nodes_.reserve(actors);
    messages_.resize(actors);
    for (std::uint32_t i = 0; i < actors; ++i) {
      nodes_.push_back(std::make_unique<NodeRuntime>(&world_, NodeId{i + 1}));
      nodes_.back()->Boot();
    }
    for (std::uint32_t i = 0; i < actors; ++i) Send(NodeId{i + 1}, i);
  }
  void AdvanceBy(Nanos time) { world_.RunUntil(world_.now() + time); }
  World& world() { return world_; }

 private:
  struct Message {
    NodeId from;
    NodeId to;
    std::uint64_t hops = 0;
  };
  static void Deliver(void* object, std::uint64_t index) {
    PingPong* self = static_cast<PingPong*>(object);
    const Message message = self->messages_[index];
    self->free_.push_back(index);
    self->Send(message.to, message.hops + 1);
  }
  void Send(NodeId from, std::uint64_t hops) {
    std::uint64_t index = hops;
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    }
    const NodeId to{std::uint32_t(random_.Below(nodes_.size())) + 1};
    const Nanos latency = random_.Between(1, kDelayMax);
    messages_[index] = {from, to, hops};
    world_.Schedule({.at = world_.now() + latency,
                     .kind = EventKind::kDelivery,
                     .node = to,
                     .op = hops,
                     .fn = &Deliver,
                     .object = this,
                     .arg = index});
  }

  World world_;
  RandomStream random_;
  std::vector<std::unique_ptr<NodeRuntime>> nodes_;
  std::vector<Message> messages_;
  std::vector<std::uint64_t> free_;
};

}  // namespace wringer::sim

#endif  // WR_TESTS_BENCH_KERNEL_WORKLOADS_H_
