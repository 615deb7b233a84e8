// Pure replicas with disks of their own, moved by hand: nothing happens that
// nobody asked for. Every message stays in flight until it is delivered or
// dropped, no timer fires by itself, and a disk may be told to hold its writes.
//
// The group plays the driver, in the order of the fields of Ready, and tells
// what it sees as lines of text. It also watches: two leaders of one term, or
// two contents of one executed place, print a line (VIOLATION, DIVERGES).
#ifndef WR_TESTS_ENGINE_REPLICATION_REPLICA_GROUP_H_
#define WR_TESTS_ENGINE_REPLICATION_REPLICA_GROUP_H_

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/replication/factory.h"
#include "engine/replication/replicator.h"

namespace wringer::replication {

// "2/7": term 2, index 7.
std::string PositionText(LogPosition position);

class ReplicaGroup {
 public:
  struct Packet {
    NodeId from;
    NodeId to;
    Incarnation incarnation;
    std::string body;
  };
  // How messages and kConfig entries of the model read.
  struct Words {
    std::string (*message)(Slice body);
    std::string (*members)(const std::string& payload);
  };

  // Nodes 1 to `nodes`, booted; `options.members` are the first members.
  ReplicaGroup(const ReplicationOptions& options, std::size_t nodes,
               const Words& words);

  // Lives. A crash keeps what the disk holds back, a power loss does not.
  void Crash(NodeId id, bool power_loss);
  void Restart(NodeId id, bool wiped);
  // The stored entry at `index` is damaged from the next boot on.
  void Damage(NodeId id, LogIndex index);

  // Disks. A slow one keeps everything unsynced until Sync().
  void SetSlow(NodeId id, bool slow);
  void Sync(NodeId id);
  // A checkpoint of the applied state, and the input that tells of it.
  void Checkpoint(NodeId id);

  void Give(NodeId id, InputBody body);
  void FireTimer(NodeId id, std::uint8_t timer);
  // Moves the clocks of `ids`, of all nodes if empty. Fires nothing.
  void Advance(Nanos by, const std::vector<NodeId>& ids);
  // From now on the wall clock is `ahead` of the monotonic one.
  void JumpWall(NodeId id, Nanos ahead) { node(id).wall_ahead = ahead; }
  Ticket Propose(NodeId id, const std::string& value, wire::WriteLevel level);
  Ticket Read(NodeId id, wire::ReadLevel level, LogIndex token);

  // Messages between `side` and the others are lost when sent.
  void Cut(const std::set<NodeId>& side) { cut_ = side; }
  std::deque<Packet>& packets() { return packets_; }
  void Deliver(const Packet& packet);

  bool alive(NodeId id) const { return node(id).model != nullptr; }
  const Replicator& model(NodeId id) const { return *node(id).model; }
  std::size_t size() const { return nodes_.size(); }
  // Lines on a node: its state, its log, what waits for its disk.
  std::string StatusLine(NodeId id) const;
  std::string LogLine(NodeId id) const;
  std::string HeldLines(NodeId id) const;
  // What happened since it was last asked.
  std::string TakeEvents();

 private:
  struct Disk {
    std::vector<LogEntry> log;  // contiguous, after `base`
    LogPosition base;
    Meta meta;
    LogPosition applied;
    std::vector<std::string> state;
    std::set<LogIndex> damaged;
    bool lived = false;
    bool forgot = false;  // blank, and no meta kept since
  };
  struct Work {  // one item of the durable stream
    std::optional<LogIndex> truncate_after;
    std::vector<LogEntry> append;
    std::optional<Meta> meta;
    std::optional<LogPosition> drop_prefix;
  };
  struct Held {
    Promise promise;
    std::optional<Send> send;
    std::optional<Reply> reply;
  };
  struct Node {
    NodeId id;
    std::unique_ptr<Replicator> model;  // null: down
    Disk disk;
    bool slow = false;
    std::deque<InputBody> inbox;
    std::deque<Work> unsynced;
    std::vector<Held> held;
    std::vector<ReplyAfterApply> waiting;
    std::vector<replication::Read> reads;
    std::vector<LogEntry> log;  // as accepted
    LogPosition base;
    LogPosition applied;
    LogIndex commit;
    std::vector<std::string> state;
    Incarnation incarnation;
    Nanos clock = kSecond;
    Nanos wall_ahead = 0;
    std::string snapshot;  // being sent, or arriving
    LogPosition snapshot_at;
  };

  Node& node(NodeId id);
  const Node& node(NodeId id) const;
  void Boot(Node& n, bool bootstrap);
  void Drain(Node& n);
  void StepOne(Node& n, const InputBody& body);
  void CarryOut(Node& n, Ready& ready);
  void Accept(Node& n, const Ready& ready);
  void Answer(Node& n, const Ready& ready);
  void ReadSnapshot(Node& n, const SnapshotRead& read);
  void WriteSnapshot(Node& n, const SnapshotWrite& write);
  void Install(Node& n, LogPosition at);
  void WriteBack(Node& n);
  void ReleaseHeld(Node& n);
  void Execute(Node& n);
  bool Holds(const Node& n, const Promise& promise) const;
  std::string EntryText(const LogEntry& entry) const;
  void Say(const Node& n, const std::string& what);

  const ReplicationOptions options_;
  const Words words_;
  std::vector<Node> nodes_;
  std::deque<Packet> packets_;
  std::set<NodeId> cut_;
  std::map<LogIndex, LogEntry> committed_;
  std::map<Term, NodeId> leaders_;
  std::uint64_t tickets_ = 0;
  std::string events_;
};

}  // namespace wringer::replication

#endif  // WR_TESTS_ENGINE_REPLICATION_REPLICA_GROUP_H_
