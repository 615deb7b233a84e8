#include "sim/workload/op_source.h"

#include <map>
#include <set>

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

WorkloadSpec Mixed() {
  WorkloadSpec spec;
  spec.clients = 4;
  spec.mix = {.get = 40, .put = 40, .del = 10, .cas = 10};
  return spec;
}

TEST(OpSource, AnOperationDependsOnClientAndOrdinalOnly) {
  const OpSource a(Mixed(), 7);
  const OpSource b(Mixed(), 7);
  b.Make(1, 0);
  const PlannedOp x = a.Make(3, 10);
  const PlannedOp y = b.Make(3, 10);
  EXPECT_EQ(x.key, y.key);
  EXPECT_EQ(x.value, y.value);
  EXPECT_EQ(x.kind, y.kind);
  EXPECT_EQ(x.id, y.id);
}

ScriptedOp Scripted(std::uint64_t id, std::uint32_t client, Nanos at,
                    ScriptKind kind) {
  return {.id = id,
          .client = client,
          .at = at,
          .kind = kind,
          .key = 3,
          .value = 20};
}

TEST(OpSource, AScriptIsTakenAsWrittenInOrderOfTime) {
  WorkloadSpec spec = Mixed();
  spec.script = {Scripted(902, 2, 50, ScriptKind::kPut),
                 Scripted(7, 2, 10, ScriptKind::kGet),
                 Scripted(8, 3, 10, ScriptKind::kDelete)};
  const OpSource source(spec, 7);
  EXPECT_FALSE(source.Has(1, 0));
  EXPECT_EQ(source.Make(2, 0).id, OpId(7));
  const PlannedOp put = source.Make(2, 1);
  EXPECT_EQ(put.key, "k3");
  EXPECT_EQ(put.value.size(), 20u);
  EXPECT_EQ(put.value.substr(0, 5), "v902:");
  EXPECT_FALSE(source.Has(2, 2));
  EXPECT_EQ(source.Make(3, 0).kind, wire::OpKind::kDelete);
}

TEST(OpSource, AScriptedOperationWaitsForItsTimeAndNoLonger) {
  WorkloadSpec spec = Mixed();
  spec.script = {Scripted(7, 2, 50, ScriptKind::kGet)};
  const OpSource source(spec, 7);
  EXPECT_EQ(source.PauseBefore(2, 0, 20), 30);
  EXPECT_EQ(source.PauseBefore(2, 0, 60), 0);
}

TEST(OpSource, AnOperationTakenAwayLeavesTheOthersAsTheyWere) {
  WorkloadSpec spec = Mixed();
  spec.script = {Scripted(1, 2, 10, ScriptKind::kPut),
                 Scripted(2, 2, 50, ScriptKind::kPut)};
  const OpSource whole(spec, 7);
  const PlannedOp before = whole.Make(2, 1);
  spec.script.erase(spec.script.begin());
  const OpSource rest(spec, 7);
  const PlannedOp after = rest.Make(2, 0);
  EXPECT_EQ(before.id, after.id);
  EXPECT_EQ(before.value, after.value);
  EXPECT_EQ(rest.PauseBefore(2, 0, 0), 50);
}

TEST(OpSource, IdsAreSmallAndUnique) {
  const OpSource source(Mixed(), 7);
  std::set<OpId> ids;
  for (std::uint32_t client = 1; client <= 4; ++client) {
    for (std::uint64_t n = 0; n < 100; ++n) {
      ids.insert(source.Make(client, n).id);
    }
  }
  EXPECT_EQ(ids.size(), 400u);
  EXPECT_EQ(*ids.begin(), OpId(1));
  EXPECT_EQ(*ids.rbegin(), OpId(400));
}

TEST(OpSource, ValuesAreUniqueAndOfTheSizeAskedFor) {
  WorkloadSpec spec = Mixed();
  spec.values = {20, 40};
  const OpSource source(spec, 7);
  std::set<std::string> values;
  std::size_t writes = 0;
  for (std::uint64_t n = 0; n < 1000; ++n) {
    const PlannedOp op = source.Make(1, n);
    if (op.value.empty()) continue;
    ++writes;
    values.insert(op.value);
    EXPECT_GE(op.value.size(), 20u);
    EXPECT_LE(op.value.size(), 40u);
    EXPECT_EQ(op.value.rfind("v" + std::to_string(op.id.value()) + ":", 0), 0u);
  }
  EXPECT_EQ(values.size(), writes);
}

TEST(OpSource, TheMixIsAsWeighted) {
  const OpSource source(Mixed(), 7);
  std::map<wire::OpKind, int> counts;
  for (std::uint64_t n = 0; n < 10000; ++n) ++counts[source.Make(2, n).kind];
  EXPECT_NEAR(counts[wire::OpKind::kGet], 4000, 200);
  EXPECT_NEAR(counts[wire::OpKind::kPut], 4000, 200);
  EXPECT_NEAR(counts[wire::OpKind::kDelete], 1000, 150);
  EXPECT_NEAR(counts[wire::OpKind::kCas], 1000, 150);
}

TEST(OpSource, CompareAndSetExpectsTheNewestTagAnybodySaw) {
  WorkloadSpec spec = Mixed();
  spec.mix = {.get = 0, .put = 0, .del = 0, .cas = 1};
  spec.keys.count = 1;
  OpSource source(spec, 7);
  EXPECT_EQ(source.Make(1, 0).expected_tag, OpId(0));
  source.Saw(0, OpId(77));
  EXPECT_EQ(source.Make(1, 1).expected_tag, OpId(77));
}

TEST(OpSource, ClosedLoopThinksWithinItsRange) {
  WorkloadSpec spec = Mixed();
  spec.pace.think = {1000, 2000};
  const OpSource source(spec, 7);
  for (std::uint64_t n = 0; n < 1000; ++n) {
    EXPECT_GE(source.PauseBefore(1, n, 0), 1000);
    EXPECT_LE(source.PauseBefore(1, n, 0), 2000);
  }
}

TEST(OpSource, OpenLoopArrivesAtTheRateOfAllClientsTogether) {
  WorkloadSpec spec = Mixed();
  spec.pace.kind = PaceSpec::Kind::kOpen;
  spec.pace.per_second = 1000;
  const OpSource source(spec, 7);
  Nanos total = 0;
  for (std::uint64_t n = 0; n < 10000; ++n)
    total += source.PauseBefore(1, n, 0);
  EXPECT_NEAR(double(total) / 10000, 4e6, 1e5);  // 4 clients, 250/s each
}

}  // namespace
}  // namespace wringer::sim
