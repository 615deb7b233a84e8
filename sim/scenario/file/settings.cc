#include "sim/scenario/file/settings.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "sim/scenario/file/binder.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/toml/scenario_toml.h"

namespace wringer::sim {
namespace {

// Where a path leads in the schema, and the row it passes on the way.
struct Goal {
  const Field* field = nullptr;
  bool in_row = false;
};

Goal FindGoal(const std::vector<Slice>& path) {
  const Table* table = &ScenarioTable();
  Goal goal;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (table == nullptr) {
      return {};
    }
    goal.field = table->Find(path[i]);
    if (goal.field == nullptr) {
      return {};
    }
    table = goal.field->form == Field::Form::kValue ? nullptr
                                                    : &goal.field->table();
    if (goal.field->form == Field::Form::kRows && i + 1 < path.size()) {
      goal.in_row = true;
      ++i;  // the element: a position or an id
    }
  }
  return goal;
}

// The element of an array of tables that `name` means; null if none.
DocValue* ElementOf(DocValue* array, Slice name) {
  std::uint64_t index = 0;
  if (absl::SimpleAtoi(name, &index) && index < array->items.size()) {
    return &array->items[index];
  }
  for (DocValue& item : array->items) {
    const DocEntry* id = item.Find("id");
    if (id != nullptr && id->value.text == name) {
      return &item;
    }
  }
  return nullptr;
}

// The place of `path` in the document, tables made on the way; null if it
// passes an element that does not exist.
DocValue* Reach(const std::vector<Slice>& path, Span span, DocValue* document) {
  DocValue* at = document;
  for (Slice key : path) {
    if (at->is_array()) {
      at = ElementOf(at, key);
      if (at == nullptr) {
        return nullptr;
      }
      continue;
    }
    if (!at->is_table()) {  // a wrong value of the file is overruled
      *at = DocValue{};
      at->span = span;
    }
    DocEntry* entry = at->Find(key);
    if (entry == nullptr) {
      DocValue empty;
      empty.span = span;
      at->entries.push_back({std::string(key), span, std::move(empty)});
      entry = &at->entries.back();
    }
    at = &entry->value;
  }
  return at;
}

void MoveSpans(Span span, DocValue* value) {
  value->span = span;
  for (DocValue& item : value->items) {
    MoveSpans(span, &item);
  }
  for (DocEntry& entry : value->entries) {
    entry.span = span;
    MoveSpans(span, &entry.value);
  }
}

// VALUE as the field wants it: TOML if it is, or else plain text.
bool ReadValue(Slice text, bool textual, Span span, DocValue* value,
               Problems* problems) {
  const bool quoted = !text.empty() && (text[0] == '"' || text[0] == '\'' ||
                                        text[0] == '[' || text[0] == '{');
  if (textual && !quoted) {
    *value = DocValue::String(std::string(text), span);
    return true;
  }
  DocValue parsed;
  const auto error = ParseToml(absl::StrCat("x = ", text), 0, &parsed);
  if (error || parsed.entries.size() != 1) {
    problems->Error(span, absl::StrCat("\"", text, "\" is not a TOML value"),
                    "write integers and booleans plainly, lists in [brackets] "
                    "with quoted words");
    return false;
  }
  *value = std::move(parsed.entries[0].value);
  MoveSpans(span, value);
  return true;
}

std::uint32_t Length(Slice text) {
  return text.empty() ? 1 : static_cast<std::uint32_t>(text.size());
}

}  // namespace

void ApplySetting(Slice setting, std::uint32_t source, DocValue* document,
                  Problems* problems) {
  const std::size_t equals = setting.find('=');
  const Span whole{source, 1, 1, Length(setting)};
  if (equals == Slice::npos || equals == 0) {
    problems->Error(whole, "--set takes KEY=VALUE",
                    "for example --set replication.model=raft");
    return;
  }
  const Slice key = setting.substr(0, equals);
  const Slice text = setting.substr(equals + 1);
  const Span key_span{source, 1, 1, Length(key)};
  const std::vector<Slice> path = absl::StrSplit(key, '.');
  const Goal goal = FindGoal(path);
  if (goal.field == nullptr) {
    problems->Error(key_span, absl::StrCat("unknown key `", key, "`"),
                    HelpForUnknownPath(key));
    return;
  }
  if (goal.field->form == Field::Form::kTable) {
    const std::string first(goal.field->table().Keys().front());
    problems->Error(
        key_span, absl::StrCat("`", key, "` is a table"),
        absl::StrCat("set its keys one by one: ", key, ".", first, "=..."));
    return;
  }
  const Span value_span{source, 1, static_cast<std::uint32_t>(equals) + 2,
                        Length(text)};
  DocValue value;
  if (!ReadValue(text, goal.field->textual, value_span, &value, problems)) {
    return;
  }
  DocValue* place = Reach(path, value_span, document);
  if (place == nullptr) {
    problems->Error(key_span, absl::StrCat("`", key, "` names no element"),
                    "a fault goes by its id or its position from 0");
    return;
  }
  *place = std::move(value);
}

}  // namespace wringer::sim
