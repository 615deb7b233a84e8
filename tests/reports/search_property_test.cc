// Random small problems: the search engines against every order there is.
#include <algorithm>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "reports/check/search/append_model.h"
#include "reports/check/search/register_model.h"
#include "reports/check/search/search.h"
#include "reports/check/search/shrink.h"
#include "tests/reports/brute_force.h"

namespace wringer::reports {
namespace {

using Rng = std::mt19937_64;

std::uint64_t Below(Rng* rng, std::uint64_t n) { return (*rng)() % n; }

// One to seven operations on few values; times tie, outcomes go missing.
std::vector<SearchOp> RandomRegisterOps(Rng* rng, RegisterModel* model) {
  std::vector<SearchOp> ops(1 + Below(rng, 7));
  const std::uint64_t values = 2 + Below(rng, 2);
  const std::uint64_t span = 2 + Below(rng, 14);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    SearchOp& op = ops[i];
    const std::uint64_t value = Below(rng, values);
    switch (Below(rng, 10)) {
      case 0:
      case 1:
      case 2:
        op.action = model->Read(value);
        break;
      case 3:
        op.action = model->ReadOther(value);
        break;
      case 4:
      case 5:
      case 6:
        op.action = model->Write(value);
        break;
      default:
        op.action = model->Cas(value, Below(rng, values));
    }
    op.source = static_cast<std::uint32_t>(i);
    op.call = Below(rng, span);
    op.ret = op.call + Below(rng, 4);
    op.optional = Below(rng, 4) == 0;
    if (op.optional) op.ret = SearchOp::kNever;
  }
  return ops;
}

std::vector<SearchOp> RandomAppendOps(Rng* rng, AppendModel* model) {
  constexpr const char* kTexts[] = {"", "a", "b", "aa", "ab", "ba"};
  std::vector<SearchOp> ops(1 + Below(rng, 6));
  for (std::size_t i = 0; i < ops.size(); ++i) {
    SearchOp& op = ops[i];
    const std::uint64_t kind = Below(rng, 5);
    if (kind < 2) {
      op.action = model->Append(kTexts[1 + Below(rng, 2)]);
    } else if (kind == 2) {
      op.action = model->Put(kTexts[Below(rng, 3)]);
    } else {
      op.action = model->Get(kTexts[Below(rng, 6)]);
    }
    op.source = static_cast<std::uint32_t>(i);
    op.call = Below(rng, 12);
    op.ret = op.call + Below(rng, 5);
    op.optional = Below(rng, 4) == 0;
  }
  return ops;
}

SearchVerdict VerdictFor(bool legal) {
  return legal ? SearchVerdict::kLegal : SearchVerdict::kIllegal;
}

void ExpectEnginesAgree(SequentialModel* model,
                        const std::vector<SearchOp>& ops, bool legal) {
  const std::vector<StateId> initial = {kInitialState};
  const SearchResult depth =
      Search(model, ops, initial, {}, SearchEngine::kDepthFirst);
  const SearchResult breadth =
      Search(model, ops, initial, {}, SearchEngine::kBreadthFirst);
  ASSERT_EQ(depth.verdict, VerdictFor(legal));
  ASSERT_EQ(breadth.verdict, VerdictFor(legal));
  if (legal) return;
  // Both stop at the end of the shortest illegal prefix.
  ASSERT_EQ(depth.failed_time, breadth.failed_time);
  ASSERT_EQ(depth.failed_source, breadth.failed_source);
  ASSERT_EQ(depth.states, breadth.states);
}

// What is shown as the reason must be a reason.
void ExpectShrunkStillFails(SequentialModel* model,
                            const std::vector<SearchOp>& ops) {
  const std::vector<StateId> initial = {kInitialState};
  const SearchResult failure = Search(model, ops, initial, {});
  const Shrunk shrunk = ShrinkFailure(model, ops, initial, failure, {});
  ASSERT_LE(shrunk.ops.size(), ops.size());
  ASSERT_FALSE(shrunk.initial.empty());
  for (const StateId state : shrunk.initial) {
    ASSERT_FALSE(BruteForceLegal(model, shrunk.ops, state));
  }
  const bool kept = std::any_of(
      shrunk.ops.begin(), shrunk.ops.end(),
      [&](const SearchOp& o) { return o.source == failure.failed_source; });
  ASSERT_TRUE(kept);
}

TEST(SearchProperty, RegistersAgreeWithEveryOrder) {
  Rng rng(1);
  int legal_count = 0;
  constexpr int kRounds = 100000;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    RegisterModel model(0, "0");
    const std::vector<SearchOp> ops = RandomRegisterOps(&rng, &model);
    const bool legal = BruteForceLegal(&model, ops, kInitialState);
    legal_count += legal ? 1 : 0;
    ExpectEnginesAgree(&model, ops, legal);
    if (!legal && round % 4 == 0) ExpectShrunkStillFails(&model, ops);
    if (HasFatalFailure()) return;
  }
  // Both verdicts were exercised.
  EXPECT_GT(legal_count, kRounds / 10);
  EXPECT_LT(legal_count, kRounds * 9 / 10);
}

