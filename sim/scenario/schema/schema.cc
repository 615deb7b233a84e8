#include "sim/scenario/schema/schema.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wringer::sim {
namespace {

void CollectPaths(const Table& table, const std::string& prefix,
                  std::vector<std::string>* out) {
  for (const Field& field : table.fields) {
    const std::string path = absl::StrCat(prefix, field.key);
    if (field.form == Field::Form::kValue) {
      out->push_back(path);
    } else if (field.form == Field::Form::kTable) {
      CollectPaths(field.table(), path + ".", out);
    }
  }
}

// `path` is the table's own, "" at the top.
void CollectTables(const Table& table, Slice key, const std::string& path,
                   std::vector<std::string>* out) {
  if (table.Find(key) != nullptr) {
    out->push_back(path.empty() ? "the top of the file"
                                : absl::StrCat("[", path, "]"));
  }
  for (const Field& field : table.fields) {
    if (field.form == Field::Form::kTable) {
      CollectTables(field.table(), key,
                    path.empty() ? std::string(field.key)
                                 : absl::StrCat(path, ".", field.key),
                    out);
    }
  }
}

}  // namespace

const Field* Table::Find(Slice key, std::uint32_t of_kinds) const {
  for (const Field& field : fields) {
    if (field.key == key && (field.kinds & of_kinds) != 0) {
      return &field;
    }
  }
  return nullptr;
}

std::vector<Slice> Table::Keys(std::uint32_t of_kinds) const {
  std::vector<Slice> out;
  for (const Field& field : fields) {
    if ((field.kinds & of_kinds) != 0 &&
        std::find(out.begin(), out.end(), field.key) == out.end()) {
      out.push_back(field.key);
    }
  }
  return out;
}

const Field* FindField(Slice path) {
  const Table* table = &ScenarioTable();
  const Field* field = nullptr;
  for (Slice key : absl::StrSplit(path, '.')) {
    if (table == nullptr) {
      return nullptr;
    }
    field = table->Find(key);
    if (field == nullptr) {
      return nullptr;
    }
    table = field->form == Field::Form::kTable ? &field->table() : nullptr;
  }
  return field;
}

std::vector<std::string> AllPaths() {
  std::vector<std::string> out;
  CollectPaths(ScenarioTable(), "", &out);
  return out;
}

std::vector<std::string> TablesWith(Slice key) {
  std::vector<std::string> out;
  CollectTables(ScenarioTable(), key, "", &out);
  return out;
}

}  // namespace wringer::sim
