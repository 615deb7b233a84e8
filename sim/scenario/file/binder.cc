#include "sim/scenario/file/binder.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/check.h"
#include "sim/scenario/names.h"
#include "sim/scenario/toml/suggest.h"
#include "sim/scenario/toml/toml_text.h"

namespace wringer::sim {
namespace {

// The table being read, for messages.
struct Place {
  const Table& table;
  std::string name;           // "replication.raft"; "" at the top
  bool row = false;           // an element of an array of tables
  std::uint32_t kinds = ~0u;  // of a row
};

// The keys, or the first of many.
std::string Sample(std::vector<Slice> keys) {
  constexpr std::size_t kMost = 14;
  if (keys.size() <= kMost) {
    return Listed(keys);
  }
  keys.resize(kMost / 2);
  return absl::StrCat(Listed(keys), ", ...");
}

std::string Headed(const Place& place) {
  return place.name.empty() ? "at the top of the file"
                            : absl::StrCat("in [", place.name, "]");
}

// "faults = [...]", to show what is to be moved.
std::string Sketch(const DocEntry& entry) {
  switch (entry.value.kind) {
    case DocValue::Kind::kArray:
      return absl::StrCat(entry.key, " = [...]");
    case DocValue::Kind::kTable:
      return absl::StrCat("[", entry.key, "]");
    default:
      return absl::StrCat(entry.key, " = ...");
  }
}

bool ReportReserved(const DocEntry& entry, const Place& place,
                    Problems* problems) {
  for (const ReservedKey& reserved : place.table.reserved) {
    if (entry.key == reserved.key) {
      problems->Error(entry.span,
                      absl::StrCat("`", entry.key, "`: ", reserved.what,
                                   " is known but not built yet"),
                      absl::StrCat("take it out; this table knows ",
                                   Listed(place.table.Keys(place.kinds))));
      return true;
    }
  }
  return false;
}

// A key of the file's top that slipped into a table, as TOML puts every key
// after a [header] into that table.
bool ReportMisplaced(const DocEntry& entry, const DocValue& table,
                     const Place& place, Problems* problems) {
  if (place.name.empty() || place.row ||
      ScenarioTable().Find(entry.key) == nullptr) {
    return false;
  }
  problems->Error(
      entry.span,
      absl::StrCat("`", entry.key,
                   "` belongs at the top of the file, but it is inside [",
                   place.name, "]"),
      absl::StrCat("TOML puts every key after a [header] into that table; move "
                   "`",
                   Sketch(entry), "` above line ", table.span.line));
  return true;
}

// The key of another kind of fault.
bool ReportOtherKind(const DocEntry& entry, const Place& place,
                     Problems* problems) {
  const Field* other = place.table.Find(entry.key);
  if (other == nullptr) {
    return false;
  }
  std::vector<Slice> takers;
  Slice kind;
  for (std::size_t i = 0; i < kFaultKindCount; ++i) {
    const std::uint32_t bit = std::uint32_t{1} << i;
    const Slice name = NameOf(static_cast<FaultKind>(i));
    if (place.kinds == bit) {
      kind = name;
    }
    if (place.table.Find(entry.key, bit) != nullptr) {
      takers.push_back(name);
    }
  }
  problems->Error(
      entry.span, absl::StrCat("a ", kind, " fault has no `", entry.key, "`"),
      absl::StrCat("`", entry.key, "` is for ", Listed(takers), "; ", kind,
                   " takes ", Listed(place.table.Keys(place.kinds))));
  return true;
}

// "did you mean `election` in [replication.raft]?", or nothing.
std::string NearestElsewhere(const std::string& key) {
  std::vector<std::string> keys;
  for (const std::string& path : AllPaths()) {
    keys.push_back(path.substr(path.rfind('.') + 1));
  }
  const auto near = Nearest(key, {keys.begin(), keys.end()});
  const std::vector<std::string> tables =
      near ? TablesWith(*near) : std::vector<std::string>();
  return tables.empty() || tables.size() > 3
             ? ""
             : absl::StrCat("did you mean `", *near, "` in ",
                            absl::StrJoin(tables, " or "), "?");
}

void ReportUnknown(const DocEntry& entry, const DocValue& table,
                   const Place& place, Problems* problems) {
  if (ReportReserved(entry, place, problems) ||
      ReportMisplaced(entry, table, place, problems) ||
      (place.row && ReportOtherKind(entry, place, problems))) {
    return;
  }
  const std::vector<Slice> keys = place.table.Keys(place.kinds);
  const std::vector<std::string> elsewhere = TablesWith(entry.key);
  std::string help;
  if (auto near = Nearest(entry.key, keys)) {
    help = absl::StrCat("did you mean `", *near, "`?");
  } else if (!elsewhere.empty() && elsewhere.size() <= 3) {
    help = absl::StrCat("`", entry.key, "` belongs in ",
                        absl::StrJoin(elsewhere, " or "));
  } else if (auto far = NearestElsewhere(entry.key); !far.empty()) {
    help = std::move(far);
  } else {
    help = absl::StrCat("known ", Headed(place), ": ", Sample(keys));
  }
  problems->Error(entry.span,
                  absl::StrCat("unknown key `", entry.key, "` ", Headed(place)),
                  std::move(help));
}

void BindTable(const DocValue& value, const Place& place, void* object,
               Problems* problems);

void BindRows(const DocEntry& entry, const Field& field,
              const std::string& name, void* object, Problems* problems) {
  if (!entry.value.is_array()) {
    problems->Error(
        entry.value.span,
        absl::StrCat("`", entry.key, "` takes a list of tables, but this is ",
                     Describe(entry.value)),
        absl::StrCat("write ", entry.key,
                     " = [ { ... }, { ... } "
                     "], one per line"));
    return;
  }
  const Table& table = field.table();
  for (const DocValue& item : entry.value.items) {
    Place place{table, name, true};
    if (item.is_table() && table.kinds_of != nullptr) {
      place.kinds = table.kinds_of(item);
    }
    BindTable(item, place, field.append(object), problems);
  }
}

void BindEntry(const DocEntry& entry, const Field& field, const Place& place,
               void* object, Problems* problems) {
  const std::string name =
      place.name.empty() ? entry.key : absl::StrCat(place.name, ".", entry.key);
  switch (field.form) {
    case Field::Form::kValue:
      field.read(entry.value, field, object, problems);
      break;
    case Field::Form::kTable:
      BindTable(entry.value, {field.table(), name}, field.enter(object),
                problems);
      break;
    case Field::Form::kRows:
      BindRows(entry, field, name, object, problems);
      break;
  }
}

void BindTable(const DocValue& value, const Place& place, void* object,
               Problems* problems) {
  if (!value.is_table()) {
    problems->Error(value.span,
                    absl::StrCat("[", place.name, "] ",
                                 place.row ? "holds tables" : "is a table",
                                 ", but this is ", Describe(value)),
                    absl::StrCat("write { key = value, ... } with ",
                                 Sample(place.table.Keys(place.kinds))));
    return;
  }
  for (const DocEntry& entry : value.entries) {
    if (place.table.Find(entry.key, place.kinds) == nullptr) {
      ReportUnknown(entry, value, place, problems);
    }
  }
  // In the order of the schema: a profile comes before what it sets.
  for (const Field& field : place.table.fields) {
    if ((field.kinds & place.kinds) == 0) {
      continue;
    }
    const DocEntry* entry = value.Find(field.key);
    if (entry != nullptr &&
        place.table.Find(field.key, place.kinds) == &field) {
      BindEntry(*entry, field, place, object, problems);
    } else if (entry == nullptr && field.required) {
      problems->Error(
          value.span,
          absl::StrCat("`", field.key, "` is missing ", Headed(place)),
          absl::StrCat("add ", field.key, " = ",
                       field.example.empty() ? *field.write(object)
                                             : std::string(field.example)));
    }
  }
  if (place.table.finish != nullptr) {
    place.table.finish(value, object, problems);
  }
}

}  // namespace

void BindScenario(const DocValue& document, Scenario* scenario,
                  Problems* problems) {
  BindTable(document, {ScenarioTable(), ""}, scenario, problems);
}

void BindValue(Slice path, const DocValue& value, Scenario* scenario,
               Problems* problems) {
  const Table* table = &ScenarioTable();
  void* object = scenario;
  for (Slice key : absl::StrSplit(path, '.')) {
    const Field* field = table->Find(key);
    WR_CHECK(field != nullptr);
    if (field->form == Field::Form::kValue) {
      field->read(value, *field, object, problems);
      return;
    }
    WR_CHECK(field->form == Field::Form::kTable);
    object = field->enter(object);
    table = &field->table();
  }
}

std::string HelpForUnknownPath(Slice path) {
  const std::vector<std::string> all = AllPaths();
  const std::size_t dot = path.rfind('.');
  const Slice last = dot == Slice::npos ? path : path.substr(dot + 1);
  std::vector<std::string> ends;
  for (const std::string& known : all) {
    if (absl::EndsWith(known, absl::StrCat(".", last))) {
      ends.push_back(absl::StrCat("`", known, "`"));
    }
  }
  if (auto near = Nearest(path, {all.begin(), all.end()})) {
    return absl::StrCat("did you mean `", *near, "`?");
  }
  if (!ends.empty() && ends.size() <= 4) {
    return absl::StrCat("did you mean ", absl::StrJoin(ends, " or "), "?");
  }
  return "every key is listed in scenarios/README.md; write it with its "
         "table: replication.model";
}

}  // namespace wringer::sim
