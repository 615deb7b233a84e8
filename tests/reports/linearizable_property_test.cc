// Random small histories of one key: witness walk, zone test, chains and
// search against every order there is.
#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "reports/check/key_search.h"
#include "reports/check/linearizable.h"
#include "reports/check/witness_order.h"
#include "reports/check/zones.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

using Rng = std::mt19937_64;

std::uint64_t Below(Rng* rng, std::uint64_t n) { return (*rng)() % n; }

// The sequential key, written down once more and independently: what it
// holds, and whether an operation with its answer fits.
struct Held {
  Tag tag = kInitialTag;
  bool found = false;
  std::uint64_t digest = 0;

  bool possible = true;  // false: no write made it

  bool Same(const Held& other, bool by_tag) const {
    if (!possible || !other.possible) return false;
    if (by_tag && tag != other.tag) return false;
    return found == other.found && (!found || digest == other.digest);
  }
};

Held Made(const Operation& op) {
  return {op.op_id, op.kind != OpKind::kDelete, op.written_digest};
}

Held Version(const History& history, Tag tag) {
  if (tag == kInitialTag) return {};
  for (const Operation& op : history.ops()) {
    if (op.op_id == tag && op.Writes()) return Made(op);
  }
  return {tag, false, 0, false};
}

bool Apply(const History& history, const Operation& op, Held* held) {
  if (op.Observes()) {
    const Held seen{op.observed_tag, op.found, op.observed_digest};
    if (!held->Same(seen, op.tag_known)) return false;
    if (op.kind != OpKind::kCas) return true;
    return !held->Same(Version(history, op.expected_tag), op.tag_known);
  }
  if (op.kind == OpKind::kCas) {
    // Whether versions or values are compared is a property of the history.
    const bool by_tag = history.op(0).tag_known;
    if (!held->Same(Version(history, op.expected_tag), by_tag)) return false;
  }
  *held = Made(op);
  return true;
}

bool Legal(const History& history, Held held, std::uint64_t placed) {
  bool all = true;
  for (OpIndex i = 0; i < history.size(); ++i) {
    const Operation& op = history.op(i);
    if (op.outcome == Outcome::kOk && ((placed >> i) & 1) == 0) all = false;
  }
  if (all) return true;
  for (OpIndex i = 0; i < history.size(); ++i) {
    const Operation& op = history.op(i);
    if (((placed >> i) & 1) != 0 || op.outcome == Outcome::kFail) continue;
    if (op.outcome == Outcome::kUnknown && op.kind == OpKind::kGet) continue;
    bool next = true;
    for (OpIndex j = 0; j < history.size(); ++j) {
      const Operation& other = history.op(j);
      if (((placed >> j) & 1) != 0 || other.outcome != Outcome::kOk) continue;
      if (other.return_seq < op.call_seq) next = false;
    }
    Held after = held;
    if (!next || !Apply(history, op, &after)) continue;
    if (Legal(history, after, placed | (std::uint64_t{1} << i))) return true;
  }
  return false;
}

struct Options {
  bool cas = true;
  bool deletes = true;
  bool tags = true;
};

// Runs the operations in some legal order and then, half the time, spoils one
// or two things. Intervals tie and overlap; the effect lies inside.
class Generator {
 public:
  Generator(Rng* rng, const Options& options) : rng_(*rng), options_(options) {}

  History Make() {
    const std::uint64_t count = 1 + Below(&rng_, 7);
    const std::uint64_t span = 2 + Below(&rng_, 20);
    for (std::uint64_t i = 0; i < count; ++i) AddOp(span);
    Execute();
    spoilt = Below(&rng_, 2) == 0;
    if (spoilt) {
      for (std::uint64_t n = 1 + Below(&rng_, 2); n > 0; --n) Spoil();
    }
    return sketch_.history;
  }

  bool spoilt = false;

 private:
  void AddOp(std::uint64_t span) {
    const std::uint64_t call = 1 + Below(&rng_, span);
    const std::uint64_t ret = call + Below(&rng_, 6);
    // An answered get first, where tags are missing, shows that they are.
    const bool first = sketch_.history.size() == 0 && !options_.tags;
    const std::uint64_t kind = first ? 0 : Below(&rng_, 8);
    OpIndex i = kNoOp;
    if (kind < 3) {
      i = sketch_.Get("k", kInitialTag, call, ret);
    } else if (kind == 3 && options_.deletes) {
      i = sketch_.Delete("k", call, ret);
    } else if (kind < 6 && options_.cas) {
      i = sketch_.Cas("k", Expected(), call, ret);
    } else {
      i = sketch_.Put("k", call, ret);
    }
    Operation& op = sketch_[i];
    op.tag_known = options_.tags;
    // Without tags, bytes repeat.
    if (!options_.tags) op.written_digest = 1 + Below(&rng_, 2);
    effect_.push_back(call + Below(&rng_, ret - call + 1));
  }

  // With tags any number will do; values are compared only with real ones.
  Tag Expected() {
    const std::uint64_t size = sketch_.history.size();
    if (options_.tags) return Below(&rng_, size + 2);
    const Tag tag = Below(&rng_, size + 1);
    if (tag == kInitialTag) return tag;
    const OpKind kind = sketch_[static_cast<OpIndex>(tag - 1)].kind;
    const bool blind = kind == OpKind::kPut || kind == OpKind::kDelete;
    return blind ? tag : kInitialTag;
  }

  void Execute() {
    std::vector<OpIndex> order;
    for (OpIndex i = 0; i < sketch_.history.size(); ++i) order.push_back(i);
    std::shuffle(order.begin(), order.end(), rng_);
    std::sort(order.begin(), order.end(),
              [&](OpIndex a, OpIndex b) { return effect_[a] < effect_[b]; });
    Held held;
    std::uint64_t place = 0;
    for (const OpIndex i : order) {
      Operation& op = sketch_[i];
      op.witness = {.index = ++place, .sub = 0, .term = 1};
      Answer(&op, &held);
    }
  }

