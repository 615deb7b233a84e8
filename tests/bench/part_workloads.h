// Workloads of the parts around the kernel, shared by the benchmarks (time) and
// the gates (instructions). What one operation is, the comment says.
#ifndef WR_TESTS_BENCH_PART_WORKLOADS_H_
#define WR_TESTS_BENCH_PART_WORKLOADS_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/wal/wal.h"
#include "sim/core/node_runtime.h"
#include "sim/core/world.h"
#include "sim/disk/untimed_disk.h"
#include "sim/net/sim_bus.h"
#include "sim/net/sim_network.h"
#include "tests/bench/null_file_system.h"
#include "tests/engine/test_node.h"

namespace wringer::sim {

inline NetworkOptions BusOptions(std::uint32_t count, bool fifo) {
  NetworkOptions options;
  options.fifo = fifo;
  for (std::uint32_t i = 1; i <= count; ++i) {
    options.servers.push_back(NodeId(i));
  }
  return options;
}

// Replicated append by bare state machines, no engine: a client's command goes
// to the leader (party 1), to four followers and back; a majority answers the
// client, who sends the next. Each command arms a retry timer that is cancelled
// when it is decided, as nearly all such timers are. Ten messages a command.
class ReplicatedAppend {
 public:
  static constexpr std::uint32_t kReplicas = 5;
  static constexpr NodeId kClient{kReplicas + 1};
  static constexpr std::size_t kBytes = 128;

  explicit ReplicatedAppend(std::uint64_t commands_in_flight)
      : world_({.seed = 1}),
        network_(&world_, BusOptions(kReplicas + 1, /*fifo=*/true)) {
    for (std::uint32_t i = 1; i <= kReplicas + 1; ++i) {
      parties_.push_back(std::make_unique<Party>(this, NodeId(i)));
    }
    pending_.resize(commands_in_flight);
    for (std::uint64_t i = 0; i < commands_in_flight; ++i) {
      Send(kClient, NodeId{1}, {Kind::kSubmit, i});
    }
  }
  World& world() { return world_; }
  std::uint64_t decided() const { return decided_; }

 private:
  enum class Kind : std::uint8_t { kSubmit, kAppend, kAck, kReply };
  struct Message {
    Kind kind;
    std::uint64_t slot;
  };
  struct Pending {
    std::uint32_t acks = 0;
    bool decided = false;
    env::TimerId retry{};
  };
  struct Party : env::MessageReceiver, env::TimerTarget {
    Party(ReplicatedAppend* all, NodeId id)
        : owner(all), runtime(&all->world_, id) {
      runtime.Boot();
      bus = std::make_unique<SimBus>(&all->network_, &runtime);
      bus->SetReceiver(this);
    }
    void OnMessage(NodeId from, Slice bytes) override {
      Message message;
      std::memcpy(&message, bytes.data(), sizeof message);
      owner->On(runtime.id(), from, message);
    }
    void OnTimer(std::uint64_t) override { WR_CHECK(false); }
    ReplicatedAppend* owner;
    NodeRuntime runtime;
    std::unique_ptr<SimBus> bus;
  };

  Party& At(NodeId id) { return *parties_[id.value() - 1]; }
  void Send(NodeId from, NodeId to, const Message& message) {
    std::string buffer = At(from).bus->AcquireBuffer();
    buffer.resize(kBytes);
    std::memcpy(buffer.data(), &message, sizeof message);
    At(from).bus->Send(to, std::move(buffer));
  }
  void On(NodeId self, NodeId from, const Message& message) {
    switch (message.kind) {
      case Kind::kSubmit:
        return OnSubmit(message.slot);
      case Kind::kAppend:
        return Send(self, from, {Kind::kAck, message.slot});
      case Kind::kAck:
        return OnAck(message.slot);
      case Kind::kReply:
        return Send(kClient, NodeId{1}, {Kind::kSubmit, message.slot});
    }
  }
  void OnSubmit(std::uint64_t slot) {
    Party& leader = At(NodeId{1});
    pending_[slot] = {.retry = leader.runtime.ArmTimer(kSecond, &leader, slot)};
    for (std::uint32_t i = 2; i <= kReplicas; ++i) {
      Send(NodeId{1}, NodeId{i}, {Kind::kAppend, slot});
    }
  }
  // An acknowledgement may come after the slot's next command was submitted: it
  // is then counted for that one, which costs the same.
  void OnAck(std::uint64_t slot) {
    Pending& command = pending_[slot];
    if (++command.acks < 2 || command.decided) return;
    command.decided = true;
    ++decided_;
    At(NodeId{1}).runtime.CancelTimer(command.retry);
    Send(NodeId{1}, kClient, {Kind::kReply, slot});
  }

