// The kernel's workloads in ns-3: bare events, no packets and no devices.
//   ns3_peer SCHEDULER hold|timer|ping PENDING
// SCHEDULER is an ns-3 type: ns3::MapScheduler is its default and
// ns3::PriorityQueueScheduler the best of its own here.
#include <ns3/core-module.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "tests/bench/peers/peer.h"

namespace wringer::peers {
namespace {

using ns3::NanoSeconds;
using ns3::Simulator;

class Workload {
 public:
  explicit Workload(std::size_t pending)
      : pending_(pending),
        random_(1, Purpose("bench.peer")),
        watch_(2 * pending + 1000, 100'000, 7) {}

  void Hold() {
    for (std::size_t i = 0; i < pending_; ++i) FireLater();
  }
  // The timers are armed 1 s ahead; the run ends before the first one fires,
  // within a million operations.
  void Timers() {
    timers_.resize(pending_);
    for (ns3::EventId& timer : timers_) timer = Arm();
    Simulator::Schedule(NanoSeconds(1000), &Workload::Drive, this);
  }
  // Events in the context of a node, as ns-3's channels deliver.
  void Ping() {
    for (std::size_t i = 0; i < pending_; ++i) SendOn();
  }
  void Print(const char* peer, const char* name) const {
    watch_.Print(peer, name, pending_);
  }

 private:
  void Count() {
    if (watch_.Count()) Simulator::Stop();
  }
  void FireLater() {
    Simulator::Schedule(NanoSeconds(random_.Between(1, kDelayMaxNs)),
                        &Workload::Fire, this);
  }
  void Fire() {
    FireLater();
    Count();
  }
  ns3::EventId Arm() {
    return Simulator::Schedule(NanoSeconds(kTimerNs), &Workload::Never, this);
  }
  void Never() { std::abort(); }
  void Drive() {
    ns3::EventId& timer = timers_[random_.Below(timers_.size())];
    timer.Cancel();
    timer = Arm();
    Simulator::Schedule(NanoSeconds(1000), &Workload::Drive, this);
    Count();
  }
  void SendOn() {
    const auto node = static_cast<std::uint32_t>(random_.Below(pending_));
    Simulator::ScheduleWithContext(node,
                                   NanoSeconds(random_.Between(1, kDelayMaxNs)),
                                   &Workload::Receive, this);
  }
  void Receive() {
    SendOn();
    Count();
  }

  const std::size_t pending_;
  RandomStream random_;
  Stopwatch watch_;
  std::vector<ns3::EventId> timers_;
};

}  // namespace
}  // namespace wringer::peers

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: ns3_peer SCHEDULER hold|timer|ping PENDING\n");
    return 2;
  }
  ns3::ObjectFactory scheduler;
  scheduler.SetTypeId(argv[1]);
  ns3::Simulator::SetScheduler(scheduler);
  wringer::peers::Workload workload(std::strtoull(argv[3], nullptr, 10));
  const std::string name = argv[2];
  if (name == "hold") {
    workload.Hold();
  } else if (name == "timer") {
    workload.Timers();
  } else if (name == "ping") {
    workload.Ping();
  } else {
    std::fprintf(stderr, "unknown workload %s\n", argv[2]);
    return 2;
  }
  ns3::Simulator::Run();
  workload.Print(argv[1], argv[2]);
  ns3::Simulator::Destroy();
  return 0;
}
