#include "reports/render/result_json.h"

#include <functional>
#include <string>

#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

using OpWriter = std::function<void(OpIndex, JsonWriter*)>;
using FaultWriter = std::function<void(std::uint32_t, JsonWriter*)>;

void WriteStrings(Slice name, const std::vector<std::string>& texts,
                  JsonWriter* json) {
  json->Key(name).Array();
  for (const std::string& text : texts) json->String(text);
  json->End();
}

void WriteFinding(const Finding& finding, const OpWriter& write_op,
                  const FaultWriter& write_fault, JsonWriter* json) {
  json->Object().Field("kind", finding.kind);
  json->Field("key", finding.key_text).Field("at_ns", finding.at_ns);
  json->Key("ops").Array();
  for (const OpIndex op : finding.ops) write_op(op, json);
  json->End().Key("faults").Array();
  for (const std::uint32_t fault : finding.faults) write_fault(fault, json);
  json->End();
  WriteStrings("explanation", finding.explanation, json);
  json->End();
}

void WriteAll(const std::vector<CheckResult>& results, const OpWriter& write_op,
              const FaultWriter& write_fault, JsonWriter* json) {
  json->Array();
  for (const CheckResult& result : results) {
    json->Object().Field("name", result.id).Field("title", result.name);
    json->Field("passed", result.holds());
    json->Field("status", CheckStatusName(result.status));
    json->Field("promised", result.promised);
    json->Field("violations", result.violations);
    json->Field("coverage", result.coverage);
    json->Field("method", result.method).Field("steps", result.steps);
    json->Field("summary", result.summary);
    WriteStrings("notes", result.notes, json);
    json->Key("findings").Array();
    for (const Finding& finding : result.findings) {
      WriteFinding(finding, write_op, write_fault, json);
    }
    json->End().End();
  }
  json->End();
}

void WriteOp(const History& history, OpIndex index, JsonWriter* json) {
  const Operation& op = history.op(index);
  json->Object().Field("op", op.op_id);
  json->Field("client", std::uint64_t{op.client});
  json->Field("text", ActionText(history, op));
  json->Field("outcome", OutcomeName(op.outcome));
  json->Field("node", history.name(op.node));
  json->Field("call_ns", op.call_ns).Key("return_ns");
  if (op.return_ns == kNeverNs) {
    json->Null();
  } else {
    json->Int(op.return_ns);
  }
  if (op.witness.present()) {
    json->Field("term", std::uint64_t{op.witness.term});
    json->Field("index", op.witness.index);
  }
  json->End();
}

}  // namespace

void WriteResults(const History& history,
                  const std::vector<CheckResult>& results, JsonWriter* json) {
  WriteAll(
      results, [&](OpIndex op, JsonWriter* out) { WriteOp(history, op, out); },
      [&](std::uint32_t fault, JsonWriter* out) {
        out->String(history.faults()[fault].id);
      },
      json);
}

void WriteForeignResults(const ForeignHistory& history,
                         const std::vector<CheckResult>& results,
                         JsonWriter* json) {
  WriteAll(
      results,
      [&](OpIndex i, JsonWriter* out) {
        const ForeignOp& op = history.ops[i];
        out->Object().Field("process", op.process);
        out->Field("text", ForeignOpText(history, op));
        out->Field("call_line", std::uint64_t{op.call_line});
        out->Field("return_line", std::uint64_t{op.ret_line}).End();
      },
      [](std::uint32_t, JsonWriter*) {}, json);
}

}  // namespace wringer::reports
