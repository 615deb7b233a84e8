#include "sim/explore/run_record.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/crc32c.h"
#include "reports/history/json_reader.h"
#include "reports/history/json_writer.h"

namespace wringer::sim {
namespace {

using reports::Json;
using reports::JsonWriter;

constexpr char kFormat[] = "wringer-record-1";
constexpr char kCrcField[] = ",\"crc\":\"";
constexpr std::size_t kCrcTail = sizeof(kCrcField) - 1 + 8 + 2;  // 8 hex, "}

void WriteCounts(const NamedCounts& counts, JsonWriter* json) {
  json->Object();
  for (const auto& [name, count] : counts) json->Field(name, count);
  json->End();
}

NamedCounts ReadCounts(const Json* object) {
  NamedCounts counts;
  if (object == nullptr) return counts;
  for (std::size_t i = 0; i < object->names.size(); ++i) {
    std::uint64_t count = 0;
    if (object->items[i].GetUint(&count)) {
      counts.emplace_back(object->names[i], count);
    }
  }
  return counts;
}

void WriteFaults(const RunRecord& record, JsonWriter* json) {
  json->Object();
  for (const auto& [kind, n] : record.faults) {
    json->Key(kind).Array().Uint(n.planned).Uint(n.fired);
    json->Uint(n.effective).Uint(n.masked).End();
  }
  json->End();
}

void ReadFaults(const Json* object, RunRecord* record) {
  if (object == nullptr) return;
  for (std::size_t i = 0; i < object->names.size(); ++i) {
    const std::vector<Json>& four = object->items[i].items;
    FaultCounts n;
    if (four.size() == 4 && four[0].GetUint(&n.planned) &&
        four[1].GetUint(&n.fired) && four[2].GetUint(&n.effective) &&
        four[3].GetUint(&n.masked)) {
      record->faults.emplace_back(object->names[i], n);
    }
  }
}

// Reads members of one object; a missing or wrong one makes it !ok().
class Reader {
 public:
  explicit Reader(const Json* object) : object_(object) {}
  bool ok() const { return ok_; }

  std::string Text(const char* name) {
    const Json* value = Member(name);
    if (value == nullptr || value->type != Json::Type::kString) {
      ok_ = false;
      return "";
    }
    return value->text;
  }
  std::uint64_t Count(const char* name) {
    std::uint64_t count = 0;
    const Json* value = Member(name);
    if (value == nullptr || !value->GetUint(&count)) ok_ = false;
    return count;
  }
  std::int64_t Number(const char* name) {
    std::int64_t number = 0;
    const Json* value = Member(name);
    if (value == nullptr || !value->GetInt(&number)) ok_ = false;
    return number;
  }
  std::uint64_t Hex(const char* name) {
    std::uint64_t number = 0;
    if (!absl::SimpleHexAtoi(Text(name), &number)) ok_ = false;
    return number;
  }

 private:
  const Json* Member(const char* name) const {
    return object_ == nullptr ? nullptr : object_->Find(name);
  }
  const Json* const object_;
  bool ok_ = true;
};

bool FindVerdict(Slice name, RunVerdict* verdict) {
  for (const RunVerdict v :
       {RunVerdict::kPassed, RunVerdict::kFailed, RunVerdict::kInconclusive}) {
    if (RunVerdictName(v) != name) continue;
    *verdict = v;
    return true;
  }
  return false;
}

}  // namespace

Slice RunVerdictName(RunVerdict verdict) {
  switch (verdict) {
    case RunVerdict::kPassed:
      return "passed";
    case RunVerdict::kFailed:
      return "failed";
    case RunVerdict::kInconclusive:
      break;
  }
  return "inconclusive";
}

void FaultCounts::Add(const FaultCounts& more) {
  planned += more.planned;
  fired += more.fired;
  effective += more.effective;
  masked += more.masked;
}

std::string SeedName(std::uint64_t seed) {
  return absl::StrFormat("0x%x", seed);
}

std::string EncodeRecord(const RunRecord& r) {
  std::string line;
  JsonWriter json(&line);
  json.Object().Field("format", kFormat);
  json.Field("scenario", Slice(r.scenario))
      .Field("identity", Slice(r.identity));
  json.Field("seed", Slice(SeedName(r.seed))).Field("build", Slice(r.build));
  json.Field("verdict", RunVerdictName(r.verdict));
  json.Field("violation", Slice(r.violation));
  json.Field("fingerprint", Slice(r.fingerprint)).Field("rule", Slice(r.rule));
  json.Field("role", Slice(r.role)).Field("phase", Slice(r.phase));
  json.Field("summary", Slice(r.summary)).Key("digest").Hex(r.digest);
  json.Field("events", r.events).Field("operations", r.operations);
  json.Field("operations_ok", r.operations_ok);
  json.Field("simulated_ns", r.simulated_ns).Key("faults");
  WriteFaults(r, &json);
  json.Key("marks");
  WriteCounts(r.marks, &json);
  json.Key("mutants");
  WriteCounts(r.mutants, &json);
  json.Key("environment").Object().Field("real_ns", r.real_ns);
  json.Field("cpu_ns", r.cpu_ns).Field("worker", r.worker).End().End();
  line.pop_back();  // the CRC is the last field
  const std::uint32_t crc = Crc32c(line);
  absl::StrAppend(&line, kCrcField, absl::StrFormat("%08x", crc), "\"}");
  return line;
}

absl::StatusOr<RunRecord> DecodeRecord(Slice line) {
  if (line.size() <= kCrcTail) return absl::DataLossError("too short");
  const Slice body = line.substr(0, line.size() - kCrcTail);
  const Slice tail = line.substr(body.size());
  const std::string expected =
      absl::StrCat(kCrcField, absl::StrFormat("%08x", Crc32c(body)), "\"}");
  if (tail != Slice(expected)) return absl::DataLossError("checksum differs");
  const absl::StatusOr<Json> json = reports::ParseJson(line);
  if (!json.ok()) return json.status();
  Reader in(&*json);
  if (in.Text("format") != kFormat) {
    return absl::InvalidArgumentError("a record of another format");
  }
  RunRecord r;
  r.scenario = in.Text("scenario");
  r.identity = in.Text("identity");
  const std::string seed = in.Text("seed");
  const bool known = absl::StartsWith(seed, "0x") &&
                     absl::SimpleHexAtoi(Slice(seed).substr(2), &r.seed) &&
                     FindVerdict(in.Text("verdict"), &r.verdict);
  r.build = in.Text("build");
  r.violation = in.Text("violation");
  r.fingerprint = in.Text("fingerprint");
  r.rule = in.Text("rule");
  r.role = in.Text("role");
  r.phase = in.Text("phase");
  r.summary = in.Text("summary");
  r.digest = in.Hex("digest");
  r.events = in.Count("events");
  r.operations = in.Count("operations");
  r.operations_ok = in.Count("operations_ok");
  r.simulated_ns = in.Number("simulated_ns");
  ReadFaults(json->Find("faults"), &r);
  r.marks = ReadCounts(json->Find("marks"));
  r.mutants = ReadCounts(json->Find("mutants"));
  Reader host(json->Find("environment"));
  r.real_ns = host.Number("real_ns");
  r.cpu_ns = host.Number("cpu_ns");
  r.worker = host.Number("worker");
  if (!known || !in.ok() || !host.ok()) {
    return absl::InvalidArgumentError("a record lacks a field");
  }
  return r;
}

}  // namespace wringer::sim
