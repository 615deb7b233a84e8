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

}  // namespace

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
