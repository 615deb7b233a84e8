// The rendering of mistakes, to the column.
#include "sim/scenario/toml/diagnostic.h"

#include "gtest/gtest.h"

namespace wringer::sim {
namespace {

Diagnostic Sample() {
  Diagnostic d;
  d.file = "s.toml";
  d.line = 9;
  d.column = 10;
  d.length = 5;
  d.message = "unknown storage engine \"lms\"";
  d.help = "did you mean \"lsm\"? known: btree, lsm, memory";
  d.source_line = "engine = \"lms\"";
  return d;
}

TEST(Render, PutsTheCaretBelowItsText) {
  EXPECT_EQ(Render({Sample()}),
            "error: unknown storage engine \"lms\"\n"
            "  --> s.toml:9:10\n"
            "   |\n"
            " 9 | engine = \"lms\"\n"
            "   |          ^^^^^\n"
            "   = help: did you mean \"lsm\"? known: btree, lsm, memory\n");
}

TEST(Render, WidensWithTheLineNumberAndSeparatesByABlankLine) {
  Diagnostic second = Sample();
  second.line = 123;
  second.severity = Severity::kWarning;
  EXPECT_EQ(Render({Sample(), second}).substr(Render({Sample()}).size()),
            "\n"
            "warning: unknown storage engine \"lms\"\n"
            "    --> s.toml:123:10\n"
            "     |\n"
            " 123 | engine = \"lms\"\n"
            "     |          ^^^^^\n"
            "     = help: did you mean \"lsm\"? known: btree, lsm, memory\n");
}

TEST(Render, CountsCharactersNotBytesAndKeepsTabs) {
  Diagnostic d = Sample();
  d.source_line = "\tn = \"é\" # x";
  d.column = 6;
  d.length = 3;
  EXPECT_NE(Render({d}).find("\n   | \t    ^^^\n"), std::string::npos)
      << Render({d});
}

TEST(Render, ShowsControlCharactersAsQuestionMarks) {
  Diagnostic d = Sample();
  d.source_line = "a\x1b[31m\x07";
  EXPECT_EQ(Render({d}).find('\x1b'), std::string::npos);
  EXPECT_NE(Render({d}).find("a?[31m?"), std::string::npos);
}

TEST(Render, PaintsOnlyWhenAsked) {
  EXPECT_EQ(Render({Sample()}).find('\033'), std::string::npos);
  EXPECT_NE(Render({Sample()}, {.color = true}).find("\033[1;31merror"),
            std::string::npos);
}

TEST(Summary, CountsErrorsAndWarningsApart) {
  Diagnostic warning = Sample();
  warning.severity = Severity::kWarning;
  EXPECT_EQ(Summary({}), "");
  EXPECT_EQ(Summary({Sample()}), "1 error; nothing was run");
  EXPECT_EQ(Summary({Sample(), Sample(), warning}),
            "2 errors, 1 warning; nothing was run");
  EXPECT_EQ(Summary({warning, warning}), "2 warnings");
  EXPECT_FALSE(HasErrors({warning}));
  EXPECT_TRUE(HasErrors({warning, Sample()}));
}

}  // namespace
}  // namespace wringer::sim
