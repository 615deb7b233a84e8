#include "sim/explore/materialise.h"

#include <algorithm>
#include <tuple>

#include "engine/base/check.h"
#include "sim/workload/op_source.h"

namespace wringer::sim {
namespace {

ScriptKind KindOf(wire::OpKind kind) {
  switch (kind) {
    case wire::OpKind::kPut:
      return ScriptKind::kPut;
    case wire::OpKind::kDelete:
      return ScriptKind::kDelete;
    case wire::OpKind::kCas:
      return ScriptKind::kCas;
    case wire::OpKind::kGet:
    case wire::OpKind::kRegisterSession:
      break;
  }
  return ScriptKind::kGet;
}

ScriptedOp RowOf(const PlannedOp& op, std::uint32_t client, Nanos at) {
  ScriptedOp row;
  row.id = op.id.value();
  row.client = client;
  row.at = at;
  row.kind = KindOf(op.kind);
  row.key = op.key_number;
  if (!op.value.empty()) row.value = op.value.size();
  return row;
}

// What one client did, and when it was idle last.
struct ClientTrack {
  std::uint64_t called = 0;
  std::int64_t free_ns = 0;
  bool waits = false;  // its last operation had no answer when the load ended
};

// Every fault with the victims it had. One that hit nothing keeps its role: on
// the node it chose, a file may not put it ("n2 is already down").
std::vector<FaultSpec> FaultsOf(const Scenario& scenario,
                                const RunResult& result) {
  std::vector<FaultSpec> faults = PlanFaults(scenario, result.seed);
  for (FaultSpec& fault : faults) {
    const LedgerEntry* entry = result.ledger.Find(fault.id);
    WR_CHECK(entry != nullptr);
    if (entry->verdict() == FaultVerdict::kEffective) fault = entry->fault;
  }
  return faults;
}

}  // namespace

std::vector<ScriptedOp> OperationsOf(const Scenario& scenario,
                                     const RunResult& result) {
  const WorkloadSpec& spec = scenario.workload;
  if (!spec.script.empty()) return spec.script;
  const OpSource source(spec, result.seed);
  const bool open = spec.pace.kind == PaceSpec::Kind::kOpen;
  std::vector<ClientTrack> tracks(std::size_t{spec.clients} + 1);
  std::vector<ScriptedOp> rows;
  for (const reports::Operation& op : result.history.ops()) {
    if (op.client == 0 || op.client > spec.clients) continue;
    ClientTrack& track = tracks[op.client];
    rows.push_back(RowOf(source.Make(op.client, track.called), op.client,
                         op.call_ns - result.load_began));
    WR_CHECK(rows.back().id == op.op_id);
    ++track.called;
    track.free_ns = open ? op.call_ns : op.return_ns;
    track.waits = !open && op.return_ns >= result.load_ended;
  }
  // The operation each client was about to call when the load ended: it is
  // never called, but the timer that would have is part of the run.
  for (std::uint32_t client = 1; client <= spec.clients; ++client) {
    const ClientTrack& track = tracks[client];
    if (spec.operations || track.waits || track.called == 0) continue;
    const Nanos pause = source.PauseBefore(client, track.called, 0);
    rows.push_back(RowOf(source.Make(client, track.called), client,
                         track.free_ns + pause - result.load_began));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ScriptedOp& a, const ScriptedOp& b) {
                     return std::tie(a.at, a.client) < std::tie(b.at, b.client);
                   });
  return rows;
}

Scenario Materialise(const Scenario& scenario, const RunResult& result) {
  Scenario explicit_form = scenario;
  explicit_form.seed = result.seed;
  explicit_form.faults.timeline = FaultsOf(scenario, result);
  explicit_form.faults.random.reset();
  explicit_form.workload.script = OperationsOf(scenario, result);
  explicit_form.workload.operations.reset();
  return explicit_form;
}

}  // namespace wringer::sim
