// How fast histories are judged. Peak memory is that of the whole process,
// history included: run one benchmark at a time to read it.
//
//   check_bench --benchmark_filter=OneKey
#include <sys/resource.h>

#include <algorithm>
#include <random>
#include <vector>

#include "benchmark/benchmark.h"
#include "reports/check/check_history.h"
#include "reports/check/facts/index.h"
#include "reports/check/linearizable.h"
#include "reports/check/search/register_model.h"
#include "reports/check/search/search.h"

namespace wringer::reports {
namespace {

struct Shape {
  std::size_t ops = 1000000;
  std::uint32_t clients = 50;
  std::uint32_t keys = 1;
  bool witness = false;
  bool stale = false;  // one read half way sees an overwritten version
  std::uint32_t unknown_per_mille = 0;
};

// Closed-loop clients without think time, effect uniform inside the interval,
// half of the operations reads (checkers.md 3.2).
History Generate(const Shape& shape) {
  struct Planned {
    std::uint64_t call = 0;
    std::uint64_t effect = 0;
    std::uint64_t ret = 0;
    std::uint32_t client = 0;
    std::uint32_t op = 0;
  };
  std::mt19937_64 rng(1);
  std::vector<Planned> plan(shape.ops);
  std::vector<std::uint64_t> free_at(shape.clients, 0);
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const auto client = static_cast<std::uint32_t>(i % shape.clients);
    Planned& p = plan[i];
    p.client = client;
    p.call = free_at[client] + 1;
    p.ret = p.call + 200 + rng() % 2000;
    p.effect = p.call + 1 + rng() % (p.ret - p.call - 1);
    free_at[client] = p.ret;
  }
  std::sort(plan.begin(), plan.end(),
            [](const Planned& a, const Planned& b) { return a.call < b.call; });
  History history;
  history.Reserve(shape.ops);
  for (std::uint32_t k = 0; k < shape.keys; ++k) {
    history.InternKey("k" + std::to_string(k));
  }
  for (std::uint32_t i = 0; i < plan.size(); ++i) {
    Planned& p = plan[i];
    p.op = i;
    Operation op;
    op.op_id = i + 1;
    op.client = p.client;
    op.kind = rng() % 2 == 0 ? OpKind::kGet : OpKind::kPut;
    op.key = static_cast<KeyId>(rng() % shape.keys);
    op.written_digest = i * 7919;
    history.Call(op, {p.call, static_cast<std::int64_t>(p.call)});
    const bool unknown = rng() % 1000 < shape.unknown_per_mille;
    if (!unknown) {
      history.Complete(i, Outcome::kOk,
                       {p.ret, static_cast<std::int64_t>(p.ret)});
    }
  }
  std::sort(plan.begin(), plan.end(), [](const Planned& a, const Planned& b) {
    return a.effect < b.effect || (a.effect == b.effect && a.op < b.op);
  });
  std::vector<OpIndex> held(shape.keys, kNoOp);
  std::vector<OpIndex> older(shape.keys, kNoOp);
  std::uint64_t place = 0;
  for (const Planned& p : plan) {
    Operation& op = history.op(p.op);
    OpIndex& now = held[op.key];
    if (shape.witness) op.witness = {.index = ++place, .sub = 0, .term = 1};
    if (op.kind == OpKind::kPut) {
      if (p.op + 1000 < plan.size() / 2) older[op.key] = now;
      now = p.op;
      continue;
    }
    const bool spoil =
        shape.stale && p.op == plan.size() / 2 && older[op.key] != kNoOp;
    const OpIndex seen = spoil ? older[op.key] : now;
    if (seen == kNoOp) continue;
    op.observed_tag = history.op(seen).op_id;
    op.found = true;
    op.observed_digest = history.op(seen).written_digest;
  }
  history.Seal();
  return history;
}

void ReportMemory(benchmark::State& state, std::size_t ops) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  state.counters["peak_MiB"] = static_cast<double>(usage.ru_maxrss) / 1024.0;
  state.counters["ops"] = static_cast<double>(ops);
}

void CheckLinearizableOf(benchmark::State& state, const Shape& shape,
                         CheckStatus expected) {
  const History history = Generate(shape);
  for (auto _ : state) {
    const HistoryIndex index(history);
    const CheckResult result = CheckLinearizable(index, {});
    if (result.status != expected) state.SkipWithError("wrong verdict");
    benchmark::DoNotOptimize(result.violations);
  }
  ReportMemory(state, history.size());
}

