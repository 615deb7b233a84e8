// Load, levels, network, disks and clocks of a swarm run.
#include "sim/explore/swarm/draws.h"

namespace wringer::sim::swarm {
namespace {

void DrawMix(Draw* draw, MixSpec* mix) {
  mix->get = draw->Count(20, 60);
  mix->put = draw->Count(20, 60);
  const std::uint32_t del = draw->Count(1, 20);
  mix->del = draw->Percent(60) ? del : 0;
  const std::uint32_t cas = draw->Count(1, 40);
  mix->cas = draw->Percent(50) ? cas : 0;
}

void DrawPace(Draw* draw, PaceSpec* pace) {
  const bool open = draw->Percent(20);
  pace->kind = open ? PaceSpec::Kind::kOpen : PaceSpec::Kind::kClosed;
  const Nanos low = draw->Between(0, 5) * kMillisecond;
  const Nanos high = low + draw->Between(1, 15) * kMillisecond;
  const std::uint64_t rate = draw->Count(2, 8) * 50u;
  pace->think = open ? NanosRange{0, 0} : NanosRange{low, high};
  if (open) pace->per_second = rate;
}

}  // namespace

void DrawWorkload(std::uint64_t seed, WorkloadSpec* workload) {
  Draw draw(seed, SwarmGroup::kWorkload);
  workload->clients = draw.Count(2, 8);
  // Few hot keys: what one operation does, another sees.
  constexpr std::uint64_t kKeys[] = {2, 3, 4, 4, 6, 8, 16, 64};
  workload->keys.count = draw.Of(kKeys);
  const bool zipf = draw.Percent(30);
  workload->keys.pick.kind =
      zipf ? KeyPick::Kind::kZipf : KeyPick::Kind::kUniform;
  workload->keys.pick.theta_millionths = zipf ? 900'000 : 0;
  workload->values.low = 16;
  workload->values.high = draw.Doubling(16, 4 * kKiB);
  DrawMix(&draw, &workload->mix);
  DrawPace(&draw, &workload->pace);
  constexpr ClientRoute kRoutes[] = {ClientRoute::kLeader, ClientRoute::kLeader,
                                     ClientRoute::kSticky,
                                     ClientRoute::kRandom};
  workload->route = draw.Of(kRoutes);
  workload->timeout = draw.Between(3, 20) * 50 * kMillisecond;
  workload->retries = draw.Count(0, 6);
  workload->preload = draw.Percent(30);
}

void DrawLevels(std::uint64_t seed, LevelsSpec* levels) {
  Draw draw(seed, SwarmGroup::kLevels);
  using Read = ReadLevelSpec::Kind;
  constexpr Read kReads[] = {Read::kStrong,  Read::kStrong,  Read::kStrong,
                             Read::kStrong,  Read::kStrong,  Read::kStrong,
                             Read::kLease,   Read::kLease,   Read::kLease,
                             Read::kSession, Read::kBounded, Read::kLocal,
                             Read::kLeader,  Read::kQuorum};
  levels->read.kind = draw.Of(kReads);
  const Nanos staleness = draw.Between(1, 20) * 50 * kMillisecond;
  if (levels->read.kind == Read::kBounded) levels->read.staleness = staleness;
  using Write = WriteLevelSpec::Kind;
  constexpr Write kWrites[] = {
      Write::kDefault, Write::kDefault, Write::kDefault, Write::kDefault,
      Write::kLocal,   Write::kCount,   Write::kQuorum,  Write::kAll};
  levels->write.kind = draw.Of(kWrites);
  const std::uint32_t copies = draw.Count(1, 3);
  if (levels->write.kind == Write::kCount) levels->write.copies = copies;
}

void DrawNetwork(std::uint64_t seed, NetworkSpec* network) {
  Draw draw(seed, SwarmGroup::kNetwork);
  constexpr NetworkProfile kProfiles[] = {
      NetworkProfile::kLan,       NetworkProfile::kLan,
      NetworkProfile::kLan,       NetworkProfile::kWan,
      NetworkProfile::kFlakyWifi, NetworkProfile::kPerfect};
  network->profile = draw.Of(kProfiles);
  network->quality = QualityOf(network->profile);
  network->order = draw.Percent(50) ? MessageOrder::kFifo : MessageOrder::kAny;
  const Ppm loss = draw.Count(0, 20) * 1'000;
  if (draw.Percent(40)) network->quality.loss = loss;
  const Ppm duplicate = draw.Count(1, 30) * 1'000;
  if (draw.Percent(50)) network->quality.duplicate = duplicate;
  const Ppm reorder = draw.Count(1, 50) * 1'000;
  const Nanos by = draw.Between(1, 50) * kMillisecond;
  if (draw.Percent(60)) {
    network->quality.reorder = reorder;
    network->quality.reorder_by = by;
  }
  if (network->order == MessageOrder::kFifo) network->quality.reorder = 0;
}

void DrawDisk(std::uint64_t seed, DiskSpec* disk) {
  Draw draw(seed, SwarmGroup::kDisk);
  constexpr DiskDevice kDevices[] = {
      DiskDevice::kNvmeDatacenter, DiskDevice::kNvmeDatacenter,
      DiskDevice::kNvmeConsumer,   DiskDevice::kSataSsd,
      DiskDevice::kHdd7200,        DiskDevice::kCloudVolume,
      DiskDevice::kPerfect};
  disk->device = draw.Of(kDevices);
  disk->file_system = draw.Percent(50) ? FileSystemProfile::kExt4Ordered
                                       : FileSystemProfile::kPosixStrict;
  constexpr AfterFsyncError kAfter[] = {
      AfterFsyncError::kCleanButLost, AfterFsyncError::kCleanButLost,
      AfterFsyncError::kStaysDirty, AfterFsyncError::kSticky};
  disk->after_fsync_error = draw.Of(kAfter);
  disk->sector = draw.Percent(80) ? 512 : 4096;
  constexpr std::uint64_t kTorn[] = {512, 512, 4096, 0};
  disk->torn_writes = draw.Of(kTorn);
  disk->page_cache = draw.Doubling(1 * kMiB, 64 * kMiB);
}

void DrawClocks(std::uint64_t seed, ClockSpec* clocks) {
  Draw draw(seed, SwarmGroup::kClocks);
  constexpr Nanos kOffsets[] = {0, 1 * kMillisecond, 20 * kMillisecond,
                                500 * kMillisecond};
  const Nanos offset = draw.Of(kOffsets);
  clocks->offset = {-offset, offset};
  const std::int64_t drift = draw.Between(0, 200);
  clocks->drift = {-drift, drift};
}

}  // namespace wringer::sim::swarm
