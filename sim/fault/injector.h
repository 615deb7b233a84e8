// One fault in force: begins, ends, and can say at any time what it has done.
//
// One small file a family: process.cc, network.cc, clock.cc, disk.cc,
// config.cc. To add a kind, add its injector there and a line to NewInjector.
#ifndef WR_SIM_FAULT_INJECTOR_H_
#define WR_SIM_FAULT_INJECTOR_H_

#include <cstdint>
#include <memory>

#include "sim/fault/fault_target.h"
#include "sim/fault/ledger.h"
#include "sim/fault/resolve.h"

namespace wringer::sim {

class Injector {
 public:
  virtual ~Injector() = default;
  // Acts on the cluster. Called once.
  virtual void Begin() = 0;
  // Undoes what lasts. Called at most once, after Begin.
  virtual void End() = 0;
  // What has come of it so far.
  virtual FaultEffect effect() const = 0;
};

struct InjectorContext {
  FaultTarget* cluster = nullptr;
  const ResolvedFault* fault = nullptr;  // outlives the injector
  std::uint64_t key = 0;                 // FaultKey of the fault
};

// Never null. REQUIRES: the kind is not kHeal, which the driver does itself.
std::unique_ptr<Injector> NewInjector(const InjectorContext& context);

// True for kinds that act at one instant and have nothing to end.
bool IsInstantaneous(FaultKind kind);

std::unique_ptr<Injector> NewProcessInjector(const InjectorContext& context);
std::unique_ptr<Injector> NewNetworkInjector(const InjectorContext& context);
std::unique_ptr<Injector> NewClockInjector(const InjectorContext& context);
std::unique_ptr<Injector> NewDiskInjector(const InjectorContext& context);
std::unique_ptr<Injector> NewConfigInjector(const InjectorContext& context);
// Does nothing whatever: the self-test of the ledger.
std::unique_ptr<Injector> NewInertInjector();

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_INJECTOR_H_
