// `scenario fmt`.
#include <string>

#include "gtest/gtest.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

std::string Formatted(const std::string& text) {
  const auto out = FormatScenario(text);
  EXPECT_TRUE(out.ok()) << out.status();
  return out.ok() ? *out : "";
}

TEST(Format, AlignsABlockAndSeparatesHeaders) {
  EXPECT_EQ(Formatted("a=1   \nlonger =  2\n[t]\n\n\n\nx=\"=\" # why\n\n"),
            "a      = 1\n"
            "longer = 2\n"
            "\n"
            "[t]\n"
            "\n"
            "x = \"=\" # why\n");
}

TEST(Format, LeavesStringsAndArraysOfSeveralLinesAlone) {
  const std::string text =
      "about = \"\"\"\n"
      "  kept   = as it is  \n"
      "\n"
      "\n"
      "[not a header]\n"
      "\"\"\"\n"
      "rows = [\n"
      "  { a = 1 },  # one\n"
      "]\n";
  EXPECT_EQ(Formatted(text),
            "about = \"\"\"\n"
            "  kept   = as it is  \n"
            "\n"
            "\n"
            "[not a header]\n"
            "\"\"\"\n"
            "rows = [\n"
            "  { a = 1 },  # one\n"
            "]\n");
}

TEST(Format, KeepsACommentWithTheHeaderBelowIt) {
  EXPECT_EQ(Formatted("a = 1\n\n# about t\n[t]\nb = 2\n"),
            "a = 1\n\n# about t\n[t]\nb = 2\n");
}

TEST(Format, IsIdempotentOnEveryScenarioOfTheTree) {
  const auto all = ListScenarios(SourcePath("scenarios"));
  ASSERT_TRUE(all.ok());
  for (const ScenarioEntry& entry : *all) {
    const std::string once = Formatted(ReadText(entry.path));
    EXPECT_EQ(Formatted(once), once) << entry.path;
  }
}

TEST(Format, RefusesWhatIsNotToml) {
  EXPECT_FALSE(FormatScenario("a = 5s\n").ok());
}

}  // namespace
}  // namespace wringer::sim
