#include "sim/cli/campaign/score_board.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "engine/base/marks.h"

namespace wringer::cli {
namespace {

using sim::RunRecord;
using sim::RunVerdict;

struct Home {
  Slice prefix;
  const char* model;
};
constexpr Home kHomes[] = {
    {"single_", "single"},         {"pb_", "primary_backup"},
    {"config_", "primary_backup"}, {"raft_", "raft"},
    {"snapshot_", "raft"},         {"quorum_", "quorum"},
};

bool Reached(const RunRecord& record) {
  for (const auto& [name, count] : record.mutants) {
    if (count > 0) return true;
  }
  // A run that died took its counters along, but nothing else kills it.
  return record.violation == "engine/crash" ||
         record.violation == "engine/hang" ||
         record.violation == "engine/memory";
}

// The smallest value that is not exceeded by `percent` of them.
template <typename T>
T Percentile(std::vector<T> values, std::size_t percent) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t rank = (values.size() * percent + 99) / 100;
  return values[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace

std::string ModelOf(Mutant mutant) {
  for (const Home& home : kHomes) {
    if (absl::StartsWith(Info(mutant).name, home.prefix)) return home.model;
  }
  return "";
}

void ScoreBoard::AddClean(const std::string& model, std::uint64_t seed,
                          RunRecord record) {
  clean_[model].insert_or_assign(seed, std::move(record));
}

void ScoreBoard::Add(std::size_t mutant, std::uint64_t seed, RunRecord record) {
  runs_[mutant].insert_or_assign(seed, std::move(record));
}

const RunRecord* ScoreBoard::Clean(std::size_t mutant,
                                   std::uint64_t seed) const {
  const auto model = clean_.find(ModelOf(mutants_[mutant]));
  if (model == clean_.end()) return nullptr;
  const auto record = model->second.find(seed);
  return record == model->second.end() ? nullptr : &record->second;
}

bool ScoreBoard::Detects(std::size_t mutant, std::uint64_t seed,
                         const RunRecord& record) const {
  const RunRecord* clean = Clean(mutant, seed);
  return clean != nullptr && clean->verdict == RunVerdict::kPassed &&
         record.verdict == RunVerdict::kFailed;
}

bool ScoreBoard::Detected(std::size_t mutant) const {
  const auto runs = runs_.find(mutant);
  if (runs == runs_.end()) return false;
  for (const auto& [seed, record] : runs->second) {
    if (Detects(mutant, seed, record)) return true;
  }
  return false;
}

MutantScore ScoreBoard::Of(std::size_t mutant) const {
  MutantScore score;
  score.mutant = mutants_[mutant];
  const auto runs = runs_.find(mutant);
  if (runs == runs_.end()) return score;
  for (const auto& [seed, record] : runs->second) {
    const RunRecord* clean = Clean(mutant, seed);
    if (clean == nullptr) continue;  // cut short
    const bool detects = Detects(mutant, seed, record);
    const bool reached = Reached(record);
    const bool differs = detects || record.digest != clean->digest;
    ++score.runs;
    score.reached += reached ? 1 : 0;
    score.infected += reached && differs ? 1 : 0;
    score.detected += detects ? 1 : 0;
    score.simulated_ns += record.simulated_ns;
    if (!detects) continue;
    score.seed = seed;
    score.check = record.violation;
    break;  // what came in behind it does not count
  }
  return score;
}

Effort ScoreBoard::EffortOfDetection() const {
  std::vector<std::uint64_t> runs;
  std::vector<std::int64_t> simulated;
  for (std::size_t i = 0; i < mutants_.size(); ++i) {
    const MutantScore score = Of(i);
    if (score.detected == 0) continue;
    runs.push_back(score.runs);
    simulated.push_back(score.simulated_ns);
  }
  return {Percentile(runs, 50), Percentile(runs, 95), Percentile(simulated, 50),
          Percentile(simulated, 95)};
}

std::uint64_t ScoreBoard::clean_runs() const {
  std::uint64_t count = 0;
  for (const auto& [model, runs] : clean_) count += runs.size();
  return count;
}

std::vector<RunRecord> ScoreBoard::FalseAlarms() const {
  std::vector<RunRecord> alarms;
  for (const auto& [model, runs] : clean_) {
    for (const auto& [seed, record] : runs) {
      if (record.verdict != RunVerdict::kFailed) continue;
      alarms.push_back(record);
      alarms.back().scenario = model;
      alarms.back().seed = seed;
    }
  }
  return alarms;
}

std::uint64_t ScoreBoard::clean_inconclusive() const {
  std::uint64_t count = 0;
  for (const auto& [model, runs] : clean_) {
    for (const auto& [seed, record] : runs) {
      count += record.verdict == RunVerdict::kInconclusive ? 1 : 0;
    }
  }
  return count;
}

Slice StageName(const MutantScore& score) {
  if (score.detected > 0) return "detected";
  if (score.infected > 0) return "infected";
  return score.reached > 0 ? "reached" : "not reached";
}

}  // namespace wringer::cli
