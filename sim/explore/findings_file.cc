#include "sim/explore/findings_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "reports/history/json_reader.h"
#include "reports/history/json_writer.h"

namespace wringer::sim {
namespace {

using reports::Json;

constexpr char kFormat[] = "wringer-findings-1";

std::string Text(const Json& object, const char* name) {
  const Json* value = object.Find(name);
  return value != nullptr && value->type == Json::Type::kString ? value->text
                                                                : "";
}

FailureKind ReadKind(const Json& object) {
  FailureKind kind;
  kind.violation = Text(object, "violation");
  kind.fingerprint = Text(object, "fingerprint");
  kind.rule = Text(object, "rule");
  kind.role = Text(object, "role");
  kind.phase = Text(object, "phase");
  kind.scenario = Text(object, "scenario");
  kind.summary = Text(object, "summary");
  const std::string seed = Text(object, "seed");
  if (seed.size() > 2) {
    (void)absl::SimpleHexAtoi(Slice(seed).substr(2), &kind.seed);
  }
  const Json* count = object.Find("count");
  if (count != nullptr) (void)count->GetUint(&kind.count);
  return kind;
}

}  // namespace

Slice KindStatusName(KindStatus status) {
  switch (status) {
    case KindStatus::kNew:
      return "new";
    case KindStatus::kOngoing:
      return "ongoing";
    case KindStatus::kGone:
      break;
  }
  return "gone";
}

std::vector<ListedKind> CompareKinds(
    const std::map<std::string, FailureKind>& now,
    const std::map<std::string, FailureKind>& before) {
  std::vector<ListedKind> fresh;
  std::vector<ListedKind> ongoing;
  for (const auto& [name, kind] : now) {
    if (before.count(name) > 0) {
      ongoing.push_back({KindStatus::kOngoing, kind});
    } else {
      fresh.push_back({KindStatus::kNew, kind});
    }
  }
  fresh.insert(fresh.end(), ongoing.begin(), ongoing.end());
  for (const auto& [name, kind] : before) {
    if (now.count(name) == 0) fresh.push_back({KindStatus::kGone, kind});
  }
  return fresh;
}

std::string FindingsJson(const std::vector<ListedKind>& kinds,
                         std::uint64_t runs) {
  std::string out;
  reports::JsonWriter json(&out);
  json.Object().Field("format", kFormat).Field("runs", runs);
  json.Key("kinds").Array();
  for (const auto& [status, kind] : kinds) {
    json.Object().Field("name", Slice(kind.Name()));
    json.Field("status", KindStatusName(status));
    json.Field("violation", Slice(kind.violation));
    json.Field("fingerprint", Slice(kind.fingerprint));
    json.Field("rule", Slice(kind.rule)).Field("role", Slice(kind.role));
    json.Field("phase", Slice(kind.phase)).Field("count", kind.count);
    json.Field("scenario", Slice(kind.scenario));
    json.Field("seed", Slice(SeedName(kind.seed)));
    json.Field("summary", Slice(kind.summary)).End();
  }
  json.End().End();
  return out + "\n";
}

absl::StatusOr<std::map<std::string, FailureKind>> ReadFindings(
    const std::string& path) {
  std::error_code error;
  const std::string file_path = std::filesystem::is_directory(path, error)
                                    ? absl::StrCat(path, "/findings.json")
                                    : path;
  std::ifstream file(file_path, std::ios::binary);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the findings \"", file_path, "\""));
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const absl::StatusOr<Json> json = reports::ParseJson(text);
  if (!json.ok() || Text(*json, "format") != kFormat ||
      json->Find("kinds") == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", file_path, "\" is no findings.json of a sweep"));
  }
  std::map<std::string, FailureKind> kinds;
  for (const Json& object : json->Find("kinds")->items) {
    if (Text(object, "status") == KindStatusName(KindStatus::kGone)) continue;
    FailureKind kind = ReadKind(object);
    kinds[kind.Name()] = std::move(kind);
  }
  return kinds;
}

}  // namespace wringer::sim
