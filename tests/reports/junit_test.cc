// What CI servers read: JUnit XML and GitHub's annotations.
#include "reports/render/junit.h"

#include "gtest/gtest.h"
#include "reports/render/annotations.h"

namespace wringer::reports {
namespace {

std::size_t Count(const std::string& text, const std::string& word) {
  std::size_t count = 0;
  for (std::size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + 1)) {
    ++count;
  }
  return count;
}

bool Has(const std::string& text, const std::string& word) {
  return text.find(word) != std::string::npos;
}

JUnitCase Failed(const std::string& name) {
  JUnitCase c;
  c.name = name;
  c.group = "wringer";
  c.failure = "it broke";
  c.failure_type = "safety/lost-ack";
  c.failure_text = "line one\nline two";
  return c;
}

TEST(JUnit, CountsWhatFailedAndWhatHasNoVerdict) {
  JUnitSuite suite;
  suite.cases = {Failed("a"), {}, {}};
  suite.cases[1].name = "b";
  suite.cases[2].name = "c";
  suite.cases[2].skipped = "no run within the budget";
  const std::string xml = JUnitXml(suite);
  EXPECT_TRUE(Has(xml, "tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""))
      << xml;
  EXPECT_EQ(Count(xml, "<testcase "), 3u);
  EXPECT_EQ(Count(xml, "</testcase>"), 3u);
  EXPECT_EQ(Count(xml, "<failure "), 1u);
  EXPECT_EQ(Count(xml, "<skipped "), 1u);
}

TEST(JUnit, TimesAreInSeconds) {
  JUnitSuite suite;
  suite.real_ns = 12'034'567'890;
  EXPECT_TRUE(Has(JUnitXml(suite), "time=\"12.034\""));
}

TEST(JUnit, WhatXmlCannotSayIsEscapedOrReplaced) {
  JUnitSuite suite;
  suite.cases = {Failed("a<b>&\"c\"")};
  suite.cases[0].failure_text = "zero \x01 & <tag>";
  const std::string xml = JUnitXml(suite);
  EXPECT_TRUE(Has(xml, "name=\"a&lt;b&gt;&amp;&quot;c&quot;\"")) << xml;
  EXPECT_TRUE(Has(xml, ">zero ? &amp; &lt;tag&gt;</failure>")) << xml;
}

TEST(JUnit, PropertiesStandWhereTheyBelong) {
  JUnitSuite suite;
  suite.properties = {{"build", "0.1.0"}};
  suite.cases = {Failed("a")};
  suite.cases[0].properties = {{"seed", "0x5eed"}};
  const std::string xml = JUnitXml(suite);
  const std::size_t of_suite = xml.find("value=\"0.1.0\"");
  const std::size_t of_case = xml.find("value=\"0x5eed\"");
  const std::size_t the_case = xml.find("<testcase ");
  EXPECT_LT(of_suite, the_case);
  EXPECT_LT(the_case, of_case);
  EXPECT_NE(of_case, std::string::npos);
}

TEST(Annotations, OneIsOneLine) {
  Annotation note;
  note.title = "a: b, c";
  note.text = "first\nsecond 100 %";
  note.file = "scenarios/x.toml";
  note.line = 3;
  EXPECT_EQ(GithubAnnotations({note}),
            "::error title=a%3A b%2C c,file=scenarios/x.toml,line=3::"
            "first%0Asecond 100 %25\n");
}

// GitHub shows ten of a kind and drops the rest without a word.
TEST(Annotations, ThoseBeyondEightAreCounted) {
  const std::string text = GithubAnnotations(std::vector<Annotation>(30));
  EXPECT_EQ(Count(text, "\n"), 9u);
  EXPECT_TRUE(Has(text, "and 22 more"));
  EXPECT_EQ(Count(GithubAnnotations(std::vector<Annotation>(8)), "\n"), 8u);
}

TEST(Annotations, NoneIsNothing) { EXPECT_EQ(GithubAnnotations({}), ""); }

}  // namespace
}  // namespace wringer::reports
