#include "sim/explore/shrink/settings_list.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

constexpr std::string_view kSections[] = {"cluster",     "storage", "wal",
                                          "replication", "network", "disk",
                                          "clocks",      "cpu",     "workload"};
// Shrunk by passes of their own, or not to be touched.
constexpr std::string_view kKept[] = {
    "replication.model",   "cluster.nodes",       "workload.clients",
    "workload.keys.count", "workload.operations", "cluster.zones"};

template <typename List>
bool Has(const List& list, std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

void Walk(const Table& table, const void* object, const void* standard,
          const std::string& path, std::vector<ChangedSetting>* out) {
  for (const Field& field : table.fields) {
    const std::string at = absl::StrCat(path, ".", field.key);
    if (Has(kKept, at)) continue;
    if (field.form == Field::Form::kTable) {
      const void* inner = field.find(object);
      const void* other = field.find(standard);
      if (inner != nullptr && other != nullptr) {
        Walk(field.table(), inner, other, at, out);
      }
    } else if (field.form == Field::Form::kValue) {
      const auto value = field.write(object);
      const auto usual = field.write(standard);
      if (value && usual && *value != *usual) {
        out->push_back({at, *value, *usual});
      }
    }
  }
}

}  // namespace

std::vector<ChangedSetting> ChangedSettings(const Scenario& scenario) {
  std::vector<ChangedSetting> out;
  const Table& top = ScenarioTable();
  const void* standard = top.defaults();
  for (const Field& field : top.fields) {
    const std::string_view key(field.key.data(), field.key.size());
    if (!Has(kSections, key)) continue;
    Walk(field.table(), field.find(&scenario), field.find(standard),
         std::string(key), &out);
  }
  return out;
}

std::optional<Scenario> WithDefaults(const Scenario& scenario,
                                     const std::vector<ChangedSetting>& which) {
  ParseOptions options;
  for (const ChangedSetting& setting : which) {
    options.settings.push_back(
        absl::StrCat(setting.path, "=", setting.standard));
  }
  return ParseScenario(DumpScenario(scenario), "proposal", options).scenario;
}

}  // namespace wringer::sim
