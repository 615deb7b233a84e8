// Replicated append by bare state machines: what the kernel and the bus cost a
// replicated log, with no engine in it. The workload of the prototype that the
// goals of the first version were set with, and its numbers.
//
// Clients in a closed loop (think time exponential, mean 1 ms) send records of
// 128 bytes to a fixed leader, which ships each to four followers. A replica
// verifies the checksum, keeps the record, writes it (10..30 us) and syncs it
// (100..500 us); a follower then acknowledges. Once the leader is durable
// itself and a majority with it, it answers. Every request has a timeout of 1
// s, of the client or of the leader, that is cancelled by its answer. A command
// is 21 events (10 messages, 10 ends of a disk's work, 1 thought) and 5
// timeouts.
#ifndef WR_TESTS_BENCH_REPLICATED_APPEND_H_
#define WR_TESTS_BENCH_REPLICATED_APPEND_H_

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/check.h"
#include "engine/base/crc32c.h"
#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"

namespace wringer::sim::replicated_append {

inline constexpr std::uint32_t kReplicas = 5;
inline constexpr NodeId kLeader{1};
inline constexpr NodeId kClients{kReplicas + 1};  // all of them, one party
inline constexpr Nanos kTimeout = kSecond;
// Places in a replica's log, used in turn: more than are ever undecided.
inline constexpr std::uint64_t kLogPlaces = 4096;

using Record = std::array<char, 128>;

enum class Kind : std::uint32_t { kSubmit, kAppend, kAck, kReply };

// What is on the wire: the checksum of all that follows it, whose command this
// is, its place in the log, and the record if the kind has one.
struct Header {
  std::uint32_t crc = 0;
  Kind kind{};
  std::uint64_t client = 0;
  std::uint64_t index = 0;
};

inline std::uint32_t Sum(Slice bytes) {
  return Crc32c(bytes.substr(sizeof(Header::crc)));
}

// A message as it is encoded, for one receiver or for many.
class Draft {
 public:
  explicit Draft(const Header& header) : size_(sizeof header) {
    std::memcpy(bytes_, &header, sizeof header);
    Seal();
  }
  Draft(const Header& header, const Record& record)
      : size_(sizeof header + sizeof record) {
    std::memcpy(bytes_, &header, sizeof header);
    std::memcpy(bytes_ + sizeof header, &record, sizeof record);
    Seal();
  }
  Slice bytes() const { return {bytes_, size_}; }

 private:
  void Seal() {
    const std::uint32_t crc = Sum(bytes());
    std::memcpy(bytes_, &crc, sizeof crc);
  }
  std::size_t size_;
  char bytes_[sizeof(Header) + sizeof(Record)];
};

// What every party is: a node on the bus that verifies what it receives.
class Party : public env::MessageReceiver, public env::TimerTarget {
 public:
  Party(World* world, SimNetwork* network, NodeId id)
      : runtime_(world, id), random_(1, Purpose("bench.party"), id.value()) {
    runtime_.Boot();
    bus_ = std::make_unique<SimBus>(network, &runtime_);
    bus_->SetReceiver(this);
  }
  void OnMessage(NodeId from, Slice bytes) final {
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    WR_CHECK(header.crc == Sum(bytes));
    On(from, header, bytes.substr(sizeof header));
  }
  void OnTimer(std::uint64_t) override { WR_CHECK(false); }  // a timeout

 protected:
  virtual void On(NodeId from, const Header& header, Slice record) = 0;

  void Send(NodeId to, const Draft& draft) {
    std::string buffer = bus_->AcquireBuffer();
    buffer.assign(draft.bytes().data(), draft.bytes().size());
    bus_->Send(to, std::move(buffer));
  }
  NodeRuntime& runtime() { return runtime_; }
  RandomStream& random() { return random_; }

 private:
  NodeRuntime runtime_;
  RandomStream random_;
  std::unique_ptr<SimBus> bus_;
};

class Replica : public Party {
 public:
  Replica(World* world, SimNetwork* network, NodeId id)
      : Party(world, network, id), log_(kLogPlaces) {}

 protected:
  struct Entry {
    Record record;
    std::uint64_t client = 0;
  };
  virtual void OnDurable(std::uint64_t index) = 0;

  Entry& At(std::uint64_t index) { return log_[index % kLogPlaces]; }
  void Append(const Header& header, Slice record, std::uint64_t index) {
    Entry& entry = At(index);
    entry.client = header.client;
    std::memcpy(&entry.record, record.data(), sizeof entry.record);
    const Nanos takes = random().Between(10 * kMicrosecond, 30 * kMicrosecond);
    Await(takes, &Replica::OnWritten, index);
  }

 private:
  static void OnWritten(void* object, std::uint64_t index) {
    auto* const self = static_cast<Replica*>(object);
    const Nanos takes =
        self->random().Between(100 * kMicrosecond, 500 * kMicrosecond);
    self->Await(takes, &Replica::OnSynced, index);
  }
  static void OnSynced(void* object, std::uint64_t index) {
    static_cast<Replica*>(object)->OnDurable(index);
  }
  void Await(Nanos takes, EventFn fn, std::uint64_t index) {
    World* const world = runtime().world();
    world->Schedule({.at = world->now() + takes,
                     .kind = EventKind::kDisk,
                     .node = runtime().id(),
                     .incarnation = runtime().incarnation(),
                     .op = index,
                     .fn = fn,
                     .object = this,
                     .arg = index});
  }

