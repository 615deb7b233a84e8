// Codecs of the values that have a small grammar of their own.
#ifndef WR_SIM_SCENARIO_SCHEMA_CODECS_SPECIAL_H_
#define WR_SIM_SCENARIO_SCHEMA_CODECS_SPECIAL_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/codecs.h"

namespace wringer::sim {

#define WR_CODEC(Name, type, text, textual)                            \
  struct Name {                                                        \
    using Type = type;                                                 \
    static constexpr Slice kType = text;                               \
    static constexpr bool kTextual = textual;                          \
    static void Read(const DocValue&, const Field&, Type*, Problems*); \
    static std::optional<std::string> Write(const Type&);              \
    static std::string Json(const Field&);                             \
  }

// --- The file ---
WR_CODEC(FormatCodec, std::uint32_t, "integer", false);
WR_CODEC(SeedCodec, std::uint64_t, "integer or \"0x...\"", true);
WR_CODEC(BlockTextCodec, std::string, "string", true);
WR_CODEC(TextListCodec, std::vector<std::string>, "list of strings", false);
WR_CODEC(MarkListCodec, std::vector<Mark>, "list of marks", false);
WR_CODEC(MutantListCodec, std::vector<Mutant>, "list of mutants", false);
WR_CODEC(ViolationCodec, std::string, "\"class/name\"", true);

// --- Nodes and targets ---
WR_CODEC(NodeCodec, NodeId, "node", true);
WR_CODEC(NodeListCodec, std::vector<NodeId>, "list of nodes", false);
WR_CODEC(ZonesCodec, std::vector<Zone>, "table of node lists", false);
WR_CODEC(TargetCodec, Target, "target", true);
WR_CODEC(TargetListCodec, std::vector<Target>, "target or list", true);
WR_CODEC(SidesCodec, std::vector<std::vector<Target>>, "list of target lists",
         false);
WR_CODEC(NodeLimitCodec, NodeLimit, "integer or \"minority\"", true);

// --- World and workload ---
WR_CODEC(DelayCodec, Delay, "delay", true);
// 0, "leave it as it is", is not written.
WR_CODEC(NewBandwidthCodec, std::uint64_t, "bandwidth", true);
// Sets every quality of the network from the profile.
WR_CODEC(NetworkProfileCodec, NetworkSpec, "choice", true);
WR_CODEC(KeyPickCodec, KeyPick, "\"uniform\" or \"zipf T\"", true);
WR_CODEC(PaceCodec, PaceSpec, "\"closed [D]\" or \"open N/s\"", true);
WR_CODEC(ReadLevelCodec, ReadLevelSpec, "read level", true);
WR_CODEC(WriteLevelCodec, WriteLevelSpec, "write level", true);
// "1..8", or an integer for both ends.
WR_CODEC(CountRangeCodec, CountRange, "integer range", true);

// --- Triggers: each sets the kind of the trigger too ---
WR_CODEC(AtCodec, FaultTrigger, "duration", true);
WR_CODEC(OnMarkCodec, FaultTrigger, "mark", true);
WR_CODEC(OnEventCodec, FaultTrigger, "choice", true);
WR_CODEC(OnRoleCodec, FaultTrigger, "choice", true);
WR_CODEC(OnFaultCodec, FaultTrigger, "fault id", true);
WR_CODEC(OnEndCodec, FaultTrigger, "fault id", true);

// --- The matrix ---
using Settings = std::vector<std::pair<std::string, std::string>>;
WR_CODEC(AxesCodec, std::vector<MatrixSpec::Axis>, "table of value lists",
         false);
WR_CODEC(BaselineCodec, Settings, "table of values", false);

#undef WR_CODEC

// Letters, digits, '-', '_' and '.', not empty: fault ids and tags.
bool IsIdentifier(Slice text);

// All names of marks and mutants, for suggestions.
std::vector<Slice> MarkNames();
std::vector<Slice> MutantNames();

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_SCHEMA_CODECS_SPECIAL_H_
