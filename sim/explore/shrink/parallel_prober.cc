#include "sim/explore/shrink/parallel_prober.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/hash.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {
namespace {

constexpr std::size_t kFields = 7;

template <typename T>
T NumberOf(const std::string& text) {
  T value = 0;
  return absl::SimpleAtoi(text, &value) ? value : T{0};
}

// Hands out the proposals that are still worth trying.
class Queue {
 public:
  Queue(const std::vector<std::string>& texts,
        const std::map<std::uint64_t, Sight>& known, bool first_only)
      : first_only_(first_only), answers_(texts.size()) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto it = known.find(Hash64(texts[i]));
      if (it != known.end()) {
        Put(i, it->second);
        ++found_;
      }
    }
  }

  void Put(std::size_t i, const Sight& sight) {
    answers_[i] = sight;
    if (sight.same && first_only_) last_ = std::min(last_, i);
  }
  std::optional<std::uint64_t> Next() {
    while (next_ < answers_.size() && next_ < last_) {
      const std::size_t i = next_++;
      if (!answers_[i]) return i;
    }
    return std::nullopt;
  }
  // Everything that could come before the first hit is known.
  bool Settled() const {
    const std::size_t end = std::min(last_, answers_.size());
    return std::all_of(answers_.begin(),
                       answers_.begin() + static_cast<std::ptrdiff_t>(end),
                       [](const auto& answer) { return answer.has_value(); });
  }
  std::size_t found() const { return found_; }
  std::vector<std::optional<Sight>> TakeAnswers() {
    return std::move(answers_);
  }

 private:
  const bool first_only_;
  std::vector<std::optional<Sight>> answers_;
  std::size_t next_ = 0;
  std::size_t last_ = ~std::size_t{0};
  std::size_t found_ = 0;
};

}  // namespace

std::string EncodeSight(const Sight& sight) {
  return absl::StrCat(sight.same, "\t", sight.seen_at, "\t", sight.story_key,
                      "\t", sight.digest, "\t", sight.events, "\t",
                      absl::StrJoin(sight.story, ","), "\t.");
}

Sight DecodeSight(const std::string& line) {
  const std::vector<std::string> fields = absl::StrSplit(line, '\t');
  Sight sight;
  if (fields.size() != kFields) return sight;
  sight.same = fields[0] == "1";
  sight.seen_at = NumberOf<std::int64_t>(fields[1]);
  sight.story_key = NumberOf<std::uint64_t>(fields[2]);
  sight.digest = NumberOf<std::uint64_t>(fields[3]);
  sight.events = NumberOf<std::uint64_t>(fields[4]);
  for (const auto& id : absl::StrSplit(fields[5], ',', absl::SkipEmpty())) {
    sight.story.push_back(NumberOf<std::uint64_t>(std::string(id)));
  }
  return sight;
}

ParallelProber::ParallelProber(const ParallelProberOptions& options,
                               Judge judge, JudgeDeath judge_death, Tick tick)
    : options_(options),
      judge_(std::move(judge)),
      judge_death_(std::move(judge_death)),
      tick_(std::move(tick)),
      deadline_(HostNanos() + options.budget_real_ns) {}

bool ParallelProber::KeepOn() {
  if (HostNanos() >= deadline_ || (tick_ && !tick_())) stopped_ = true;
  return !stopped_;
}

std::string ParallelProber::Answer(const std::string& text) const {
  const ParseResult parsed = ParseScenario(text, "proposal");
  return EncodeSight(parsed.ok() ? judge_(*parsed.scenario) : Sight{});
}

std::vector<std::optional<Sight>> ParallelProber::Ask(
    const std::vector<Scenario>& proposals, bool first_only) {
  std::vector<std::string> texts;
  for (const Scenario& proposal : proposals) {
    texts.push_back(DumpScenario(proposal));
  }
  Queue queue(texts, known_, first_only);
  cached_ += queue.found();
  WorkerPoolOptions pool_options;
  pool_options.workers =
      std::min(options_.workers, std::max(1, static_cast<int>(texts.size())));
  pool_options.job_real_ns = options_.run_real_ns;
  pool_options.worker_bytes = options_.worker_bytes;
  // Workers are forked when the pool gives out its first jobs, so they know the
  // texts without being told.
  WorkerPool pool(pool_options,
                  [&](std::uint64_t job) { return Answer(texts[job]); });
  if (!KeepOn()) return queue.TakeAnswers();
  pool.Run([&] { return queue.Next(); },
           [&](const JobResult& result) {
             ++runs_;
             const Sight sight = result.fate == JobFate::kAnswered
                                     ? DecodeSight(result.output)
                                     : judge_death_(result);
             known_[Hash64(texts[result.job])] = sight;
             queue.Put(result.job, sight);
           },
           [&] { return KeepOn() && !queue.Settled(); });
  return queue.TakeAnswers();
}

std::optional<Sight> ParallelProber::Look(const Scenario& scenario) {
  return Ask({scenario}, false)[0];
}

std::optional<std::size_t> ParallelProber::FirstFailing(
    const std::vector<Scenario>& proposals) {
  const auto answers = Ask(proposals, true);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i]) return std::nullopt;  // stopped before it was known
    if (answers[i]->same) return i;
  }
  return std::nullopt;
}

std::vector<bool> ParallelProber::Failing(
    const std::vector<Scenario>& proposals) {
  std::vector<bool> failing;
  for (const auto& answer : Ask(proposals, false)) {
    failing.push_back(answer && answer->same);
  }
  return failing;
}

}  // namespace wringer::sim
