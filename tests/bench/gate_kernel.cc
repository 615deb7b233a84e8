// Runs one of the kernel's workloads for a number of operations and exits: the
// thing whose instructions the gate counts (instructions.sh).
//   gate_kernel WORKLOAD PENDING OPERATIONS
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/bench/kernel_workloads.h"

namespace wringer::sim {
namespace {

// Runs until `operations` events have run, and tells a number that depends on
// all of them.
template <typename Workload>
std::uint64_t RunEvents(Workload* workload, std::size_t operations) {
  while (workload->world().events_run() < operations) {
    workload->AdvanceBy(50 * kMicrosecond);
  }
  std::fprintf(stderr, "operations %llu\n",
               static_cast<unsigned long long>(workload->world().events_run()));
  return workload->world().digest();
}

std::uint64_t RunQueue(std::size_t pending, std::size_t operations) {
  QueueHold workload(pending);
  workload.Advance(operations);
  std::fprintf(stderr, "operations %zu\n", operations);
  return workload.sum();
}

std::uint64_t RunDigest(std::size_t operations) {
  EventDigest digest(40);
  FlightRecorder recorder(1024);
  Event event{};
  for (std::uint64_t n = 1; n <= operations; ++n) {
    event.at += 17;
    event.op = n;
    digest.Fold(event, n);
    recorder.Record(event, n);
  }
  std::fprintf(stderr, "operations %zu\n", operations);
  return digest.value() ^ recorder.Read(operations).back().op;
}

// One operation: a fiber is spawned, parks, and dies with its node.
std::uint64_t RunCrash(std::size_t fibers, std::size_t operations) {
  World world({.seed = 1});
  NodeRuntime node(&world, NodeId{1});
  std::size_t done = 0;
  for (; done < operations; done += fibers) {
    node.Boot();
    for (std::size_t i = 0; i < fibers; ++i) {
      node.Spawn("worker", [&node] { node.Park(); });
    }
    world.RunUntil(world.now());
    node.Fence();
    node.UnwindFibers();
    node.Bury();
  }
  std::fprintf(stderr, "operations %zu\n", done);
  return world.digest();
}

std::uint64_t RunNamed(const char* name, std::size_t pending,
                       std::size_t operations) {
  const auto is = [name](const char* other) {
    return std::strcmp(name, other) == 0;
  };
  if (is("queue")) return RunQueue(pending, operations);
  if (is("digest")) return RunDigest(operations);
  if (is("crash")) return RunCrash(pending, operations);
  if (is("kernel")) {
    KernelHold workload(pending);
    return RunEvents(&workload, operations);
  }
  if (is("fiber")) {
    FiberSleep workload(pending);
    return RunEvents(&workload, operations);
  }
  if (is("timer")) {
    TimerChurn workload(pending);
    return RunEvents(&workload, operations);
  }
  if (is("ping")) {
    PingPong workload{std::uint32_t(pending)};
    return RunEvents(&workload, operations);
  }
  std::fprintf(stderr, "unknown workload %s\n", name);
  std::exit(2);
}

}  // namespace
}  // namespace wringer::sim

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: gate_kernel WORKLOAD PENDING OPERATIONS\n");
    return 2;
  }
  const std::size_t pending = std::strtoull(argv[2], nullptr, 10);
  const std::size_t operations = std::strtoull(argv[3], nullptr, 10);
  const std::uint64_t result =
      wringer::sim::RunNamed(argv[1], pending, operations);
  std::printf("%016llx\n", static_cast<unsigned long long>(result));
  return 0;
}
