#include "sim/fault/injector.h"

#include "engine/base/check.h"

namespace wringer::sim {
namespace {

class InertInjector : public Injector {
 public:
  void Begin() override {}
  void End() override {}
  FaultEffect effect() const override { return {}; }
};

}  // namespace

std::unique_ptr<Injector> NewInertInjector() {
  return std::make_unique<InertInjector>();
}

std::unique_ptr<Injector> NewInjector(const InjectorContext& context) {
  switch (context.fault->pinned.kind) {
    case FaultKind::kCrash:
    case FaultKind::kPowerLoss:
    case FaultKind::kPause:
    case FaultKind::kWipe:
      return NewProcessInjector(context);
    case FaultKind::kPartition:
    case FaultKind::kLink:
      return NewNetworkInjector(context);
    case FaultKind::kClockStep:
    case FaultKind::kClockDrift:
    case FaultKind::kClockFreeze:
      return NewClockInjector(context);
    case FaultKind::kDiskFull:
    case FaultKind::kIoError:
    case FaultKind::kSlowDisk:
    case FaultKind::kBitRot:
      return NewDiskInjector(context);
    case FaultKind::kConfig:
    case FaultKind::kMembership:
      return NewConfigInjector(context);
    case FaultKind::kHeal:
      break;
  }
  WR_CHECK_MSG(false, "no injector for this kind");
  return NewInertInjector();
}

bool IsInstantaneous(FaultKind kind) {
  return kind == FaultKind::kClockStep || kind == FaultKind::kBitRot ||
         kind == FaultKind::kConfig || kind == FaultKind::kMembership ||
         kind == FaultKind::kHeal;
}

}  // namespace wringer::sim
