#include "sim/cluster/disk_faults.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/random.h"
#include "sim/cluster/translate.h"

namespace wringer::sim {
namespace {

// Part of the paths of a class of files; see engine/log_store for the layout.
Slice PathPart(FileClass files) {
  switch (files) {
    case FileClass::kWal:
      return "/log/wal";
    case FileClass::kStorage:
      return kDataDirectory;
    case FileClass::kMeta:
      return "/log/meta";
    case FileClass::kAny:
      break;
  }
  return "";
}

}  // namespace

DiskFaultId DiskFaults::Begin(const FaultSpec& spec, std::uint64_t key) {
  Fault fault;
  fault.kind = spec.kind;
  fault.spare = spec.spare;
  fault.factor = spec.factor;
  fault.before = Counters(fault);
  if (spec.kind == FaultKind::kIoError) BeginIoErrors(spec, &fault);
  if (spec.kind == FaultKind::kBitRot && !FlipBits(spec, key, &fault)) {
    return DiskFaultId();
  }
  faults_.push_back(std::move(fault));
  Apply();
  return DiskFaultId(static_cast<std::uint32_t>(faults_.size()));
}

void DiskFaults::BeginIoErrors(const FaultSpec& spec, Fault* fault) {
  const std::pair<bool, DiskOp> calls[] = {{spec.on.read, DiskOp::kRead},
                                           {spec.on.write, DiskOp::kWrite},
                                           {spec.on.sync, DiskOp::kSync}};
  for (const auto& [wanted, op] : calls) {
    if (!wanted) continue;
    IoFault rule;
    rule.op = op;
    rule.path = std::string(PathPart(spec.files));
    rule.count = spec.errors;
    fault->rules.push_back(disk_->AddFault(std::move(rule)));
  }
}

bool DiskFaults::FlipBits(const FaultSpec& spec, std::uint64_t key,
                          Fault* fault) {
  RandomDraw draw(key, 0);
  const std::uint64_t bits =
      spec.bits.low + draw.Below(spec.bits.high - spec.bits.low + 1);
  const MediaReport report = disk_->FlipBitsSomewhere(
      PathPart(spec.files), bits, IoFaultId(key), draw.Next());
  fault->after.bits_flipped = report.effective ? report.bits : 0;
  fault->after.where = absl::StrCat(report.path, " at ", report.offset);
  fault->ended = true;
  return report.effective;
}

void DiskFaults::End(DiskFaultId id) {
  WR_CHECK(id.value() > 0 && id.value() <= faults_.size());
  Fault& fault = faults_[id.value() - 1];
  if (fault.ended) return;
  fault.after = effect(id);
  fault.ended = true;
  for (const IoFaultId rule : fault.rules) disk_->RemoveFault(rule);
  Apply();
}

void DiskFaults::Apply() {
  std::uint32_t factor = 1;
  std::optional<std::uint64_t> spare;
  for (const Fault& fault : faults_) {
    if (fault.ended) continue;
    if (fault.kind == FaultKind::kSlowDisk) {
      factor = std::max(factor, fault.factor);
    }
    if (fault.kind == FaultKind::kDiskFull) {
      spare = std::min(spare.value_or(fault.spare), fault.spare);
    }
  }
  disk_->SetSlow(factor * 100);
  if (spare) {
    disk_->SetFull(*spare);
  } else {
    disk_->SetNotFull();
  }
}

DiskFaultEffect DiskFaults::Counters(const Fault& fault) const {
  DiskFaultEffect effect;
  switch (fault.kind) {
    case FaultKind::kDiskFull:
      effect.calls_failed = disk_->stats().no_space_errors;
      break;
    case FaultKind::kSlowDisk:
      effect.requests_slowed = disk_->device().requests_slowed();
      effect.delay_total = disk_->device().delay_total();
      break;
    case FaultKind::kIoError:
      for (const IoFaultId rule : fault.rules) {
        effect.calls_failed += disk_->fault_count(rule).fired;
      }
      break;
    default:
      break;
  }
  return effect;
}

DiskFaultEffect DiskFaults::effect(DiskFaultId id) const {
  WR_CHECK(id.value() > 0 && id.value() <= faults_.size());
  const Fault& fault = faults_[id.value() - 1];
  if (fault.ended) return fault.after;
  DiskFaultEffect effect = Counters(fault);
  effect.calls_failed -= fault.before.calls_failed;
  effect.requests_slowed -= fault.before.requests_slowed;
  effect.delay_total -= fault.before.delay_total;
  return effect;
}

}  // namespace wringer::sim
