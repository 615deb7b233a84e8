// Runs a workload of a part for a number of operations and exits: the thing
// whose instructions the gate counts (instructions.sh).
//   gate_parts replicated|disk|wal SIZE OPERATIONS
// SIZE: clients, bytes of a record, records in a group.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/bench/part_workloads.h"
#include "tests/bench/replicated_append.h"

namespace wringer {
namespace {

void Say(std::uint64_t operations) {
  std::fprintf(stderr, "operations %llu\n",
               static_cast<unsigned long long>(operations));
}

void RunReplicated(std::uint64_t clients, std::uint64_t operations) {
  sim::replicated_append::Group group(clients);
  sim::World& world = group.world();
  while (world.events_run() < operations) {
    world.RunUntil(world.now() + 50 * kMicrosecond);
  }
  Say(world.events_run());
}

void RunDisk(std::uint64_t bytes, std::uint64_t operations) {
  sim::WalFile wal(bytes);
  for (std::uint64_t i = 0; i < operations; ++i) wal.AppendAndSync();
  Say(operations);
}

void RunWal(std::uint64_t records_in_group, std::uint64_t operations) {
  WalGroups groups(records_in_group, 128);
  std::uint64_t done = 0;
  for (; done < operations; done += records_in_group) groups.CommitOne();
  WR_CHECK(groups.all_durable());
  Say(done);
}

}  // namespace
}  // namespace wringer

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: gate_parts WORKLOAD SIZE OPERATIONS\n");
    return 2;
  }
  const std::uint64_t size = std::strtoull(argv[2], nullptr, 10);
  const std::uint64_t operations = std::strtoull(argv[3], nullptr, 10);
  if (std::strcmp(argv[1], "replicated") == 0) {
    wringer::RunReplicated(size, operations);
  } else if (std::strcmp(argv[1], "disk") == 0) {
    wringer::RunDisk(size, operations);
  } else if (std::strcmp(argv[1], "wal") == 0) {
    wringer::RunWal(size, operations);
  } else {
    std::fprintf(stderr, "unknown workload %s\n", argv[1]);
    return 2;
  }
  return 0;
}
