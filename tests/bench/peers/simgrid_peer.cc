// The kernel's workloads in SimGrid.
//   simgrid_peer hold|sleep|ping PENDING
// hold: timers of its kernel. sleep: actors that sleep. ping: one actor a host,
// messages of 100 bytes over links of 1 ms; its flow model of the network does
// far more for a message than ours.
#include <cstdio>
#include <cstdlib>
#include <simgrid/kernel/Timer.hpp>
#include <simgrid/s4u.hpp>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "tests/bench/peers/peer.h"

namespace wringer::peers {
namespace {

namespace s4u = simgrid::s4u;
using simgrid::kernel::timer::Timer;

class Workload {
 public:
  Workload(std::string name, std::size_t pending, std::uint64_t batch)
      : name_(std::move(name)),
        pending_(pending),
        random_(1, Purpose("bench.peer")),
        watch_(2 * pending + 1000, batch, 5) {}

  void Hold(s4u::Host* host) {
    // Timers run only while an actor lives.
    s4u::Actor::create("idle", host, [this] {
      for (std::size_t i = 0; i < pending_; ++i) SetTimer();
      s4u::this_actor::sleep_for(1e9);
    });
  }
  void Sleep(s4u::Host* host) {
    for (std::size_t i = 0; i < pending_; ++i) {
      s4u::Actor::create("sleeper", host, [this] {
        for (;;) {
          s4u::this_actor::sleep_for(Delay());
          Count();
        }
      });
    }
  }
  void Ping(const std::vector<s4u::Host*>& hosts) {
    for (std::size_t i = 0; i < pending_; ++i) {
      boxes_.push_back(s4u::Mailbox::by_name("box" + std::to_string(i)));
      s4u::ActorPtr player = s4u::Actor::create("player", hosts[i], [this, i] {
        SendOn();
        for (;;) {
          boxes_[i]->get<int>();
          Count();
          SendOn();
        }
      });
      boxes_[i]->set_receiver(player);
    }
  }

 private:
  double Delay() {
    return static_cast<double>(random_.Between(1, kDelayMaxNs)) * 1e-9;
  }
  // There is no way back from inside an actor that loops for ever: the process
  // ends here, when all has been measured.
  void Count() {
    if (!watch_.Count()) return;
    watch_.Print("SimGrid", name_.c_str(), pending_);
    std::_Exit(0);
  }
  void SetTimer() {
    Timer::set(s4u::Engine::get_clock() + Delay(), [this] {
      SetTimer();
      Count();
    });
  }
  void SendOn() {
    static int payload = 0;
    boxes_[random_.Below(boxes_.size())]->put_init(&payload, 100)->detach();
  }

  const std::string name_;
  const std::size_t pending_;
  RandomStream random_;
  Stopwatch watch_;
  std::vector<s4u::Mailbox*> boxes_;
};

std::vector<s4u::Host*> BuildHosts(std::size_t count) {
  s4u::NetZone* zone = s4u::create_star_zone("zone");
  std::vector<s4u::Host*> hosts;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = std::to_string(i);
    s4u::Host* host = zone->create_host("host" + name, 1e9);
    const s4u::Link* link =
        zone->create_link("link" + name, 1.25e9)->set_latency(5e-4);
    zone->add_route(host->get_netpoint(), nullptr, nullptr, nullptr,
                    {s4u::LinkInRoute(link)}, true);
    hosts.push_back(host);
  }
  zone->seal();
  return hosts;
}

}  // namespace
}  // namespace wringer::peers

int main(int argc, char** argv) {
  simgrid::s4u::Engine engine(&argc, argv);
  if (argc != 3) {
    std::fprintf(stderr, "usage: simgrid_peer hold|sleep|ping PENDING\n");
    return 2;
  }
  const std::string name = argv[1];
  const std::size_t pending = std::strtoull(argv[2], nullptr, 10);
  const auto hosts =
      wringer::peers::BuildHosts(name == "ping" ? pending : std::size_t{1});
  wringer::peers::Workload workload(name, pending,
                                    name == "hold" ? 100'000 : 20'000);
  if (name == "hold") {
    workload.Hold(hosts[0]);
  } else if (name == "sleep") {
    workload.Sleep(hosts[0]);
  } else if (name == "ping") {
    workload.Ping(hosts);
  } else {
    std::fprintf(stderr, "unknown workload %s\n", argv[1]);
    return 2;
  }
  engine.run();
  return 1;  // the workload ends the process itself
}
