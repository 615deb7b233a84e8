// Changes to a history that must not, or must, change its verdict.
#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "reports/check/check_history.h"
#include "reports/check/linearizable.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

using Rng = std::mt19937_64;

std::uint64_t Below(Rng* rng, std::uint64_t n) { return (*rng)() % n; }

// A correct store under closed-loop clients; effects inside the intervals.
History Correct(Rng* rng, std::uint32_t clients, int count, int keys) {
  struct Planned {
    std::uint64_t call = 0;
    std::uint64_t effect = 0;
    std::uint64_t ret = 0;
    std::uint32_t client = 0;
    OpIndex op = kNoOp;
  };
  std::vector<Planned> plan;
  std::vector<std::uint64_t> free_at(clients, 1);
  for (int i = 0; i < count; ++i) {
    const auto c = static_cast<std::uint32_t>(Below(rng, clients));
    Planned p{.call = free_at[c] + 1 + Below(rng, 5), .client = c};
    p.effect = p.call + 1 + Below(rng, 10);
    p.ret = p.effect + 1 + Below(rng, 10);
    free_at[c] = p.ret;
    plan.push_back(p);
  }
  std::sort(plan.begin(), plan.end(),
            [](const Planned& a, const Planned& b) { return a.call < b.call; });
  Sketch s;
  for (Planned& p : plan) {
    s.client = p.client + 1;
    const std::string key =
        "k" + std::to_string(Below(rng, static_cast<std::uint64_t>(keys)));
    const std::uint64_t kind = Below(rng, 10);
    const std::uint64_t ret = Below(rng, 12) == 0 ? 0 : p.ret;
    if (kind < 5) {
      p.op = s.Get(key, kInitialTag, p.call, ret);
    } else if (kind < 8) {
      p.op = s.Put(key, p.call, ret);
    } else if (kind == 8) {
      p.op = s.Delete(key, p.call, ret);
    } else {
      p.op = s.Cas(key, Below(rng, p.call), p.call, ret);
    }
  }
  std::sort(plan.begin(), plan.end(), [](const Planned& a, const Planned& b) {
    return std::tie(a.effect, a.op) < std::tie(b.effect, b.op);
  });
  std::vector<OpIndex> held(s.history.key_count(), kNoOp);
  for (const Planned& p : plan) {
    Operation& op = s[p.op];
    OpIndex& now = held[op.key];
    const Tag tag = now == kNoOp ? kInitialTag : s[now].op_id;
    const bool cas = op.kind == OpKind::kCas;
    if (cas && Below(rng, 2) == 0) op.expected_tag = tag;
    op.cas_succeeded =
        cas && op.outcome == Outcome::kOk && op.expected_tag == tag;
    const bool refused = cas && op.expected_tag != tag;
    if (op.kind != OpKind::kGet && !refused) {
      if (op.outcome == Outcome::kOk || Below(rng, 2) == 0) now = p.op;
      continue;
    }
    op.observed_tag = tag;
    op.found = now != kNoOp && s[now].kind != OpKind::kDelete;
    op.observed_digest = op.found ? s[now].written_digest : 0;
  }
  return s.history;
}

bool Linearizable(const History& history) {
  return CheckLinearizable(HistoryIndex(history), {}).holds();
}

// The history without the operations for which `drop` holds.
template <typename Drop>
History Without(const History& history, Drop drop) {
  History kept;
  for (KeyId k = 0; k < history.key_count(); ++k) {
    kept.InternKey(history.key_name(k));
  }
  for (const Operation& op : history.ops()) {
    if (drop(op)) continue;
    const OpIndex i = kept.Call(op, {op.call_seq, op.call_ns});
    kept.op(i) = op;
  }
  return kept;
}

// One read made to see a version that a later one had replaced for good.
bool MakeStale(Rng* rng, History* history) {
  for (int tries = 0; tries < 200; ++tries) {
    const auto r = static_cast<OpIndex>(Below(rng, history->size()));
    const auto w = static_cast<OpIndex>(Below(rng, history->size()));
    Operation& read = history->op(r);
    const Operation& write = history->op(w);
    if (read.kind != OpKind::kGet || !read.Observes()) continue;
    if (write.kind != OpKind::kPut || write.key != read.key) continue;
    if (!write.WriteAcknowledged()) continue;
    for (const Operation& newer : history->ops()) {
      if (newer.kind != OpKind::kPut || newer.key != read.key) continue;
      if (!newer.WriteAcknowledged()) continue;
      if (newer.call_seq <= write.return_seq) continue;
      if (newer.return_seq >= read.call_seq) continue;
      read.observed_tag = write.op_id;
      read.found = true;
      read.observed_digest = write.written_digest;
      return true;
    }
  }
  return false;
}