  std::vector<Entry> log_;
};

class Follower final : public Replica {
 public:
  using Replica::Replica;

 private:
  void On(NodeId, const Header& header, Slice record) override {
    Append(header, record, header.index);
  }
  void OnDurable(std::uint64_t index) override {
    Send(kLeader, Draft({.kind = Kind::kAck, .index = index}));
  }
};

class Leader final : public Replica {
 public:
  Leader(World* world, SimNetwork* network)
      : Replica(world, network, kLeader), progress_(kLogPlaces) {}
  std::uint64_t decided() const { return decided_; }

 private:
  struct Progress {
    std::uint32_t durable = 0;  // replicas
    bool self = false;          // the leader among them
    bool decided = false;
    std::array<env::TimerId, kReplicas + 1> timeouts{};
  };

  void On(NodeId from, const Header& header, Slice record) override {
    if (header.kind == Kind::kSubmit) return OnSubmit(header, record);
    Progress& progress = progress_[header.index % kLogPlaces];
    runtime().CancelTimer(progress.timeouts[from.value()]);
    ++progress.durable;
    MaybeDecide(header.index, &progress);
  }
  void OnSubmit(const Header& header, Slice record) {
    const std::uint64_t index = ++last_index_;
    Append(header, record, index);
    Progress& progress = progress_[index % kLogPlaces];
    progress = {};
    const Draft append(
        {.kind = Kind::kAppend, .client = header.client, .index = index},
        At(index).record);
    for (std::uint32_t i = 2; i <= kReplicas; ++i) {
      progress.timeouts[i] = runtime().ArmTimer(kTimeout, this, index);
      Send(NodeId(i), append);
    }
  }
  void OnDurable(std::uint64_t index) override {
    Progress& progress = progress_[index % kLogPlaces];
    progress.self = true;
    ++progress.durable;
    MaybeDecide(index, &progress);
  }
  void MaybeDecide(std::uint64_t index, Progress* progress) {
    if (progress->decided || !progress->self) return;
    if (progress->durable <= kReplicas / 2) return;
    progress->decided = true;
    ++decided_;
    Send(kClients, Draft({.kind = Kind::kReply, .client = At(index).client}));
  }

  std::vector<Progress> progress_;
  std::uint64_t last_index_ = 0;
  std::uint64_t decided_ = 0;
};

class Clients final : public Party {
 public:
  Clients(World* world, SimNetwork* network, std::uint64_t count)
      : Party(world, network, kClients), timeouts_(count) {
    for (std::uint64_t client = 0; client < count; ++client) Think(client);
  }
  void OnTimer(std::uint64_t client) override {
    WR_CHECK(client < timeouts_.size());  // else it was a timeout
    timeouts_[client] =
        runtime().ArmTimer(kTimeout, this, timeouts_.size() + client);
    Send(kLeader, Draft({.kind = Kind::kSubmit, .client = client}, record_));
  }

 private:
  void On(NodeId, const Header& header, Slice) override {
    runtime().CancelTimer(timeouts_[header.client]);
    Think(header.client);
  }
  void Think(std::uint64_t client) {
    runtime().ArmTimer(random().Exponential(kMillisecond), this, client);
  }

  Record record_{};
  std::vector<env::TimerId> timeouts_;
};

inline NetworkOptions BusOptions(std::uint32_t count, bool fifo) {
  NetworkOptions options;
  options.fifo = fifo;
  for (std::uint32_t i = 1; i <= count; ++i) {
    options.servers.push_back(NodeId(i));
  }
  return options;
}

// The whole of it. The latency is the prototype's: 30 us and an exponential
// tail of 100 us.
class Group {
 public:
  explicit Group(std::uint64_t clients)
      : world_({.seed = 1}),
        network_(&world_, Options()),
        leader_(&world_, &network_),
        clients_(&world_, &network_, clients) {
    for (std::uint32_t i = 2; i <= kReplicas; ++i) {
      followers_.push_back(
          std::make_unique<Follower>(&world_, &network_, NodeId(i)));
    }
  }
  World& world() { return world_; }
  std::uint64_t decided() const { return leader_.decided(); }

 private:
  static NetworkOptions Options() {
    NetworkOptions options = BusOptions(kReplicas + 1, /*fifo=*/true);
    options.model.latency = {30 * kMicrosecond, 30 * kMicrosecond,
                             100 * kMicrosecond};
    return options;
  }
  World world_;
  SimNetwork network_;
  Leader leader_;
  Clients clients_;
  std::vector<std::unique_ptr<Follower>> followers_;
};

}  // namespace wringer::sim::replicated_append

#endif  // WR_TESTS_BENCH_REPLICATED_APPEND_H_
