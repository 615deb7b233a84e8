// A tiny world for pure log models: a bag of messages delivered in any order,
// disks that make things durable later, crashes, restarts and lost disks, all
// drawn from one stream. No env, no fibers: only Replicator::Step.
//
// It checks while it runs what every log model must keep: one content for each
// committed index, applied prefixes that agree, no promise before it is
// durable, and every acknowledged write among what is committed at the end.
#ifndef WR_TESTS_ENGINE_REPLICATION_MODEL_WORLD_H_
#define WR_TESTS_ENGINE_REPLICATION_MODEL_WORLD_H_

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/membership/config_service.h"
#include "engine/replication/factory.h"
#include "engine/replication/replicator.h"

namespace wringer::replication {

struct ModelWorldOptions {
  ReplicationOptions replication;  // self and bootstrap are filled in
  std::size_t nodes = 3;
  std::uint64_t seed = 1;
  std::size_t steps = 20'000;
  std::uint32_t loss_ppm = 20'000;
  std::uint32_t duplicate_ppm = 20'000;
  std::uint32_t crash_ppm = 1'000;         // a step
  std::uint32_t power_loss_ppm = 500'000;  // of crashes: unsynced work is lost
  std::uint32_t wipe_ppm = 0;              // a step
  std::uint32_t partition_ppm = 500;       // a step
  bool config_service = false;
  std::uint32_t config_copies = 0;
  bool config_all_copies = false;
  bool membership_changes = false;
  std::uint64_t checkpoint_every = 0;  // applied entries; 0 never
};

class ModelWorld {
 public:
  explicit ModelWorld(const ModelWorldOptions& options);
  // Runs with faults, then heals and lets it settle. Returns what was found
  // wrong, empty if nothing.
  std::string Run();

  std::size_t acknowledged() const { return acked_.size(); }
  std::size_t elections() const { return elections_; }
  std::size_t strong_reads() const { return strong_reads_; }

 private:
  struct Disk {
    std::vector<LogEntry> log;  // contiguous, after `base`
    LogPosition base;
    Meta meta;
    LogPosition applied;  // checkpointed state
    std::vector<std::string> state;
    bool lived = false;
    bool forgot = false;  // blank, and no meta kept since
  };
  struct Work {  // one item of the durable stream
    std::optional<LogIndex> truncate_after;
    std::vector<LogEntry> append;
    std::optional<Meta> meta;
    std::optional<LogPosition> drop_prefix;
    std::optional<LogPosition> replace;  // a snapshot was installed
  };
  struct Held {
    Promise promise;
    std::optional<Send> send;
    std::optional<Reply> reply;
  };
  struct Node {
    NodeId id;
    std::unique_ptr<Replicator> model;  // null: down
    Disk disk;                          // what a power loss keeps
    std::deque<Work> unsynced;
    std::vector<Held> held;
    std::vector<ReplyAfterApply> waiting;
    std::vector<std::pair<Read, LogIndex>> reads;
    std::map<Ticket, std::string> tickets;  // the written value
    std::map<Ticket, std::size_t> floors;   // reads: acked before it began
    LogIndex commit;
    LogPosition applied;
    std::vector<std::string> state;  // payloads in order of execution
    std::vector<LogEntry> log;       // as submitted
    LogPosition base;
    std::array<Nanos, kMaxTimers> timers{};
    Incarnation incarnation;
    Nanos clock_offset = 0;
    std::string snapshot;
    LogPosition snapshot_at;
    Epoch known_epoch;
  };
  struct Packet {
    NodeId from;
    NodeId to;
    Incarnation incarnation;
    std::string body;
  };

  void Boot(Node& node);
  void Crash(Node& node, bool power_loss);
  void Step(Node& node, InputBody body);
  void CarryOut(Node& node, Ready& ready);
  void SyncSome(Node& node, bool all);
  void ApplyWork(Disk& disk, const Work& work);
  void ReleaseHeld(Node& node);
  void Deliver(std::size_t index);
  void Execute(Node& node);
  void FireTimers(Node& node);
  void SubmitSomething();
  static membership::ConfigRequest Heartbeat(const Node& node);
  void ConfigTick();
  void RandomStep(bool faults);
  bool Cut(NodeId a, NodeId b) const;
  void Fail(std::string what);
  std::string CheckEnd();
  Node& at(NodeId id) { return nodes_[id.value() - 1]; }

  const ModelWorldOptions options_;
  RandomStream random_;
  Nanos now_ = kSecond;
  std::vector<Node> nodes_;
  std::vector<Packet> packets_;
  std::set<NodeId> cut_;  // one side of a partition
  std::map<LogIndex, std::pair<Term, std::string>> committed_;
  std::set<std::string> acked_;
  std::vector<std::string> acked_in_order_;
  std::map<std::string, std::size_t> executed_at_;
  std::map<Term, NodeId> leaders_;
  std::size_t elections_ = 0;
  std::size_t strong_reads_ = 0;
  std::uint64_t next_value_ = 0;
  std::uint64_t next_ticket_ = 0;
  std::unique_ptr<membership::ConfigService> config_;
  std::string failure_;
};

}  // namespace wringer::replication

#endif  // WR_TESTS_ENGINE_REPLICATION_MODEL_WORLD_H_
