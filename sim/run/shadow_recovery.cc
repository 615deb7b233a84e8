#include "sim/run/shadow_recovery.h"

#include <memory>
#include <string>

#include "engine/base/status_macros.h"
#include "engine/env/env.h"
#include "sim/core/node_runtime.h"
#include "sim/core/trace.h"
#include "sim/core/world.h"
#include "sim/disk/world_binding.h"

namespace wringer::sim {
namespace {

class DeafListener final : public log_store::LogStoreListener {
 public:
  void OnDurable(const log_store::DurableMark&) override {}
  void OnLogError(const absl::Status&) override {}
};

// A log store speaks to nobody.
class NoBus final : public env::MessageBus {
 public:
  std::string AcquireBuffer() override { return {}; }
  void Send(NodeId, std::string) override {}
  void SetReceiver(env::MessageReceiver*) override {}
};

}  // namespace

absl::StatusOr<log_store::Recovery> RecoverShadow(
    const DurableImage& image, const DiskOptions& disk_options,
    const log_store::LogStoreOptions& options) {
  constexpr NodeId kShadow{1};
  constexpr Nanos kLimit = 3600 * kSecond;
  DiskOptions patient = disk_options;
  WR_ASSIGN_OR_RETURN(patient.device, FindDevicePreset("perfect"));
  patient.device.logical_sector = disk_options.device.logical_sector;

  WorldOptions little;
  little.flight_recorder_events = 16;
  World world(little);
  TraceHub silence(&world);
  NodeRuntime runtime(&world, kShadow);
  const std::unique_ptr<SimDisk> disk = MakeDisk(&world, patient);
  disk->Restore(image);
  runtime.Boot();
  std::unique_ptr<env::FileSystem> files = MakeFileSystem(disk.get(), &runtime);
  NoBus bus;
  env::Env env{.self = kShadow,
               .clock = &runtime,
               .fibers = &runtime,
               .files = files.get(),
               .bus = &bus,
               .cpu = &runtime,
               .trace = silence.ForNode(kShadow),
               .random_seed = 0};
  DeafListener listener;
  std::unique_ptr<log_store::LogStore> store =
      log_store::NewLogStore(options, &env);
  absl::StatusOr<log_store::Recovery> recovery =
      absl::DeadlineExceededError("recovery does not end");
  runtime.Spawn("shadow", [&] {
    recovery = store->Open(&listener);
    world.RequestStop();
  });
  world.RunUntil(kLimit);

  runtime.Fence();
  disk->ProcessKill();
  const WorldScope scope(&world, kShadow);
  runtime.UnwindFibers();
  store.reset();
  files.reset();
  runtime.Bury();
  return recovery;
}

}  // namespace wringer::sim