  World world_;
  SimNetwork network_;
  std::vector<std::unique_ptr<Party>> parties_;
  std::vector<Pending> pending_;
  std::uint64_t decided_ = 0;
};

// A disk whose waits cost nothing: what is measured is bookkeeping.
struct BenchDisk {
  explicit BenchDisk(std::uint64_t cache_bytes = std::uint64_t{64} << 20)
      : disk(Options(cache_bytes)), files(disk.Mount()) {}

  static DiskOptions Options(std::uint64_t cache_bytes) {
    DiskOptions options =
        MakeDiskOptions("ext4-ordered", "nvme-datacenter").value();
    options.capacity_bytes = std::uint64_t{1} << 40;
    options.cache_bytes = cache_bytes;
    return options;
  }
  std::unique_ptr<env::File> Open(const std::string& path) {
    env::OpenOptions options;
    options.create = true;
    return std::move(files->Open(path, options)).value();
  }

  UntimedDisk disk;
  std::unique_ptr<env::FileSystem> files;
};

inline constexpr std::uint64_t kSegment = std::uint64_t{16} << 20;

// A WAL's file: a new one every 16 MiB, the old one removed. One operation: an
// append and a sync.
class WalFile {
 public:
  explicit WalFile(std::size_t record_bytes)
      : file_(bench_.Open("/wal")), record_(record_bytes, 'x') {}

  void AppendAndSync() {
    if (at_ >= kSegment) {
      file_.reset();
      bench_.files->Remove("/wal").IgnoreError();
      file_ = bench_.Open("/wal");
      at_ = 0;
    }
    file_->WriteAt(at_, record_).IgnoreError();
    file_->DataSync().IgnoreError();
    at_ += record_.size();
  }

 private:
  BenchDisk bench_;
  std::unique_ptr<env::File> file_;
  const std::string record_;
  std::uint64_t at_ = 0;
};

}  // namespace wringer::sim

namespace wringer {

// A WAL, framing and fibers included, on files that keep nothing. One
// operation: a record made durable in a group of so many.
class WalGroups {
 public:
  WalGroups(std::uint64_t records_in_group, std::size_t payload_bytes)
      : records_(records_in_group), payload_(payload_bytes, 'x') {
    wal_ = std::make_unique<wal::Wal>(wal::WalOptions{}, "/wal", node_.env(),
                                      &listener_);
    node_.Run([this] { wal_->Open(&sink_).IgnoreError(); });
  }
  ~WalGroups() { node_.Kill(); }

  void CommitOne() {
    for (std::uint64_t i = 0; i < records_; ++i) {
      wal_->Submit(wal::Promise::kDurable, payload_);
    }
    node_.Wait(kMicrosecond);
  }
  bool all_durable() const { return wal_->durable() == wal_->submitted(); }

 private:
  class Sink : public wal::RecordSink {
   public:
    void OnRecord(const wal::RecordPlace&, Slice) override {}
    void OnDamage(const wal::Damage&) override {}
  };
  class Listener : public wal::WalListener {
   public:
    void OnDurable(Lsn) override {}
    void OnWalError(const absl::Status&) override {}
  };

  const std::uint64_t records_;
  const std::string payload_;
  NullFileSystem files_;
  testing::TestNode node_{&files_};
  Sink sink_;
  Listener listener_;
  std::unique_ptr<wal::Wal> wal_;
};

}  // namespace wringer

#endif  // WR_TESTS_BENCH_PART_WORKLOADS_H_