TEST(Metamorphic, ACorrectStoreIsLinearizableAndKeepsEveryPromise) {
  Rng rng(21);
  CheckOptions options;
  options.checks = {Check::kLinearizable, Check::kLostAcks, Check::kPhantoms,
                    Check::kAtMostOnce,   Check::kRegular,  Check::kStaleness,
                    Check::kSessions};
  options.staleness = {.ns = 1, .versions = 1};
  for (int round = 0; round < 300; ++round) {
    const History history = Correct(
        &rng, 1 + static_cast<std::uint32_t>(round % 9), 200, 1 + round % 4);
    for (const CheckResult& result : CheckHistory(history, options)) {
      ASSERT_NE(result.status, CheckStatus::kViolated)
          << result.name << ", round " << round;
    }
  }
}

TEST(Metamorphic, LegalStaysLegalWithFewerReadsAndWiderIntervals) {
  Rng rng(22);
  for (int round = 0; round < 200; ++round) {
    const History history = Correct(&rng, 5, 120, 2);
    ASSERT_TRUE(Linearizable(history));
    ASSERT_TRUE(Linearizable(Without(history, [&](const Operation& op) {
      return op.Observes() && Below(&rng, 2) == 0;
    })));
    History wider = history;
    for (OpIndex i = 0; i < wider.size(); ++i) {
      Operation& op = wider.op(i);
      op.call_seq -= std::min<std::uint64_t>(op.call_seq, Below(&rng, 4));
      if (op.return_seq != kNeverSeq) op.return_seq += Below(&rng, 4);
    }
    ASSERT_TRUE(Linearizable(wider));
  }
}

TEST(Metamorphic, LegalStaysLegalUnderOtherNamesAndTimes) {
  Rng rng(23);
  for (int round = 0; round < 100; ++round) {
    History history = Correct(&rng, 4, 100, 2);
    if (round % 2 == 1 && !MakeStale(&rng, &history)) continue;
    const bool legal = Linearizable(history);
    const auto rename = [](Tag tag) { return tag == 0 ? 0 : tag * 977 + 13; };
    for (OpIndex i = 0; i < history.size(); ++i) {
      Operation& op = history.op(i);
      op.op_id = rename(op.op_id);
      op.observed_tag = rename(op.observed_tag);
      op.expected_tag = rename(op.expected_tag);
      op.call_seq = op.call_seq * 3 + 100;
      if (op.return_seq != kNeverSeq) op.return_seq = op.return_seq * 3 + 100;
    }
    ASSERT_EQ(Linearizable(history), legal);
  }
}

TEST(Metamorphic, AStaleReadStaysOneWhateverElseIsAdded) {
  Rng rng(24);
  int made = 0;
  for (int round = 0; round < 200; ++round) {
    History history = Correct(&rng, 5, 120, 2);
    if (!MakeStale(&rng, &history)) continue;
    ++made;
    ASSERT_FALSE(Linearizable(history));
    // Narrower intervals cannot mend it.
    History narrower = history;
    for (OpIndex i = 0; i < narrower.size(); ++i) {
      Operation& op = narrower.op(i);
      if (op.return_seq == kNeverSeq) continue;
      const std::uint64_t room = op.return_seq - op.call_seq;
      op.call_seq += Below(&rng, room / 2 + 1);
    }
    ASSERT_FALSE(Linearizable(narrower));
    // Nor does another key.
    const KeyId other = history.InternKey("elsewhere");
    Operation op;
    op.op_id = 1000000;
    op.kind = OpKind::kPut;
    op.key = other;
    history.Complete(history.Call(op, {1, 1}), Outcome::kOk, {900, 900});
    ASSERT_FALSE(Linearizable(history));
  }
  EXPECT_GT(made, 100);
}

// The few operations of a finding are a violation by themselves, given the
// writes they refer to.
TEST(Metamorphic, AFindingConvictsAlone) {
  Rng rng(25);
  for (int round = 0; round < 200; ++round) {
    History history = Correct(&rng, 5, 120, 2);
    if (!MakeStale(&rng, &history)) continue;
    const CheckResult result = CheckLinearizable(HistoryIndex(history), {});
    ASSERT_FALSE(result.findings.empty());
    const std::vector<OpIndex>& ops = result.findings[0].ops;
    ASSERT_LE(ops.size(), 6u);
    const History alone = Without(history, [&](const Operation& op) {
      const auto i = static_cast<OpIndex>(&op - history.ops().data());
      return std::find(ops.begin(), ops.end(), i) == ops.end();
    });
    ASSERT_FALSE(Linearizable(alone)) << "round " << round;
  }
}

}  // namespace
}  // namespace wringer::reports
