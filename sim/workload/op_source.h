// What the clients ask for, operation by operation.
//
// The n-th operation of client c is a pure function of (seed, c, n): kind, key,
// value and pause do not depend on what happened before, so a fault taken away
// leaves the workload as it was. The exception is the tag a compare-and-set
// expects: the newest one any client is known to have seen for the key, so
// that a good share of them applies. A scenario may write the operations out
// instead (workload.script); then they are taken from there.
//
// Every value starts with the id of the operation that writes it ("v902:"), so
// values are unique and a dump of a disk can be read by a person.
#ifndef WR_SIM_WORKLOAD_OP_SOURCE_H_
#define WR_SIM_WORKLOAD_OP_SOURCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/wire/messages.h"
#include "sim/scenario/workload_spec.h"
#include "sim/workload/key_picker.h"

namespace wringer::sim {

struct PlannedOp {
  OpId id;
  wire::OpKind kind = wire::OpKind::kGet;
  std::uint64_t key_number = 0;
  std::string key;
  std::string value;  // put, cas
  OpId expected_tag;  // cas
};

class OpSource {
 public:
  OpSource(const WorkloadSpec& spec, std::uint64_t seed);

  // Whether the client has an operation `ordinal`; drawn ones never end.
  bool Has(std::uint32_t client, std::uint64_t ordinal) const;
  // Operation `ordinal` (from 0) of client `client` (from 1). REQUIRES: Has().
  PlannedOp Make(std::uint32_t client, std::uint64_t ordinal) const;
  // Ids beyond every client's: preloading and final reads.
  PlannedOp MakePut(std::uint64_t key_number, OpId id) const;
  PlannedOp MakeGet(std::uint64_t key_number, OpId id) const;

  // How long the client waits before operation `ordinal`: think time (closed
  // loop), the gap to the arrival before (open loop, Poisson), or what is left
  // to a scripted operation's time when so much of the load has `elapsed`.
  Nanos PauseBefore(std::uint32_t client, std::uint64_t ordinal,
                    Nanos elapsed) const;

  // Somebody saw that `tag` is the version of the key.
  void Saw(std::uint64_t key_number, OpId tag);

  // Small, unique, and the same whatever other clients do: op n of client c is
  // (n * clients) + c.
  OpId IdOf(std::uint32_t client, std::uint64_t ordinal) const {
    return OpId(ordinal * spec_.clients + client);
  }
  std::uint64_t key_count() const { return keys_.count(); }
  static std::string KeyName(std::uint64_t number);

 private:
  wire::OpKind DrawKind(RandomDraw* draw) const;
  PlannedOp MakeScripted(const ScriptedOp& scripted) const;
  std::string DrawValue(OpId id, RandomDraw* draw) const;
  static std::string FillValue(OpId id, std::size_t size, RandomDraw* draw);

  const WorkloadSpec spec_;
  std::uint64_t seed_;
  KeyPicker keys_;
  std::uint32_t weight_total_ = 0;
  // The script, by client and time; empty if operations are drawn.
  std::vector<std::vector<ScriptedOp>> scripts_;
  std::vector<OpId> newest_;  // by key number
};

}  // namespace wringer::sim

#endif  // WR_SIM_WORKLOAD_OP_SOURCE_H_
