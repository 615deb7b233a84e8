#include "sim/explore/shrink/shrinker.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "reports/history/describe.h"
#include "sim/explore/shrink/edits.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

constexpr int kRoundsMost = 4;

template <typename T>
std::vector<T> Missing(const std::vector<T>& before,
                       const std::vector<std::string>& after,
                       std::string (*name)(const T&)) {
  const std::set<std::string> left(after.begin(), after.end());
  std::vector<T> gone;
  for (const T& one : before) {
    if (left.count(name(one)) == 0) gone.push_back(one);
  }
  return gone;
}

std::vector<std::string> IdsOf(const std::vector<FaultSpec>& faults) {
  std::vector<std::string> ids;
  for (const FaultSpec& fault : faults) ids.push_back(fault.id);
  return ids;
}

std::vector<std::string> PathsOf(const std::vector<ChangedSetting>& settings) {
  std::vector<std::string> paths;
  for (const ChangedSetting& setting : settings) paths.push_back(setting.path);
  return paths;
}

std::vector<std::string> NamesOfMutants(const std::vector<Mutant>& mutants) {
  std::vector<std::string> names;
  for (const Mutant mutant : mutants) {
    names.emplace_back(Info(mutant).name.data(), Info(mutant).name.size());
  }
  return names;
}

Scenario WithMutants(const Scenario& scenario, const Subset& kept) {
  Scenario next = scenario;
  next.mutants.clear();
  for (const std::size_t i : kept) {
    next.mutants.push_back(scenario.mutants[i]);
  }
  return next;
}

}  // namespace

ShrinkSize SizeOf(const Scenario& scenario) {
  return {.faults = scenario.faults.timeline.size(),
          .operations = scenario.workload.script.size(),
          .clients = scenario.workload.clients,
          .nodes = scenario.cluster.nodes,
          .length = scenario.run.length,
          .settings = ChangedSettings(scenario).size()};
}

bool Shrinker::Take(std::vector<Scenario> proposals) {
  // An edit of a parameter that the fault's kind does not have is none.
  const std::string present = DumpScenario(best_);
  std::erase_if(proposals, [&](const Scenario& proposal) {
    return DumpScenario(proposal) == present;
  });
  if (proposals.empty() || prober_->stopped()) return false;
  const auto hit = prober_->FirstFailing(proposals);
  if (!hit) return false;
  best_ = proposals[*hit];
  return true;
}

template <typename Propose>
void Shrinker::TakeWhile(const Propose& propose) {
  while (Take(propose())) {
  }
}

void Shrinker::Minimise(std::size_t size,
                        Scenario (*edit)(const Scenario&, const Subset&)) {
  const Scenario start = best_;
  const bool scripted = !start.workload.script.empty();
  MinimiseBy(size, [&](const Subset& kept) -> std::optional<Scenario> {
    Scenario next = edit(start, kept);
    // No script at all means that operations are drawn again: another run.
    if (scripted && next.workload.script.empty()) return std::nullopt;
    return next;
  });
}

// Proposals that cannot be made do not fail.
template <typename Edit>
void Shrinker::MinimiseBy(std::size_t size, const Edit& edit) {
  MinimalSubset(
      size,
      [&](const std::vector<Subset>& subsets) -> std::optional<std::size_t> {
        std::vector<Scenario> proposals;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < subsets.size(); ++i) {
          auto next = edit(subsets[i]);
          if (!next) continue;
          proposals.push_back(std::move(*next));
          places.push_back(i);
        }
        if (proposals.empty() || prober_->stopped()) return std::nullopt;
        const auto hit = prober_->FirstFailing(proposals);
        if (!hit) return std::nullopt;
        best_ = proposals[*hit];
        return places[*hit];
      });
}

template <typename Body, typename Measure>
void Shrinker::Pass(const char* name, const Measure& measure,
                    const Body& body) {
  if (prober_->stopped()) return;
  PassReport report;
  report.name = name;
  report.before = measure(best_);
  const std::uint64_t runs = prober_->runs();
  body();
  report.after = measure(best_);
  report.runs = prober_->runs() - runs;
  if (listener_) listener_(report);
}

void Shrinker::ShrinkMutants() {
  if (best_.mutants.size() > 1) Minimise(best_.mutants.size(), WithMutants);
}

void Shrinker::ShrinkFaults() {
  Minimise(best_.faults.timeline.size(), WithFaults);
}

