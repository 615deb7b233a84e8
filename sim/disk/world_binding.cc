#include "sim/disk/world_binding.h"

#include "engine/base/check.h"
#include "sim/disk/sim_file_system.h"

namespace wringer::sim {
namespace {

class WorldHost : public DiskHost {
 public:
  WorldHost(World* world, std::uint64_t disk) : world_(world), disk_(disk) {}

  Nanos Now() const override { return world_->now(); }
  void ArmFlusher(SimDisk* disk, Nanos at) override {
    EventSpec spec;
    spec.at = at;
    spec.kind = EventKind::kWriteBack;
    spec.op = disk_;
    spec.fn = [](void* object, std::uint64_t) {
      static_cast<SimDisk*>(object)->OnFlusher();
    };
    spec.object = disk;
    event_ = world_->Schedule(spec);
  }
  void DisarmFlusher() override { world_->Cancel(event_); }

 private:
  World* world_;
  std::uint64_t disk_;
  EventId event_;
};

class FiberCaller : public DiskCaller {
 public:
  explicit FiberCaller(NodeRuntime* runtime)
      : runtime_(runtime), incarnation_(runtime->incarnation()) {}

  void WaitUntil(Nanos at, std::uint64_t op) override {
    runtime_->BlockUntil(at, EventKind::kDisk, op);
  }
  void Charge(Nanos cpu) override { runtime_->Charge(cpu); }
  bool Live() const override {
    return runtime_->alive() && runtime_->incarnation() == incarnation_;
  }
  void RecordDefect(Slice what) override { runtime_->RecordDefect(what); }

 private:
  NodeRuntime* runtime_;
  Incarnation incarnation_;
};

}  // namespace

std::unique_ptr<SimDisk> MakeDisk(World* world, const DiskOptions& options) {
  return std::make_unique<SimDisk>(
      options, std::make_unique<WorldHost>(world, options.disk));
}

std::unique_ptr<env::FileSystem> MakeFileSystem(SimDisk* disk,
                                                NodeRuntime* runtime) {
  WR_CHECK(runtime->alive());
  return std::make_unique<SimFileSystem>(
      disk, std::make_unique<FiberCaller>(runtime));
}

}  // namespace wringer::sim
