#include "sim/explore/seed_corpus.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/explore/run_record.h"

namespace wringer::sim {

absl::StatusOr<std::vector<CorpusSeed>> ParseSeedCorpus(Slice text,
                                                        Slice name) {
  std::vector<CorpusSeed> seeds;
  int number = 0;
  for (const Slice line : absl::StrSplit(text, '\n')) {
    ++number;
    if (line.empty() || line[0] == '#') continue;
    const std::vector<std::string> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    CorpusSeed seed;
    const bool whole =
        words.size() == 3 && words[1].size() > 2 &&
        words[1].compare(0, 2, "0x") == 0 &&
        absl::SimpleHexAtoi(Slice(words[1]).substr(2), &seed.seed);
    if (!whole) {
      return absl::InvalidArgumentError(
          absl::StrCat(name, ":", number,
                       ": a line is SCENARIO 0xSEED WHY, as in "
                       "scenarios/swarm/raft.toml 0x5eed safety/lost-ack"));
    }
    seed.scenario = words[0];
    seed.why = words[2];
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

std::string SeedCorpusText(std::vector<CorpusSeed> seeds) {
  std::sort(seeds.begin(), seeds.end());
  seeds.erase(std::unique(seeds.begin(), seeds.end()), seeds.end());
  std::string text = "# Seeds worth running again: see wringer corpus.\n";
  for (const CorpusSeed& seed : seeds) {
    absl::StrAppend(&text, seed.scenario, " ", SeedName(seed.seed), " ",
                    seed.why, "\n");
  }
  return text;
}

}  // namespace wringer::sim
