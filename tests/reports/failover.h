// The house example: an asynchronous failover that loses an acknowledged
// write, as the simulator would record it. Golden tests draw it.
#ifndef WR_TESTS_REPORTS_FAILOVER_H_
#define WR_TESTS_REPORTS_FAILOVER_H_

#include "reports/history/history.h"

namespace wringer::reports {

inline History AsyncFailover() {
  constexpr std::int64_t kMs = 1000000;
  History h;
  const KeyId key = h.InternKey("k17");
  const NameId n2 = h.InternName("n2");
  const NameId n4 = h.InternName("n4");
  const auto add = [&](Tag id, std::uint32_t client, OpKind kind,
                       std::int64_t call_ms, std::int64_t return_ms,
                       NameId node, Witness witness) {
    Operation op;
    op.op_id = id;
    op.client = client;
    op.kind = kind;
    op.key = key;
    op.written_digest = id * 7;
    op.node = node;
    op.witness = witness;
    const auto seq = [](std::int64_t ms) {
      return static_cast<std::uint64_t>(ms);
    };
    const OpIndex i = h.Call(op, {seq(call_ms), call_ms * kMs});
    h.Complete(i, Outcome::kOk, {seq(return_ms), return_ms * kMs});
    return i;
  };
  add(871, 2, OpKind::kPut, 7040, 7051, n2, {.index = 40, .sub = 0, .term = 4});
  add(902, 3, OpKind::kPut, 7095, 7108, n2, {.index = 41, .sub = 0, .term = 4});
  const OpIndex get = add(911, 6, OpKind::kGet, 7404, 7412, n4,
                          {.index = 40, .sub = Witness::kAfterAll, .term = 5});
  h.op(get).observed_tag = 871;
  h.op(get).found = true;
  h.op(get).observed_digest = 871 * 7;
  h.op(get).read_asked = h.op(get).read_given = ReadLevel::kStrong;
  h.AddFault({.id = "lose",
              .kind = "power-loss",
              .target = "n2",
              .effect = "3 unsynced WAL records gone",
              .start_ns = 7233 * kMs,
              .stop_ns = 7600 * kMs,
              .effective = true});
  h.AddNodeEvent(
      {.ns = 0, .node = n2, .kind = NodeEventKind::kLeader, .term = 4});
  h.AddNodeEvent(
      {.ns = 0, .node = n4, .kind = NodeEventKind::kFollower, .term = 4});
  h.AddNodeEvent({.ns = 7233 * kMs, .node = n2, .kind = NodeEventKind::kDown});
  h.AddNodeEvent({.ns = 7396 * kMs,
                  .node = n4,
                  .kind = NodeEventKind::kLeader,
                  .term = 5,
                  .note = "its log ends 1 entry before v902"});
  FinalState& final_state = h.final_state();
  final_state.recorded = true;
  final_state.healed_ns = 7600 * kMs;
  final_state.converged_ns = 9700 * kMs;
  final_state.limit_ns = 5000 * kMs;
  for (const NameId node : {n2, n4}) {
    FinalReplica replica;
    replica.node = node;
    replica.applied = 40;
    replica.authoritative = node == n4;
    replica.entries.push_back(
        {.key = key, .tag = 871, .digest = 871 * 7, .found = true});
    final_state.replicas.push_back(replica);
  }
  h.Seal();
  return h;
}

}  // namespace wringer::reports

#endif  // WR_TESTS_REPORTS_FAILOVER_H_
