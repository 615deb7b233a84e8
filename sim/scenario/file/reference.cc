// The reference page of the format, in Markdown: one table of keys for every
// table of the file.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/names.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

std::string Cell(Slice text) {
  return absl::StrReplaceAll(text, {{"|", "\\|"}});
}

std::string Code(Slice text) {
  return text.empty() ? "" : absl::StrCat("`", Cell(text), "`");
}

// The words of a choice, from its JSON schema: `{"enum": ["a", "b"]}`.
std::string Choices(const Field& field) {
  const std::string json = field.json(field);
  constexpr Slice kOpening = "{\"enum\": [";
  if (!absl::StartsWith(json, kOpening)) {
    return "";
  }
  return absl::StrReplaceAll(
      Slice(json).substr(kOpening.size(), json.size() - kOpening.size() - 2),
      {{"\"", ""}});
}

std::string KindsText(std::uint32_t kinds) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    if ((kinds & (std::uint32_t{1} << i)) != 0) {
      names.emplace_back(NameOf(static_cast<FaultKind>(i)));
    }
  }
  return names.size() == kFaultKindCount      ? "every kind"
         : names.size() > kFaultKindCount / 2 ? "most kinds"
                                              : absl::StrJoin(names, ", ");
}

std::string About(const Field& field, bool kinds) {
  std::string about(field.about);
  const std::string choices =
      field.type == Slice("choice") ? Choices(field) : "";
  if (!choices.empty()) {
    absl::StrAppend(&about, ": ", choices);
  }
  if (kinds) {
    absl::StrAppend(&about, " (", KindsText(field.kinds), ")");
  }
  return Cell(about);
}

void Describe(const Table& table, const std::string& path, bool row,
              std::string* out) {
  const bool kinds = table.kinds_of != nullptr;
  if (!path.empty()) {
    absl::StrAppend(out, "\n### ", row ? "Rows of " : "", "`[", path, "]`\n\n",
                    table.about, "\n");
  }
  absl::StrAppend(out,
                  "\n| key | type | default | meaning | example |\n"
                  "|---|---|---|---|---|\n");
  const void* defaults = table.defaults();
  for (const Field& field : table.fields) {
    if (field.form != Field::Form::kValue) {
      continue;
    }
    const auto text = field.write(defaults);
    const std::string standard = field.required ? "required"
                                 : text         ? Code(*text)
                                                : "unset";
    absl::StrAppend(out, "| `", field.key, "` | ", Cell(field.type), " | ",
                    standard, " | ", About(field, kinds), " | ",
                    Code(field.example), " |\n");
  }
  for (const Field& field : table.fields) {
    if (field.form == Field::Form::kValue) {
      continue;
    }
    const std::string inner = path.empty() ? std::string(field.key)
                                           : absl::StrCat(path, ".", field.key);
    Describe(field.table(), inner, field.form == Field::Form::kRows, out);
  }
}

}  // namespace

std::string ScenarioReference() {
  std::string out;
  Describe(ScenarioTable(), "", false, &out);
  return out;
}

}  // namespace wringer::sim
