// Every malformed scenario of tests/testdata/scenario_errors gives the stored
// diagnostics, on the right lines, each with a way out.
//
// A line of the file is marked with one "#!" per diagnostic it must get.
// WR_REWRITE=1 rewrites the stored renderings; the marks are never rewritten.
#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

constexpr std::size_t kFewest = 45;

std::vector<std::string> Cases() {
  std::vector<std::string> out;
  for (const auto& entry : std::filesystem::directory_iterator(
           SourcePath("tests/testdata/scenario_errors"))) {
    if (entry.path().extension() == ".toml") {
      out.push_back(entry.path().stem().string());
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::map<std::uint32_t, int> MarkedLines(const std::string& text) {
  std::map<std::uint32_t, int> out;
  std::uint32_t line = 1;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, 2, "#!") == 0) {
      ++out[line];
    }
    line += text[i] == '\n' ? 1u : 0u;
  }
  return out;
}

class ScenarioErrors : public testing::TestWithParam<std::string> {
 protected:
  std::string path() const {
    return SourcePath("tests/testdata/scenario_errors/" + GetParam());
  }
  ParseResult Parsed() const {
    return ParseScenario(ReadText(path() + ".toml"), GetParam() + ".toml");
  }
};

TEST_P(ScenarioErrors, AreShownAsStored) {
  const ParseResult result = Parsed();
  const std::string shown =
      Render(result.diagnostics) + "\n" + Summary(result.diagnostics) + "\n";
  if (Rewriting()) {
    WriteText(path() + ".expected", shown);
  }
  EXPECT_EQ(shown, ReadText(path() + ".expected"));
}

TEST_P(ScenarioErrors, StandOnTheMarkedLinesAndNoOthers) {
  std::map<std::uint32_t, int> lines;
  for (const Diagnostic& d : Parsed().diagnostics) {
    ++lines[d.line];
  }
  EXPECT_FALSE(lines.empty());
  EXPECT_EQ(lines, MarkedLines(ReadText(path() + ".toml")));
}

TEST_P(ScenarioErrors, EachOffersAWayOut) {
  const ParseResult result = Parsed();
  for (const Diagnostic& d : result.diagnostics) {
    EXPECT_FALSE(d.message.empty());
    EXPECT_FALSE(d.help.empty()) << d.message;
    EXPECT_GE(d.column, 1u);
    EXPECT_GE(d.length, 1u);
  }
}

TEST_P(ScenarioErrors, KeepTheScenarioFromRunning) {
  const ParseResult result = Parsed();
  EXPECT_EQ(result.ok(), !HasErrors(result.diagnostics));
}

INSTANTIATE_TEST_SUITE_P(All, ScenarioErrors, testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param; });

TEST(ScenarioErrorCases, AreManyEnough) { EXPECT_GE(Cases().size(), kFewest); }

}  // namespace
}  // namespace wringer::sim
