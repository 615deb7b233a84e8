#include "reports/history/describe.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace wringer::reports {
namespace {

// `value` / `unit` with `digits` decimals, rounded down, in integers.
std::string Decimal(std::int64_t value, std::int64_t unit, int digits) {
  std::int64_t scale = 1;
  for (int i = 0; i < digits; ++i) scale *= 10;
  const std::int64_t fraction = value % unit / (unit / scale);
  if (digits == 0) return absl::StrCat(value / unit);
  return absl::StrFormat("%d.%0*d", value / unit, digits, fraction);
}

std::string SawText(const Operation& op) {
  if (!op.tag_known) {
    return op.found ? absl::StrCat("value ", absl::Hex(op.observed_digest))
                    : "nothing";
  }
  if (!op.found && op.observed_tag != kInitialTag) {
    return absl::StrCat("nothing (deleted by ", VersionText(op.observed_tag),
                        ")");
  }
  return VersionText(op.observed_tag);
}

}  // namespace

std::string DurationText(std::int64_t ns) {
  if (ns < 0) return absl::StrCat("-", DurationText(-ns));
  if (ns < 1000) return absl::StrCat(ns, " ns");
  struct Unit {
    std::int64_t ns;
    const char* name;
  };
  Unit unit{1000000000, "s"};
  if (ns < 1000000000) unit = {1000000, "ms"};
  if (ns < 1000000) unit = {1000, "us"};
  const std::int64_t whole = ns / unit.ns;
  const int digits = whole >= 100 ? 0 : whole >= 10 ? 1 : 2;
  const std::string number = Decimal(ns, unit.ns, digits);
  Slice text = number;
  if (digits > 0) {
    while (absl::ConsumeSuffix(&text, "0")) continue;
    absl::ConsumeSuffix(&text, ".");
  }
  return absl::StrCat(text, " ", unit.name);
}

std::string MomentText(std::int64_t ns) {
  if (ns < 0) return absl::StrCat("-", MomentText(-ns));
  return absl::StrCat(Decimal(ns, 1000000000, 3), " s");
}

std::string VersionText(Tag tag) {
  return tag == kInitialTag ? "nothing" : absl::StrCat("v", tag);
}

std::string KeyText(const History& history, KeyId key) {
  return absl::Utf8SafeCHexEscape(history.key_name(key));
}

std::string ActionText(const History& history, const Operation& op) {
  const std::string key = KeyText(history, op.key);
  const bool answered = op.outcome == Outcome::kOk;
  switch (op.kind) {
    case OpKind::kGet:
      return absl::StrCat("get ", key, answered ? " -> " : "",
                          answered ? SawText(op) : "");
    case OpKind::kPut:
      return absl::StrCat("put ", key, " = ", VersionText(op.op_id));
    case OpKind::kDelete:
      return absl::StrCat("delete ", key, " (", VersionText(op.op_id), ")");
    case OpKind::kCas:
      break;
  }
  const std::string text =
      absl::StrCat("cas ", key, " ", VersionText(op.expected_tag), " => ",
                   VersionText(op.op_id));
  if (!answered || op.cas_succeeded) return text;
  return absl::StrCat(text, " refused, saw ", SawText(op));
}

std::string OutcomeText(const History& history, const Operation& op) {
  if (op.outcome == Outcome::kFail) {
    return op.error == 0 ? "failed"
                         : absl::StrCat("failed: ", history.name(op.error));
  }
  if (op.outcome == Outcome::kUnknown) return "outcome unknown";
  std::string text = op.WriteAcknowledged() ? "acknowledged" : "answered";
  if (op.node == 0) return text;
  absl::StrAppend(&text, " by ", history.name(op.node));
  if (const NodeEvent* role = RoleAt(history, op.node, op.return_ns)) {
    absl::StrAppend(&text, " (", NodeEventName(role->kind));
    if (role->term != 0) absl::StrAppend(&text, ", term ", role->term);
    text.push_back(')');
  }
  return text;
}

std::string ClientText(const Operation& op) {
  return absl::StrCat("client ", op.client);
}

const NodeEvent* RoleAt(const History& history, NameId node, std::int64_t ns) {
  const NodeEvent* role = nullptr;
  for (const NodeEvent& event : history.node_events()) {
    if (event.ns > ns) break;
    if (event.node != node) continue;
    if (event.kind >= NodeEventKind::kLeader) role = &event;
    if (event.kind == NodeEventKind::kDown) role = nullptr;
  }
  return role;
}

}  // namespace wringer::reports
