// The words of the file format for every enumeration, in one place.
//
//   NameOf(FaultKind::kPowerLoss)        == "power-loss"
//   FindName<FaultKind>("power-loss")    == FaultKind::kPowerLoss
//
// A choice that is known but not built yet has its word here, so that the
// parser can say so.
#ifndef WR_SIM_SCENARIO_NAMES_H_
#define WR_SIM_SCENARIO_NAMES_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/base/slice.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

struct EnumName {
  Slice name;
  Slice about;  // a few words for the reference page
  bool built = true;
};

struct EnumNames {
  Slice what;  // "storage engine": the noun of messages
  const EnumName* first;
  std::size_t count;

  const EnumName& at(std::size_t i) const { return first[i]; }
  std::optional<std::size_t> Find(Slice name) const;
  std::vector<Slice> Built() const;  // in alphabetical order
  std::vector<Slice> All() const;
};

// Indexed by the enumerator's value. Defined for every enum of the scenario.
template <typename E>
const EnumNames& NamesOf();

template <typename E>
Slice NameOf(E value) {
  return NamesOf<E>().at(static_cast<std::size_t>(value)).name;
}

template <typename E>
std::optional<E> FindName(Slice name) {
  const std::optional<std::size_t> i = NamesOf<E>().Find(name);
  return i ? std::optional<E>(static_cast<E>(*i)) : std::nullopt;
}

// A set of booleans written as a list of words: on = ["read", "sync"].
template <typename T>
struct FlagName {
  Slice name;
  bool T::* flag;
};
template <typename T>
struct FlagNames {
  Slice what;
  const FlagName<T>* first;
  std::size_t count;
};
template <typename T>
const FlagNames<T>& FlagsOf();

// "safety/lost-ack" and its kin: what `violation` may name.
const std::vector<Slice>& KnownViolations();

// "n3", "zone:east", "leader": as scenario files write a target.
std::string TargetName(const Target& target);
// A node by name ("n3", "m1", "c2"); kNoNode if it is none.
NodeId ParseNodeName(Slice name);
// Nothing if `text` is no target by its form. Existence is not checked.
std::optional<Target> ParseTarget(Slice text);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_NAMES_H_
