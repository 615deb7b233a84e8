#include "sim/fault/ledger.h"

namespace wringer::sim {

Slice FaultVerdictName(FaultVerdict verdict) {
  switch (verdict) {
    case FaultVerdict::kPlanned:
      return "planned";
    case FaultVerdict::kEffective:
      return "effective";
    case FaultVerdict::kMasked:
      return "masked";
    case FaultVerdict::kIdle:
      return "idle";
  }
  return "?";
}

const LedgerEntry* Ledger::Find(Slice id) const {
  for (const LedgerEntry& entry : entries_) {
    if (Slice(entry.fault.id) == id) return &entry;
  }
  return nullptr;
}

std::array<FaultTally, kFaultKindCount> Ledger::Tally() const {
  std::array<FaultTally, kFaultKindCount> tally{};
  for (const LedgerEntry& entry : entries_) {
    FaultTally& kind = tally[std::size_t(entry.fault.kind)];
    ++kind.planned;
    if (!entry.fired) continue;
    ++kind.fired;
    if (entry.verdict() == FaultVerdict::kEffective) ++kind.effective;
    if (entry.verdict() == FaultVerdict::kMasked) ++kind.masked;
  }
  return tally;
}

std::vector<FaultKind> Ledger::Toothless(std::uint64_t fired) const {
  std::vector<FaultKind> result;
  const auto tally = Tally();
  for (std::size_t i = 0; i < tally.size(); ++i) {
    if (tally[i].effective == 0 && tally[i].idle() >= fired) {
      result.push_back(FaultKind(i));
    }
  }
  return result;
}

}  // namespace wringer::sim
