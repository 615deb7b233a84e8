// The fault ledger: what was planned, what fired, and what it really did.
//
// The commonest defect of a simulator is a fault that does nothing. So every
// fault has one entry, and an entry that fired must end with a witness: either
// an effect that was counted ("214 messages stopped"), or the reason why there
// was nothing to hit ("n2 was already down"). Fired with neither is idle, and
// a kind that often fired and never had an effect fails a campaign.
#ifndef WR_SIM_FAULT_LEDGER_H_
#define WR_SIM_FAULT_LEDGER_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "sim/scenario/fault_spec.h"

namespace wringer::sim {

// What an injector saw itself do.
struct FaultEffect {
  std::uint64_t count = 0;  // messages, bytes, calls ... of any size but zero
  std::string text;         // "3 unsynced log entries (412 bytes) gone"
  std::string masked;       // why nothing could be hit; empty otherwise
};

enum class FaultVerdict : std::uint8_t {
  kPlanned,    // never fired
  kEffective,  // fired and changed something
  kMasked,     // fired, and there was nothing to hit
  kIdle,       // fired, and nothing came of it
};
Slice FaultVerdictName(FaultVerdict verdict);

struct LedgerEntry {
  // The fault with every role replaced by the nodes it resolved to when it
  // fired; as planned until then. Running it hits the same victims.
  FaultSpec fault;
  // Nodes named by the fault, ascending; and as text, "n1 | n2 n3".
  std::vector<NodeId> nodes;
  std::string target;
  bool fired = false;
  Nanos fired_at = -1;
  Nanos ended_at = -1;  // -1 while in force, and for ever if never ended
  // A fault that acts at one instant has no window to end.
  bool instantaneous = false;
  FaultEffect effect;

  FaultVerdict verdict() const {
    if (!fired) return FaultVerdict::kPlanned;
    if (effect.count > 0) return FaultVerdict::kEffective;
    return effect.masked.empty() ? FaultVerdict::kIdle : FaultVerdict::kMasked;
  }
};

struct FaultTally {
  std::uint64_t planned = 0;  // entries of the kind, fired or not
  std::uint64_t fired = 0;
  std::uint64_t effective = 0;
  std::uint64_t masked = 0;
  std::uint64_t idle() const { return fired - effective - masked; }
};

class Ledger {
 public:
  std::vector<LedgerEntry>& entries() { return entries_; }
  const std::vector<LedgerEntry>& entries() const { return entries_; }
  const LedgerEntry* Find(Slice id) const;

  // Indexed by FaultKind.
  std::array<FaultTally, kFaultKindCount> Tally() const;
  // Kinds that fired at least `fired` times where they could have bitten, and
  // never did.
  std::vector<FaultKind> Toothless(std::uint64_t fired = 1) const;

 private:
  std::vector<LedgerEntry> entries_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_FAULT_LEDGER_H_