  void Answer(Operation* op, Held* held) {
    const bool first = op->op_id == 1 && !options_.tags;
    const bool unknown = !first && Below(&rng_, 5) == 0;
    const bool happens = !unknown || Below(&rng_, 2) == 0;
    const Held wanted = Version(sketch_.history, op->expected_tag);
    const bool refused =
        op->kind == OpKind::kCas && !held->Same(wanted, options_.tags);
    op->cas_succeeded = op->kind == OpKind::kCas && !refused;
    if (op->kind == OpKind::kGet || refused) {
      op->observed_tag = held->tag;
      op->found = held->found;
      op->observed_digest = held->digest;
    } else if (happens) {
      *held = Made(*op);
    }
    if (!unknown) return;
    op->outcome = Outcome::kUnknown;
    op->return_seq = kNeverSeq;
    op->cas_succeeded = false;
    if (!happens) op->witness = {};
  }

  void Spoil() {
    const std::uint64_t size = sketch_.history.size();
    Operation& op = sketch_[static_cast<OpIndex>(Below(&rng_, size))];
    switch (Below(&rng_, 6)) {
      case 0:
        op.observed_tag = Below(&rng_, size + 2);
        if (!options_.tags) op.observed_digest = 1 + Below(&rng_, 3);
        if (!options_.tags) op.found = Below(&rng_, 4) != 0;
        break;
      case 1:
        op.call_seq = std::min(op.call_seq + Below(&rng_, 4), op.return_seq);
        break;
      case 2:
        if (op.return_seq != kNeverSeq) op.return_seq = op.call_seq;
        break;
      case 3: {
        const Held other = Version(sketch_.history, Below(&rng_, size + 1));
        op.observed_tag = other.tag;
        op.found = other.found;
        op.observed_digest = other.digest;
        break;
      }
      case 4:
        if (op.outcome == Outcome::kOk && op.kind != OpKind::kGet) {
          op.outcome = Outcome::kFail;
        }
        break;
      default:
        op.expected_tag = Below(&rng_, size + 1);
    }
  }

  Rng& rng_;
  const Options options_;
  Sketch sketch_;
  std::vector<std::uint64_t> effect_;
};

SearchVerdict SearchVerdictOf(const HistoryIndex& index, SearchEngine engine) {
  const KeyProblem problem = BuildKeyProblem(index, index.OnKey(0));
  return Search(problem.model.get(), problem.ops, {kInitialState}, {}, engine)
      .verdict;
}

void Judge(const History& history, bool spoilt, bool legal, bool tags) {
  const HistoryIndex index(history);
  const OpSpan ops = index.OnKey(0);
  const WitnessVerdict witness = CheckWitnessOrder(index, ops);
  if (witness == WitnessVerdict::kProof) {
    ASSERT_TRUE(legal);
  }
  if (tags && !spoilt) {
    ASSERT_EQ(witness, WitnessVerdict::kProof);
  }
  const ZoneVerdict zones = ZoneChecker(index).Check(0, ops);
  if (tags) {
    ASSERT_TRUE(zones.applicable);
    ASSERT_EQ(zones.conflicts == 0, legal);
  }
  const SearchVerdict wanted =
      legal ? SearchVerdict::kLegal : SearchVerdict::kIllegal;
  ASSERT_EQ(SearchVerdictOf(index, SearchEngine::kDepthFirst), wanted);
  ASSERT_EQ(SearchVerdictOf(index, SearchEngine::kBreadthFirst), wanted);
  const CheckResult result = CheckLinearizable(index, {});
  ASSERT_EQ(result.status,
            legal ? CheckStatus::kHolds : CheckStatus::kViolated);
  ASSERT_EQ(result.findings.size(), legal ? 0u : 1u);
  for (const Finding& finding : result.findings) {
    ASSERT_FALSE(finding.kind.empty());
    ASSERT_FALSE(finding.ops.empty());
    ASSERT_GE(finding.explanation.size(), 2u);
    if (tags) {
      ASSERT_LE(finding.ops.size(), 6u);
    }
  }
}

void Fuzz(std::uint64_t seed, const Options& options, int rounds) {
  Rng rng(seed);
  int legal_count = 0;
  for (int round = 0; round < rounds; ++round) {
    SCOPED_TRACE(round);
    Generator generator(&rng, options);
    const History history = generator.Make();
    const bool legal = Legal(history, Held{}, 0);
    ASSERT_TRUE(legal || generator.spoilt);
    legal_count += legal ? 1 : 0;
    Judge(history, generator.spoilt, legal, options.tags);
    if (testing::Test::HasFatalFailure()) return;
  }
  EXPECT_GT(legal_count, rounds / 5);
  EXPECT_LT(legal_count, rounds * 19 / 20);
}

TEST(LinearizableProperty, PutsAndGetsAgreeWithEveryOrder) {
  Fuzz(11, {.cas = false, .deletes = false, .tags = true}, 25000);
}

TEST(LinearizableProperty, DeletesAgreeWithEveryOrder) {
  Fuzz(12, {.cas = false, .deletes = true, .tags = true}, 25000);
}

TEST(LinearizableProperty, CompareAndSetChainsAgreeWithEveryOrder) {
  Fuzz(13, {.cas = true, .deletes = true, .tags = true}, 50000);
}

TEST(LinearizableProperty, RepeatingValuesWithoutTagsAgreeWithEveryOrder) {
  Fuzz(14, {.cas = true, .deletes = true, .tags = false}, 25000);
}

}  // namespace
}  // namespace wringer::reports