TEST(SearchProperty, StringsAgreeWithEveryOrder) {
  Rng rng(2);
  int legal_count = 0;
  constexpr int kRounds = 20000;
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(round);
    AppendModel model;
    const std::vector<SearchOp> ops = RandomAppendOps(&rng, &model);
    const bool legal = BruteForceLegal(&model, ops, kInitialState);
    legal_count += legal ? 1 : 0;
    ExpectEnginesAgree(&model, ops, legal);
    if (!legal) ExpectShrunkStillFails(&model, ops);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(legal_count, kRounds / 20);
  EXPECT_LT(legal_count, kRounds * 19 / 20);
}

// Widths of the configuration's mask: 64, 256 and 2048 pending operations.
TEST(SearchProperty, ManyOperationsPendingAtOnce) {
  for (const std::uint32_t pending : {63u, 64u, 65u, 200u, 300u, 1500u}) {
    SCOPED_TRACE(pending);
    RegisterModel model(0, "0");
    std::vector<SearchOp> ops;
    for (std::uint32_t i = 0; i < pending; ++i) {
      ops.push_back({.action = model.Write(i + 1),
                     .call = i,
                     .ret = 10000 + i,
                     .source = i});
    }
    ops.push_back({.action = model.Read(pending),
                   .call = 5000,
                   .ret = 5001,
                   .source = pending});
    const std::vector<StateId> initial = {kInitialState};
    EXPECT_EQ(
        Search(&model, ops, initial, {}, SearchEngine::kDepthFirst).verdict,
        SearchVerdict::kLegal);
  }
}

TEST(SearchProperty, MorePendingThanTheMaskHoldsIsUndecidedAndSaysSo) {
  RegisterModel model(0, "0");
  std::vector<SearchOp> ops;
  for (std::uint32_t i = 0; i < 2049; ++i) {
    ops.push_back({.action = model.Write(1), .call = i, .ret = 10000 + i});
  }
  const SearchResult result = Search(&model, ops, {kInitialState}, {});
  EXPECT_EQ(result.verdict, SearchVerdict::kUndecided);
  EXPECT_NE(result.stopped.find("2049"), std::string::npos);
}

TEST(SearchProperty, ASmallBudgetIsUndecidedNeverAVerdict) {
  Rng rng(3);
  for (int round = 0; round < 200; ++round) {
    RegisterModel model(0, "0");
    std::vector<SearchOp> ops;
    for (std::uint32_t i = 0; i < 40; ++i) {
      const std::uint64_t call = Below(&rng, 20);
      ops.push_back({.action = Below(&rng, 2) == 0 ? model.Write(Below(&rng, 3))
                                                   : model.Read(Below(&rng, 3)),
                     .call = call,
                     .ret = call + 15,
                     .source = i});
    }
    const SearchResult full = Search(&model, ops, {kInitialState}, {});
    const SearchResult small =
        Search(&model, ops, {kInitialState}, {.steps = 160, .bytes = 1 << 20});
    const SearchResult again =
        Search(&model, ops, {kInitialState}, {.steps = 160, .bytes = 1 << 20});
    ASSERT_EQ(small.verdict, again.verdict);
    ASSERT_EQ(small.stopped, again.stopped);
    if (small.verdict == SearchVerdict::kUndecided) {
      ASSERT_FALSE(small.stopped.empty());
    } else {
      ASSERT_EQ(small.verdict, full.verdict);
    }
  }
}

}  // namespace
}  // namespace wringer::reports
