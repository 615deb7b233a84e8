// Codecs of what sets a fault off. Each settles the kind of the trigger.
#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/scenario/schema/codecs_special.h"

namespace wringer::sim {

void AtCodec::Read(const DocValue& value, const Field& field, FaultTrigger* out,
                   Problems* problems) {
  if (auto at = ReadQuantity(value, field, Dimension::kDuration, problems)) {
    out->kind = FaultTrigger::Kind::kAt;
    out->at = *at;
  }
}
std::optional<std::string> AtCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kAt ? DurationCodec::Write(value.at)
                                               : std::nullopt;
}
std::string AtCodec::Json(const Field&) {
  return JsonQuantity(Dimension::kDuration, false);
}

void OnMarkCodec::Read(const DocValue& value, const Field& field,
                       FaultTrigger* out, Problems* problems) {
  if (!value.is_string()) {
    WrongType(value, field, "the name of a mark",
              "write it in quotes, like \"wal.torn_tail\"", problems);
    return;
  }
  out->kind = FaultTrigger::Kind::kMark;
  if (auto mark = FindMark(value.text)) {
    out->mark = *mark;
  } else {
    UnknownWord(value, "mark", MarkNames(), problems);
  }
}
std::optional<std::string> OnMarkCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kMark
             ? std::optional(Quoted(Info(value.mark).name))
             : std::nullopt;
}
std::string OnMarkCodec::Json(const Field&) { return JsonChoice(MarkNames()); }

void OnEventCodec::Read(const DocValue& value, const Field& field,
                        FaultTrigger* out, Problems* problems) {
  out->kind = FaultTrigger::Kind::kEvent;
  ChoiceCodec<FaultEvent>::Read(value, field, &out->event, problems);
}
std::optional<std::string> OnEventCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kEvent
             ? std::optional(Quoted(NameOf(value.event)))
             : std::nullopt;
}
std::string OnEventCodec::Json(const Field& field) {
  return ChoiceCodec<FaultEvent>::Json(field);
}

void OnRoleCodec::Read(const DocValue& value, const Field& field,
                       FaultTrigger* out, Problems* problems) {
  out->kind = FaultTrigger::Kind::kRole;
  Role role = Role::kLeader;
  const std::size_t before = problems->size();
  ChoiceCodec<Role>::Read(value, field, &role, problems);
  if (role != Role::kLeader && role != Role::kFollowers &&
      problems->size() == before) {
    problems->Error(
        value.span,
        absl::StrCat("a trigger cannot wait for role \"", value.text, "\""),
        "a node can become \"leader\" or join the \"followers\"");
  }
  out->role = role;
}
std::optional<std::string> OnRoleCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kRole
             ? std::optional(Quoted(NameOf(value.role)))
             : std::nullopt;
}
std::string OnRoleCodec::Json(const Field&) {
  return JsonChoice({"leader", "followers"});
}

void OnFaultCodec::Read(const DocValue& value, const Field& field,
                        FaultTrigger* out, Problems* problems) {
  out->kind = FaultTrigger::Kind::kFault;
  TextCodec::Read(value, field, &out->fault, problems);
}
std::optional<std::string> OnFaultCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kFault
             ? std::optional(Quoted(value.fault))
             : std::nullopt;
}
std::string OnFaultCodec::Json(const Field&) {
  return "{\"type\": \"string\"}";
}

void OnEndCodec::Read(const DocValue& value, const Field& field,
                      FaultTrigger* out, Problems* problems) {
  out->kind = FaultTrigger::Kind::kEnd;
  TextCodec::Read(value, field, &out->fault, problems);
}
std::optional<std::string> OnEndCodec::Write(const FaultTrigger& value) {
  return value.kind == FaultTrigger::Kind::kEnd
             ? std::optional(Quoted(value.fault))
             : std::nullopt;
}
std::string OnEndCodec::Json(const Field&) { return "{\"type\": \"string\"}"; }

}  // namespace wringer::sim
