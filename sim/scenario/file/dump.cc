// The resolved form of a scenario: a walk over the schema.
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/toml/toml_text.h"

namespace wringer::sim {
namespace {

std::string InlineText(const Table& table, const void* object) {
  const std::uint32_t kinds = table.kinds_of_object != nullptr
                                  ? table.kinds_of_object(object)
                                  : ~std::uint32_t{0};
  std::vector<std::string> parts;
  for (const Field& field : table.fields) {
    if ((field.kinds & kinds) == 0) {
      continue;
    }
    if (field.form == Field::Form::kValue) {
      if (auto text = field.write(object)) {
        parts.push_back(absl::StrCat(KeyText(field.key), " = ", *text));
      }
    } else if (const void* inner = field.find(object)) {
      parts.push_back(absl::StrCat(KeyText(field.key), " = ",
                                   InlineText(field.table(), inner)));
    }
  }
  return parts.empty() ? "{}"
                       : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
}

std::string RowsText(const Field& field, const void* object) {
  std::string out = "[\n";
  for (std::size_t i = 0; i < field.count(object); ++i) {
    absl::StrAppend(&out, "  ", InlineText(field.table(), field.row(object, i)),
                    ",\n");
  }
  return out + "]";
}

bool IsSection(const Field& field) {
  return field.form == Field::Form::kTable &&
         field.table().style == TableStyle::kSection;
}

// Plain keys first: a key after a [header] would belong to that table.
void DumpTable(const Table& table, const void* object, const std::string& path,
               std::string* out) {
  if (!path.empty()) {
    absl::StrAppend(out, "\n[", path, "]\n");
  }
  for (const Field& field : table.fields) {
    if (IsSection(field)) {
      continue;
    }
    std::optional<std::string> text;
    if (field.form == Field::Form::kValue) {
      text = field.write(object);
    } else if (field.form == Field::Form::kRows) {
      text = field.count(object) == 0 ? "[]" : RowsText(field, object);
    } else if (const void* inner = field.find(object)) {
      text = InlineText(field.table(), inner);
    }
    if (text) {
      absl::StrAppend(out, KeyText(field.key), " = ", *text, "\n");
    }
  }
  for (const Field& field : table.fields) {
    if (!IsSection(field)) {
      continue;
    }
    if (const void* inner = field.find(object)) {
      const std::string key = KeyText(field.key);
      DumpTable(field.table(), inner,
                path.empty() ? key : absl::StrCat(path, ".", key), out);
    }
  }
}

// What `table` says of `object` that it does not say of `standard`; nothing if
// that is nothing. Keys that a file must have are always said.
std::optional<std::string> ShortText(const Field& field, const void* object,
                                     const void* standard);

std::string ShortInline(const Table& table, const void* object,
                        const void* standard) {
  const std::uint32_t kinds = table.kinds_of_object != nullptr
                                  ? table.kinds_of_object(object)
                                  : ~std::uint32_t{0};
  std::vector<std::string> parts;
  for (const Field& field : table.fields) {
    if ((field.kinds & kinds) == 0) continue;
    if (const auto text = ShortText(field, object, standard)) {
      parts.push_back(absl::StrCat(KeyText(field.key), " = ", *text));
    }
  }
  return parts.empty() ? "{}"
                       : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
}

std::string ShortRows(const Field& field, const void* object) {
  std::string out = "[\n";
  const Table& table = field.table();
  for (std::size_t i = 0; i < field.count(object); ++i) {
    absl::StrAppend(&out, "  ",
                    ShortInline(table, field.row(object, i), table.defaults()),
                    ",\n");
  }
  return out + "]";
}

std::optional<std::string> ShortText(const Field& field, const void* object,
                                     const void* standard) {
  if (field.form == Field::Form::kRows) {
    if (field.count(object) == 0) return std::nullopt;
    return ShortRows(field, object);
  }
  if (field.form == Field::Form::kTable) {
    const void* inner = field.find(object);
    const void* usual = field.find(standard);
    if (inner == nullptr) return std::nullopt;
    if (usual == nullptr) usual = field.table().defaults();
    const std::string text = ShortInline(field.table(), inner, usual);
    if (text == "{}") return std::nullopt;
    return text;
  }
  const auto text = field.write(object);
  // A fault must have a time or a milestone, whatever its default.
  const bool needed = field.required || field.key == "at";
  if (!needed && text == field.write(standard)) return std::nullopt;
  return text;
}

void DumpShort(const Table& table, const void* object, const void* standard,
               const std::string& path, std::string* out) {
  std::string keys;
  for (const Field& field : table.fields) {
    if (IsSection(field)) continue;
    if (const auto text = ShortText(field, object, standard)) {
      absl::StrAppend(&keys, KeyText(field.key), " = ", *text, "\n");
    }
  }
  if (!path.empty() && !keys.empty()) {
    absl::StrAppend(out, "\n[", path, "]\n");
  }
  absl::StrAppend(out, keys);
  for (const Field& field : table.fields) {
    if (!IsSection(field)) continue;
    const void* inner = field.find(object);
    if (inner == nullptr) continue;
    const void* usual = field.find(standard);
    const std::string key = KeyText(field.key);
    DumpShort(field.table(), inner,
              usual != nullptr ? usual : field.table().defaults(),
              path.empty() ? key : absl::StrCat(path, ".", key), out);
  }
}

}  // namespace

std::string DumpDifferences(const Scenario& scenario) {
  std::string out;
  DumpShort(ScenarioTable(), &scenario, ScenarioTable().defaults(), "", &out);
  const ParseResult read = ParseScenario(out, "short form");
  return read.scenario == scenario ? out : DumpScenario(scenario);
}

std::string DumpScenario(const Scenario& scenario) {
  std::string out;
  DumpTable(ScenarioTable(), &scenario, "", &out);
  return out;
}

std::string DumpScenario(const Scenario& scenario, std::uint64_t seed) {
  Scenario seeded = scenario;
  seeded.seed = seed;
  return DumpScenario(seeded);
}

}  // namespace wringer::sim