// The boldest guesses first: the operations that prove the failure, with or
// without others on their key; then everything up to the moment it is seen.
void Shrinker::CutToStory() {
  const auto sight = prober_->Look(best_);
  if (!sight || !sight->same) return;
  const std::vector<ScriptedOp>& script = best_.workload.script;
  const Nanos end = sight->seen_at >= 0 ? sight->seen_at : best_.run.length;
  const auto in_story = [&](const ScriptedOp& op) {
    return std::find(sight->story.begin(), sight->story.end(), op.id) !=
           sight->story.end();
  };
  const auto on_key = [&](const ScriptedOp& op) {
    return op.key == sight->story_key;
  };
  Subset story;
  Subset key_before;
  Subset key;
  Subset before;
  for (std::size_t i = 0; i < script.size(); ++i) {
    if (in_story(script[i])) story.push_back(i);
    if (on_key(script[i])) key.push_back(i);
    if (script[i].at <= end) before.push_back(i);
    if (on_key(script[i]) && script[i].at <= end) key_before.push_back(i);
  }
  std::vector<Scenario> proposals;
  for (const Subset* kept : {&story, &key_before, &key, &before}) {
    if (kept->empty() || kept->size() == script.size()) continue;
    proposals.push_back(WithOperations(best_, *kept));
  }
  Take(proposals);
}

void Shrinker::ShrinkOperations() {
  CutToStory();
  Minimise(best_.workload.clients, WithClients);
  Minimise(best_.workload.script.size(), WithOperations);
  Take({Renumbered(best_)});
}

void Shrinker::ShrinkLength() {
  const auto with_length = [this](Nanos length) {
    Scenario next = best_;
    next.run.length = std::max<Nanos>(kMillisecond, length);
    return next;
  };
  const auto sight = prober_->Look(best_);
  const Nanos last = LastMoment(best_);
  std::vector<Scenario> proposals;
  std::set<Nanos> lengths;
  for (const Nanos more : {1, 10, 100, 500, 2000}) {
    lengths.insert(last + more * kMillisecond);
    if (sight && sight->seen_at >= 0) {
      lengths.insert(sight->seen_at + more * kMillisecond);
    }
  }
  for (const Nanos divisor : {8, 4, 2}) {
    lengths.insert(best_.run.length / divisor);
  }
  for (const Nanos length : lengths) {
    if (length < best_.run.length) proposals.push_back(with_length(length));
  }
  Take(proposals);
  if (options_.liveness) return;
  proposals.clear();
  for (const Nanos settle : {200, 500, 1000, 2000, 4000}) {
    if (settle * kMillisecond >= best_.run.settle) break;
    Scenario next = best_;
    next.run.settle = settle * kMillisecond;
    if (next.expect.converges) {
      next.expect.converges = std::min(*next.expect.converges, next.run.settle);
    }
    proposals.push_back(std::move(next));
  }
  Take(proposals);
}

void Shrinker::ShrinkNodes() {
  TakeWhile([this] {
    std::vector<Scenario> proposals;
    for (std::uint32_t n = best_.cluster.nodes; n > 0; --n) {
      if (auto next = WithoutNode(best_, NodeId(n))) {
        proposals.push_back(std::move(*next));
      }
    }
    return proposals;
  });
}

void Shrinker::ShrinkSettings() {
  std::vector<Scenario> bare;
  for (const bool final_reads : {false, true}) {
    Scenario next = best_;
    next.workload.preload = false;
    next.workload.final_reads = final_reads;
    if (next != best_) bare.push_back(std::move(next));
  }
  Take(bare);
  const std::vector<ChangedSetting> changed = ChangedSettings(best_);
  const Scenario start = best_;
  MinimiseBy(changed.size(), [&](const Subset& kept) {
    std::vector<ChangedSetting> which;
    for (std::size_t i = 0; i < changed.size(); ++i) {
      if (!std::binary_search(kept.begin(), kept.end(), i)) {
        which.push_back(changed[i]);
      }
    }
    return WithDefaults(start, which);
  });
}

void Shrinker::WeakenFaults() {
  TakeWhile([this] { return MergedFaults(best_); });
  for (std::size_t i = 0; i < best_.faults.timeline.size(); ++i) {
    for (int step = 0; step < 24; ++step) {
      if (!Take(WeakerFaults(best_, i))) break;
    }
  }
}

void Shrinker::SimplifyOperations() {
  Scenario plain = best_;
  for (ScriptedOp& op : plain.workload.script) {
    op.value = ScriptedOp{}.value;
  }
  if (plain != best_) Take({plain});
  Scenario one_key = best_;
  for (ScriptedOp& op : one_key.workload.script) op.key = 0;
  Take({Renumbered(one_key), Renumbered(best_)});
  for (std::size_t i = 0; i < best_.workload.script.size(); ++i) {
    Take(SimplerOperations(best_, i));
  }
}

void Shrinker::MergeClients() {
  TakeWhile([this] {
    std::vector<Scenario> proposals;
    for (std::uint32_t from = best_.workload.clients; from > 1; --from) {
      for (std::uint32_t to = 1; to < from; ++to) {
        proposals.push_back(Renumbered(WithClientMerged(best_, from, to)));
      }
    }
    return proposals;
  });
}

