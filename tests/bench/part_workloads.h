// Workloads of the parts around the kernel, shared by the benchmarks (time) and
// the gates (instructions). What one operation is, the comment says.
#ifndef WR_TESTS_BENCH_PART_WORKLOADS_H_
#define WR_TESTS_BENCH_PART_WORKLOADS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/wal/wal.h"
#include "sim/disk/untimed_disk.h"
#include "tests/bench/null_file_system.h"
#include "tests/engine/test_node.h"

namespace wringer::sim {

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
