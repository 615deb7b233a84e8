// The schema table is complete and tells the truth: every row has prose, its
// default and its example parse, and the generated pages are what the tree has.
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sim/scenario/file/binder.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/toml/scenario_toml.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

DocValue ValueOf(Slice text) {
  DocValue document;
  const auto error = ParseToml(absl::StrCat("x = ", text), 0, &document);
  EXPECT_FALSE(error.has_value()) << text;
  return error ? DocValue{} : document.entries.at(0).value;
}

// Reads `text` through the row into a fresh object; false if it complains.
bool Reads(const Field& field, const std::string& path, Slice text) {
  Scenario scratch;
  Problems problems;
  BindValue(path, ValueOf(text), &scratch, &problems);
  return problems.size() == 0 && field.form == Field::Form::kValue;
}

void ForEachField(const Table& table,
                  const std::function<void(const Table&, const Field&)>& f) {
  for (const Field& field : table.fields) {
    f(table, field);
    if (field.form != Field::Form::kValue) {
      ForEachField(field.table(), f);
    }
  }
}

TEST(Schema, EveryRowSaysWhatItMeans) {
  std::size_t rows = 0;
  ForEachField(ScenarioTable(), [&rows](const Table& table, const Field& f) {
    ++rows;
    EXPECT_FALSE(f.key.empty());
    EXPECT_FALSE(f.type.empty()) << f.key;
    EXPECT_FALSE(table.about.empty()) << f.key;
    EXPECT_TRUE(table.defaults != nullptr) << f.key;
    if (f.form != Field::Form::kTable) {
      EXPECT_FALSE(f.about.empty()) << f.key;
    }
  });
  EXPECT_GT(rows, 150u);
}

TEST(Schema, EveryDefaultIsAValueTheRowTakes) {
  for (const std::string& path : AllPaths()) {
    const Field& field = *FindField(path);
    std::string text;
    // Found through the table that holds it, whose defaults it reads.
    const std::size_t dot = path.rfind('.');
    const Table& table = dot == std::string::npos
                             ? ScenarioTable()
                             : FindField(path.substr(0, dot))->table();
    const auto standard = field.write(table.defaults());
    if (standard && !field.required) {
      EXPECT_TRUE(Reads(field, path, *standard)) << path << " = " << *standard;
    }
  }
}

TEST(Schema, EveryExampleIsAValueTheRowTakes) {
  for (const std::string& path : AllPaths()) {
    const Field& field = *FindField(path);
    if (!field.example.empty()) {
      EXPECT_TRUE(Reads(field, path, field.example)) << path;
    }
  }
}

TEST(Schema, TheReferencePageIsTheTablesOwn) {
  constexpr char kBegin[] = "<!-- Generated from the schema";
  const std::string path = SourcePath("scenarios/README.md");
  const std::string page = ReadText(path);
  const std::size_t begin = page.find(kBegin);
  ASSERT_NE(begin, std::string::npos);
  const std::size_t body = page.find("-->\n", begin) + 4;
  const std::string wanted = page.substr(0, body) + ScenarioReference();
  if (Rewriting()) {
    WriteText(path, wanted);
  }
  EXPECT_EQ(ReadText(path), wanted) << "run this test with WR_REWRITE=1";
}

TEST(Schema, TheJsonSchemaIsBalancedAndNamesEveryKey) {
  const std::string json = ScenarioJsonSchema();
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (quoted && json[i] == '\\') {
      ++i;
    } else if (json[i] == '"') {
      quoted = !quoted;
    } else if (!quoted) {
      depth += json[i] == '{' || json[i] == '[' ? 1 : 0;
      depth -= json[i] == '}' || json[i] == ']' ? 1 : 0;
    }
  }
  EXPECT_EQ(depth, 0);
  EXPECT_FALSE(quoted);
  ForEachField(ScenarioTable(), [&json](const Table&, const Field& f) {
    EXPECT_NE(json.find(absl::StrCat("\"", f.key, "\": ")), std::string::npos)
        << f.key;
  });
}

}  // namespace
}  // namespace wringer::sim