// Idle stretches between two things that happen are cut out.
void Shrinker::CloseGaps() {
  std::size_t i = 0;
  while (i < MomentsOf(best_).size() && !prober_->stopped()) {
    const std::vector<Nanos> moments = MomentsOf(best_);
    const Nanos before = i == 0 ? 0 : moments[i - 1];
    const Nanos gap = moments[i] - before;
    std::vector<Scenario> proposals;
    for (const Nanos sixteenths : {16, 15, 12, 8}) {
      const Nanos by = gap / 16 * sixteenths;
      if (by >= kMillisecond) {
        proposals.push_back(WithShift(best_, moments[i], by));
      }
    }
    // A gap that gave way may give way again, by less.
    if (!Take(proposals)) ++i;
  }
}

// Times a person can read: whole tenths, hundredths of a second and so on.
void Shrinker::RoundTimes() {
  constexpr Nanos kGrains[] = {100 * kMillisecond, 10 * kMillisecond,
                               kMillisecond, 100 * kMicrosecond};
  const auto coarser = [&](Nanos from, const auto& propose) {
    std::vector<Scenario> proposals;
    for (const Nanos grain : kGrains) {
      if (from % grain == 0) break;
      proposals.push_back(propose(from / grain * grain));
      if (grain > from) continue;  // not a round number, another one
      proposals.push_back(propose((from / grain + 1) * grain));
    }
    Take(proposals);
  };
  for (std::size_t i = 0; i < MomentsOf(best_).size(); ++i) {
    const Nanos from = MomentsOf(best_)[i];
    coarser(from, [&](Nanos to) { return WithMoment(best_, from, to); });
  }
  for (std::size_t i = 0; i < best_.faults.timeline.size(); ++i) {
    const auto length = best_.faults.timeline[i].duration;
    if (!length) continue;
    coarser(length->high, [&](Nanos to) {
      Scenario next = best_;
      next.faults.timeline[i].duration = NanosRange{to, to};
      return next;
    });
  }
  coarser(best_.run.length, [&](Nanos to) {
    Scenario next = best_;
    next.run.length = to;
    return next;
  });
}

void Shrinker::TryPlainSeeds() {
  std::vector<Scenario> proposals;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    if (best_.seed && *best_.seed <= seed) break;
    Scenario next = best_;
    next.seed = seed;
    proposals.push_back(std::move(next));
  }
  Take(proposals);
}

void Shrinker::Round() {
  const auto faults = [](const Scenario& s) {
    return absl::StrCat(s.faults.timeline.size());
  };
  const auto operations = [](const Scenario& s) {
    return absl::StrCat(s.workload.script.size());
  };
  const auto nodes = [](const Scenario& s) {
    return absl::StrCat(s.cluster.nodes);
  };
  const auto settings = [](const Scenario& s) {
    return absl::StrCat(ChangedSettings(s).size());
  };
  const auto length = [](const Scenario& s) {
    return reports::DurationText(s.run.length);
  };
  Pass("faults", faults, [this] {
    ShrinkMutants();
    ShrinkFaults();
  });
  Pass("operations", operations, [this] { ShrinkOperations(); });
  Pass("length", length, [this] { ShrinkLength(); });
  Pass("nodes", nodes, [this] { ShrinkNodes(); });
  Pass("settings", settings, [this] { ShrinkSettings(); });
  Pass("faults", faults, [this] { WeakenFaults(); });
  Pass(
      "clients",
      [](const Scenario& s) { return absl::StrCat(s.workload.clients); },
      [this] {
        SimplifyOperations();
        MergeClients();
      });
  Pass("times", length, [this] {
    CloseGaps();
    ShrinkLength();
    RoundTimes();
    TryPlainSeeds();
  });
}

ShrinkResult Shrinker::Run(const Scenario& scenario) {
  ShrinkResult result;
  // As it will be read from the file: without what no file can say.
  best_ = ParseScenario(DumpScenario(scenario), "start")
              .scenario.value_or(scenario);
  result.scenario = best_;
  result.before = SizeOf(scenario);
  const auto first = prober_->Look(scenario);
  if (!first || !first->same) return result;
  result.reproduced = true;
  result.sight = *first;
  for (int round = 0; round < kRoundsMost && !prober_->stopped(); ++round) {
    const Scenario before = best_;
    Round();
    if (best_ == before) break;
  }
  result.complete = !prober_->stopped();
  result.scenario = best_;
  result.after = SizeOf(best_);
  result.runs = prober_->runs();
  result.faults_dropped =
      Missing<FaultSpec>(scenario.faults.timeline, IdsOf(best_.faults.timeline),
                         [](const FaultSpec& fault) { return fault.id; });
  result.settings_dropped = Missing<ChangedSetting>(
      ChangedSettings(scenario), PathsOf(ChangedSettings(best_)),
      [](const ChangedSetting& setting) { return setting.path; });
  result.mutants_dropped = Missing<std::string>(
      NamesOfMutants(scenario.mutants), NamesOfMutants(best_.mutants),
      [](const std::string& name) { return name; });
  return result;
}

}  // namespace wringer::sim
