// Whatever the bytes, the parser answers: a scenario, or errors that all have
// a place and a way out. (The libFuzzer target scenario_fuzz goes further.)
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "gtest/gtest.h"
#include "tests/sim/scenario/random_scenario.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kMutations = 4'000;

std::vector<std::string> FilesIn(const char* folder) {
  std::vector<std::string> out;
  const auto entries = ListScenarios(SourcePath(folder));
  if (entries.ok()) {
    for (const ScenarioEntry& entry : *entries) {
      out.push_back(ReadText(entry.path));
    }
  }
  return out;
}

// Right ones and wrong ones, half of each.
std::vector<std::string> Seeds() {
  std::vector<std::string> out = FilesIn("tests/testdata/scenario_errors");
  const std::vector<std::string> right = FilesIn("scenarios");
  for (std::size_t i = out.size(); i > 0 && !right.empty(); --i) {
    out.push_back(right[i % right.size()]);
  }
  return out;
}

void MutateOnce(RandomStream* random, const std::vector<std::string>& seeds,
                std::string* text) {
  constexpr Slice kTokens[] = {"\"", "[",    "]",      "{",    "}",    "=",
                               "\n", "1e99", "\"0s\"", "true", "..",   "[[x]]",
                               "#",  "'''",  "\xff",   "-",    "n1\"", "5s"};
  const std::size_t at = random->Below(text->size() + 1);
  const std::size_t n = random->Below(20);
  switch (random->Below(5)) {
    case 0:
      text->erase(at, n);
      break;
    case 1:
      text->insert(at, std::string(kTokens[random->Below(18)]));
      break;
    case 2:
      if (at < text->size()) {
        (*text)[at] = static_cast<char>(random->Below(256));
      }
      break;
    case 3: {
      const std::string& other = seeds[random->Below(seeds.size())];
      const std::size_t from = random->Below(other.size() + 1);
      text->insert(at, other.substr(from, 4 * n));
      break;
    }
    default:
      text->insert(at, text->substr(at, n));
      break;
  }
}

TEST(Mutation, TheParserAlwaysAnswers) {
  const std::vector<std::string> seeds = Seeds();
  ASSERT_GT(seeds.size(), 40u);
  RandomStream random(1, Purpose("test.mutation"));
  std::size_t accepted = 0;
  for (std::uint64_t i = 0; i < kMutations; ++i) {
    std::string text = seeds[random.Below(seeds.size())];
    for (std::uint64_t n = random.Below(6); n > 0; --n) {
      MutateOnce(&random, seeds, &text);
    }
    const ParseResult result = ParseScenario(text, "mutated.toml");
    accepted += result.ok() ? 1u : 0u;
    ASSERT_EQ(result.ok(), !HasErrors(result.diagnostics)) << text;
    for (const Diagnostic& d : result.diagnostics) {
      ASSERT_FALSE(d.message.empty() || d.help.empty()) << text;
    }
    if (result.ok()) {
      const ParseResult again =
          ParseScenario(DumpScenario(*result.scenario), "dump.toml");
      ASSERT_TRUE(again.ok()) << text << Render(again.diagnostics);
      ASSERT_EQ(*again.scenario, *result.scenario) << text;
    }
    Render(result.diagnostics, {.color = true});
    (void)FormatScenario(text);
  }
  EXPECT_GT(accepted, kMutations / 100) << "the mutations are too wild";
}

TEST(Mutation, SettingsAlwaysGetAnAnswer) {
  RandomStream random(2, Purpose("test.mutation"));
  const std::vector<std::string> seeds = {"replication.model=raft",
                                          "faults.timeline.0.at=3s",
                                          "seed=0x7",
                                          "cluster.zones={ a = [\"n1\"] }",
                                          "network.links.0.loss=3%",
                                          "faults.random.crash.weight=1",
                                          "tags=[\"a\"]"};
  const std::string body =
      ReadText(SourcePath("scenarios/gallery/"
                          "async-failover.toml"));
  for (std::uint64_t i = 0; i < kMutations / 4; ++i) {
    std::string setting = seeds[random.Below(seeds.size())];
    MutateOnce(&random, seeds, &setting);
    ParseOptions options;
    options.settings = {setting};
    const ParseResult result = ParseScenario(body, "s.toml", options);
    ASSERT_EQ(result.ok(), !HasErrors(result.diagnostics)) << setting;
  }
}

}  // namespace
}  // namespace wringer::sim
