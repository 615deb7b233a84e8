// JSON Schema of the scenario format, for editors that complete and check TOML
// (taplo, Even Better TOML).
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/toml/toml_text.h"

namespace wringer::sim {
namespace {

std::string Indented(std::size_t depth) { return std::string(depth * 2, ' '); }

std::string JsonOf(const Table& table, std::size_t depth);

// `schema` with a description put first.
std::string Described(const std::string& schema, Slice about) {
  if (about.empty()) {
    return schema;
  }
  return absl::StrCat("{\"description\": ", Quoted(about), ", ",
                      schema.substr(1));
}

std::string JsonOf(const Field& field, std::size_t depth) {
  switch (field.form) {
    case Field::Form::kValue:
      return Described(field.json(field), field.about);
    case Field::Form::kTable:
      return JsonOf(field.table(), depth);
    case Field::Form::kRows:
      return absl::StrCat("{\"type\": \"array\", \"items\": ",
                          JsonOf(field.table(), depth), "}");
  }
  return "{}";
}

std::string JsonOf(const Table& table, std::size_t depth) {
  std::vector<std::string> keys;
  std::vector<std::string> properties;
  std::vector<std::string> required;
  for (const Field& field : table.fields) {
    const std::string key(field.key);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) {
      continue;  // a key that means the like in another kind of row
    }
    keys.push_back(key);
    properties.push_back(absl::StrCat(Indented(depth + 2), Quoted(key), ": ",
                                      JsonOf(field, depth + 2)));
    if (field.required) {
      required.push_back(key);
    }
  }
  return absl::StrCat(
      "{\"description\": ", Quoted(table.about), ",\n", Indented(depth + 1),
      "\"type\": \"object\", \"additionalProperties\": false, \"required\": ",
      QuotedList(required), ",\n", Indented(depth + 1), "\"properties\": {\n",
      absl::StrJoin(properties, ",\n"), "}}");
}

}  // namespace

std::string ScenarioJsonSchema() {
  const std::string body = JsonOf(ScenarioTable(), 0);
  return absl::StrCat(
      "{\"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
      "  \"title\": \"Wringer scenario, format ",
      kScenarioFormat, "\",\n  ", body.substr(1), "\n");
}

}  // namespace wringer::sim
