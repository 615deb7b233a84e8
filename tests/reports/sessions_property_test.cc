// Session guarantees on random weak stores, against their definitions written
// down as loops over all pairs.
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "reports/check/facts/version_order.h"
#include "reports/check/sessions.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

using Rng = std::mt19937_64;

std::uint64_t Below(Rng* rng, std::uint64_t n) { return (*rng)() % n; }

// Clients that ask one thing after the other; a read sees any version so far.
History Weak(Rng* rng) {
  Sketch s;
  const std::uint64_t clients = 1 + Below(rng, 3);
  const std::uint64_t keys = 1 + Below(rng, 2);
  std::vector<std::uint64_t> free_at(clients + 1, 0);
  const bool places = Below(rng, 2) == 0;
  for (std::uint64_t t = 1; t < 40; t += 1 + Below(rng, 4)) {
    const std::uint64_t client = 1 + Below(rng, clients);
    if (free_at[client] >= t) continue;
    s.client = static_cast<std::uint32_t>(client);
    const std::string key = "k" + std::to_string(Below(rng, keys));
    const std::uint64_t ret = t + 1 + Below(rng, 4);
    free_at[client] = ret;
    if (Below(rng, 2) == 0) {
      const OpIndex w = s.Put(key, t, Below(rng, 8) == 0 ? 0 : ret);
      if (places) s[w].witness = {.index = t, .sub = 0, .term = 1};
      continue;
    }
    const KeyId id = s.history.InternKey(key);
    Tag saw = kInitialTag;
    for (const Operation& op : s.history.ops()) {
      const bool here = op.kind == OpKind::kPut && op.key == id;
      if (here && Below(rng, 2) == 0) saw = op.op_id;
    }
    s.Get(key, saw, t, ret);
  }
  return s.history;
}

class Naive {
 public:
  explicit Naive(const History& history) : history_(history), index_(history) {}

  // Whether the read breaks read-your-writes, monotonic reads, monotonic
  // writes, writes-follow-reads.
  std::vector<bool> Broken(OpIndex read) const {
    std::vector<bool> broken(4, false);
    const Operation& op = history_.op(read);
    for (OpIndex e = 0; e < history_.size(); ++e) {
      if (!Before(e, read) || history_.op(e).client != op.client) continue;
      if (Wrote(e)) broken[0] = broken[0] || Newer(e, e, read);
      if (!Read(e)) continue;
      broken[1] = broken[1] || Newer(e, Seen(e), read);
      // What the session whose write was seen had done before that write.
      const OpIndex w = Seen(e);
      if (w == kNoOp) continue;
      for (OpIndex d = 0; d < history_.size(); ++d) {
        if (history_.op(d).client != history_.op(w).client) continue;
        if (!Before(d, w)) continue;
        if (Wrote(d)) broken[2] = broken[2] || Newer(d, d, read);
        if (Read(d)) broken[3] = broken[3] || Newer(d, Seen(d), read);
      }
    }
    return broken;
  }

  bool Read(OpIndex i) const { return history_.op(i).Observes(); }

 private:
  bool Wrote(OpIndex i) const { return history_.op(i).WriteAcknowledged(); }
  bool Before(OpIndex a, OpIndex b) const {
    return history_.op(a).return_seq < history_.op(b).call_seq;
  }
  OpIndex Seen(OpIndex i) const {
    const Operation& op = history_.op(i);
    return index_.WriterOf(op.key, op.observed_tag);
  }
  // `version`, which `step` wrote or saw, is newer than what `read` saw.
  bool Newer(OpIndex step, OpIndex version, OpIndex read) const {
    return history_.op(step).key == history_.op(read).key &&
           OlderVersion(history_, Seen(read), version);
  }

  const History& history_;
  const HistoryIndex index_;
};

// The checker remembers the session's last step on a key where the definition
// looks at all of them, so it may miss a breach by a session that had gone
// back itself; it never invents one, and finds the first of each session.
TEST(SessionsProperty, EveryBreachIsOneAndCleanHistoriesStayClean) {
  Rng rng(31);
  std::vector<int> clean(4, 0);
  std::vector<int> dirty(4, 0);
  for (int round = 0; round < 20000; ++round) {
    SCOPED_TRACE(round);
    const History history = Weak(&rng);
    const HistoryIndex index(history);
    const std::vector<CheckResult> results = CheckSessions(index);
    const Naive naive(history);
    std::vector<std::uint64_t> broken(4, 0);
    for (OpIndex i = 0; i < history.size(); ++i) {
      if (!naive.Read(i)) continue;
      const std::vector<bool> by_definition = naive.Broken(i);
      for (std::size_t g = 0; g < 4; ++g) {
        if (by_definition[g]) ++broken[g];
      }
    }
    for (std::size_t g = 0; g < 4; ++g) {
      const bool found = results[g].status == CheckStatus::kViolated;
      for (const Finding& finding : results[g].findings) {
        ASSERT_TRUE(naive.Broken(finding.witness_op)[g]) << results[g].name;
      }
      if (broken[g] == 0) {
        ASSERT_FALSE(found) << results[g].name;
      }
      // Of the first two, whose steps are the session's own, none is missed.
      if (broken[g] > 0 && g < 2) {
        ASSERT_TRUE(found) << results[g].name;
      }
      ++(found ? dirty : clean)[g];
    }
  }
  for (std::size_t g = 0; g < 4; ++g) {
    EXPECT_GT(clean[g], 500) << g;
    EXPECT_GT(dirty[g], 500) << g;
  }
}

}  // namespace
}  // namespace wringer::reports
