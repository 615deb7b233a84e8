// The commands of data-driven protocol tests (tests/testdata/raft,
// tests/testdata/primary_backup) over a ReplicaGroup.
//
//   group nodes=3 [members=N] [OPTION=VALUE ...]   first line of every file
//   campaign N | heartbeat N | timer N ID          that timer fires
//   elect N            clocks pass, N campaigns, all settles; prints events
//   propose N VALUE [LEVEL]     read N LEVEL [TOKEN]
//   deliver [FILTER ...] [copy] what is in flight now, not what it causes
//   drop [FILTER ...]           FILTER: from=N to=N kind=Word skip=K count=K
//   stabilize [quiet]           deliver until nothing is in flight
//   messages                    what is in flight
//   cut N,M | heal              messages between the sides are lost
//   advance MS [N,M]            clocks only, no timer; set-wall N MS jumps one
//   slow-disk N | sync N | fast-disk N | held N    unsynced work
//   crash N | power-loss N | restart N | wipe N | damage N INDEX
//   checkpoint N       transfer N TO       change N voters=A,B [learners=C]
//   grant EPOCH PRIMARY IN_SYNC [N,M]      the config service tells N,M, or all
//   status [N] | log [N]
//
// Messages print as "n1>n2 Append ...", what they cause is indented.
#ifndef WR_TESTS_ENGINE_REPLICATION_GROUP_SCRIPT_H_
#define WR_TESTS_ENGINE_REPLICATION_GROUP_SCRIPT_H_

#include <memory>
#include <string>
#include <vector>

#include "tests/engine/replication/replica_group.h"

namespace wringer::replication {

class GroupScript {
 public:
  // `model` is "raft" or "primary_backup".
  explicit GroupScript(std::string model) : model_(std::move(model)) {}

  // Carries out one line. A mistake in it is an "error: ..." line.
  std::string Run(const std::string& line);

  // Null before the command `group`.
  ReplicaGroup* group() { return group_.get(); }

 private:
  struct Filter {
    NodeId from;
    NodeId to;
    std::string kind;
    std::size_t skip = 0;
    std::size_t count = 1'000'000;
    bool copy = false;
  };
  using Words = std::vector<std::string>;

  std::string NewGroup(const Words& words);
  bool SetOption(const std::string& key, const std::string& value,
                 ReplicationOptions* options) const;
  // Each answers false if the command is not among its own.
  bool RunLife(const Words& words, std::string* out);
  bool RunInput(const Words& words, std::string* out);
  bool RunMessages(const Words& words, std::string* out);
  bool RunShow(const Words& words, std::string* out) const;

  Filter ParseFilter(const Words& words) const;
  // Takes what the filter names out of what is in flight.
  std::vector<ReplicaGroup::Packet> Take(const Filter& filter);
  std::string DeliverAll(const std::vector<ReplicaGroup::Packet>& packets,
                         bool quiet);
  std::string Stabilize(bool quiet);
  std::string PacketText(const ReplicaGroup::Packet& packet) const;
  NodeId Node(const Words& words, std::size_t place) const;

  const std::string model_;
  ReplicaGroup::Words words_{};
  std::unique_ptr<ReplicaGroup> group_;
};

}  // namespace wringer::replication

#endif  // WR_TESTS_ENGINE_REPLICATION_GROUP_SCRIPT_H_
