// Small histories, drawn by hand: one line an operation.
//
//   Sketch s;
//   const OpIndex w = s.Put("x", 1, 2);        // called at 1, returned at 2
//   s.Get("x", s.TagOf(w), 3, 4);              // saw what w wrote
//   s.Get("x", kInitialTag, 5, 6);             // saw nothing
//
// Event n happens at n milliseconds. Each operation is a client of its own
// unless said otherwise, so that intervals may overlap as they please.
#ifndef WR_TESTS_REPORTS_SKETCH_H_
#define WR_TESTS_REPORTS_SKETCH_H_

#include <cstdint>
#include <utility>

#include "reports/check/facts/index.h"
#include "reports/history/history.h"

namespace wringer::reports {

class Sketch {
 public:
  static constexpr std::int64_t kMs = 1000000;

  // `ret` 0: the outcome stays unknown.
  OpIndex Put(Slice key, std::uint64_t call, std::uint64_t ret) {
    return Add(OpKind::kPut, key, call, ret, {});
  }
  OpIndex Delete(Slice key, std::uint64_t call, std::uint64_t ret) {
    return Add(OpKind::kDelete, key, call, ret, {});
  }
  OpIndex Get(Slice key, Tag saw, std::uint64_t call, std::uint64_t ret) {
    const OpIndex i = Add(OpKind::kGet, key, call, ret, {});
    See(i, saw);
    return i;
  }
  OpIndex Cas(Slice key, Tag expected, std::uint64_t call, std::uint64_t ret) {
    const OpIndex i = Add(OpKind::kCas, key, call, ret, expected);
    history.op(i).cas_succeeded = ret != 0;
    return i;
  }
  OpIndex Refused(Slice key, Tag expected, Tag saw, std::uint64_t call,
                  std::uint64_t ret) {
    const OpIndex i = Add(OpKind::kCas, key, call, ret, expected);
    See(i, saw);
    return i;
  }

  Tag TagOf(OpIndex i) const { return history.op(i).op_id; }
  Operation& operator[](OpIndex i) { return history.op(i); }

  // Last event number used plus one, for appending.
  History history;
  std::uint32_t client = 0;  // of the operations to come; 0: one each

 private:
  void See(OpIndex i, Tag saw) {
    Operation& op = history.op(i);
    op.observed_tag = saw;
    for (const Operation& made : history.ops()) {
      if (made.op_id != saw || made.kind == OpKind::kDelete) continue;
      op.found = true;
      op.observed_digest = made.written_digest;
    }
  }

  OpIndex Add(OpKind kind, Slice key, std::uint64_t call, std::uint64_t ret,
              Tag expected) {
    Operation op;
    op.op_id = history.size() + 1;
    op.client = client != 0 ? client : static_cast<std::uint32_t>(op.op_id);
    op.kind = kind;
    op.key = history.InternKey(key);
    op.expected_tag = expected;
    op.written_digest = 0x1000 + op.op_id;
    const auto ns = [](std::uint64_t seq) {
      return static_cast<std::int64_t>(seq) * kMs;
    };
    const OpIndex i = history.Call(op, {call, ns(call)});
    if (ret != 0) history.Complete(i, Outcome::kOk, {ret, ns(ret)});
    return i;
  }
};

}  // namespace wringer::reports

#endif  // WR_TESTS_REPORTS_SKETCH_H_