void OneKeyZones(benchmark::State& state) {
  CheckLinearizableOf(state, {}, CheckStatus::kHolds);
}
void OneKeyWitness(benchmark::State& state) {
  CheckLinearizableOf(state, {.witness = true}, CheckStatus::kHolds);
}
void OneKeyStaleRead(benchmark::State& state) {
  CheckLinearizableOf(state, {.witness = true, .stale = true},
                      CheckStatus::kViolated);
}
void OneKeyUnknownWrites(benchmark::State& state) {
  CheckLinearizableOf(state, {.unknown_per_mille = 100}, CheckStatus::kHolds);
}
void HundredKeysZones(benchmark::State& state) {
  CheckLinearizableOf(state, {.keys = 100}, CheckStatus::kHolds);
}

void EachCheck(benchmark::State& state) {
  const History history = Generate({.keys = 100, .witness = true});
  CheckOptions options;
  options.checks = {static_cast<Check>(state.range(0))};
  std::string name;
  for (auto _ : state) {
    const auto results = CheckHistory(history, options);
    if (Overall(results) != CheckStatus::kHolds) {
      state.SkipWithError("wrong verdict");
    }
    name = results[0].id;
  }
  state.SetLabel(name);
  ReportMemory(state, history.size());
}

// Compare-and-set mix on five values: what only a search can judge.
std::vector<SearchOp> CasMix(RegisterModel* model, std::size_t count,
                             std::uint32_t clients) {
  std::mt19937_64 rng(1);
  std::vector<SearchOp> ops(count);
  std::vector<std::uint64_t> free_at(clients, 0);
  std::vector<std::pair<std::uint64_t, std::size_t>> effects;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint64_t& at = free_at[i % clients];
    ops[i].call = at + 1;
    ops[i].ret = ops[i].call + 200 + rng() % 2000;
    ops[i].source = static_cast<std::uint32_t>(i);
    at = ops[i].ret;
    effects.emplace_back(
        ops[i].call + 1 + rng() % (ops[i].ret - ops[i].call - 1), i);
  }
  std::sort(effects.begin(), effects.end());
  std::uint64_t value = 0;
  for (const auto& [time, i] : effects) {
    const std::uint64_t from = rng() % 5;
    const std::uint64_t to = rng() % 5;
    switch (rng() % 3) {
      case 0:
        ops[i].action = model->Read(value);
        break;
      case 1:
        ops[i].action = model->Write(to);
        value = to;
        break;
      default:
        ops[i].action =
            from == value ? model->Cas(from, to) : model->ReadOther(from);
        if (from == value) value = to;
    }
  }
  return ops;
}

void SearchCasMix(benchmark::State& state) {
  RegisterModel model(0, "0");
  const auto ops = CasMix(&model, static_cast<std::size_t>(state.range(0)),
                          static_cast<std::uint32_t>(state.range(1)));
  std::uint64_t steps = 0;
  for (auto _ : state) {
    const SearchResult result =
        Search(&model, ops, {kInitialState}, {.steps = 300'000'000});
    if (result.verdict != SearchVerdict::kLegal) {
      state.SkipWithError(result.stopped.c_str());
      break;
    }
    steps = result.steps;
  }
  state.counters["steps"] = static_cast<double>(steps);
  ReportMemory(state, ops.size());
}

BENCHMARK(OneKeyZones)->Unit(benchmark::kMillisecond);
BENCHMARK(OneKeyWitness)->Unit(benchmark::kMillisecond);
BENCHMARK(OneKeyStaleRead)->Unit(benchmark::kMillisecond);
BENCHMARK(OneKeyUnknownWrites)->Unit(benchmark::kMillisecond);
BENCHMARK(HundredKeysZones)->Unit(benchmark::kMillisecond);
BENCHMARK(EachCheck)->Unit(benchmark::kMillisecond)->DenseRange(0, 7);
BENCHMARK(SearchCasMix)
    ->Unit(benchmark::kMillisecond)
    ->Args({1000, 10})
    ->Args({1000, 20})
    ->Args({1000, 50})
    ->Args({10000, 10})
    ->Args({10000, 20});

}  // namespace
}  // namespace wringer::reports
