#include "reports/check/witness_order.h"

#include <algorithm>
#include <tuple>

#include "reports/check/facts/value_match.h"

namespace wringer::reports {
namespace {

struct Place {
  std::uint64_t index = 0;
  std::uint32_t sub = 0;
  OpIndex op = 0;
};

// The claimed order. False if an answered operation makes no claim.
bool ClaimedOrder(const History& history, OpSpan ops,
                  std::vector<Place>* order) {
  order->reserve(ops.size());
  for (const OpIndex i : ops) {
    const Operation& op = history.op(i);
    if (op.outcome == Outcome::kFail) continue;
    if (!op.Writes() && !op.Observes()) continue;
    if (op.witness.present()) {
      order->push_back({op.witness.index, op.witness.sub, i});
    } else if (op.outcome == Outcome::kOk) {
      return false;
    }
  }
  const auto before = [](const Place& a, const Place& b) {
    return std::tie(a.index, a.sub, a.op) < std::tie(b.index, b.sub, b.op);
  };
  if (!std::is_sorted(order->begin(), order->end(), before)) {
    std::sort(order->begin(), order->end(), before);
  }
  return true;
}

bool Legal(const HistoryIndex& index, const std::vector<Place>& order) {
  const History& history = index.history();
  Tag current = kInitialTag;
  OpIndex writer = kNoOp;
  std::uint64_t latest_call = 0;  // of the operations placed so far
  for (const Place& place : order) {
    const Operation& op = history.op(place.op);
    if (op.return_seq < latest_call) return false;
    latest_call = std::max(latest_call, op.call_seq);
    if (op.Observes()) {
      if (!op.tag_known || op.observed_tag != current) return false;
      if (op.kind == OpKind::kCas && op.expected_tag == current) return false;
      if (!ValueMatches(history, writer, op.found, op.observed_digest)) {
        return false;
      }
      continue;
    }
    if (op.kind == OpKind::kCas && op.expected_tag != current) {
      if (op.outcome == Outcome::kUnknown) continue;  // refused, unheard of
      return false;
    }
    current = op.op_id;
    writer = place.op;
  }
  return true;
}

}  // namespace

WitnessVerdict CheckWitnessOrder(const HistoryIndex& index, OpSpan ops) {
  std::vector<Place> order;
  if (!ClaimedOrder(index.history(), ops, &order)) {
    return WitnessVerdict::kMissing;
  }
  return Legal(index, order) ? WitnessVerdict::kProof
                             : WitnessVerdict::kRefuted;
}

}  // namespace wringer::reports
