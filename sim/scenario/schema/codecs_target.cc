// Codecs of nodes, zones and targets. Whether a node or zone exists is checked
// later, when the cluster is known (check_faults.cc).
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

constexpr Slice kTargetHelp =
    "a target is a node (\"n1\"), a zone (\"zone:east\") or a role: ";

bool ReadTarget(const DocValue& value, const Field& field, Target* out,
                Problems* problems) {
  const std::vector<Slice> roles = NamesOf<Role>().All();
  if (!value.is_string()) {
    WrongType(value, field, "a target",
              absl::StrCat(kTargetHelp, Listed(roles)), problems);
    return false;
  }
  if (auto target = ParseTarget(value.text)) {
    *out = *std::move(target);
    return true;
  }
  std::string help;
  if (auto near = Nearest(value.text, roles)) {
    help = absl::StrCat("did you mean \"", *near, "\"? ");
  }
  problems->Error(value.span,
                  absl::StrCat("unknown target \"", value.text, "\""),
                  absl::StrCat(help, kTargetHelp, Listed(roles)));
  return false;
}

bool ReadNode(const DocValue& value, const Field& field, NodeId* out,
              Problems* problems) {
  constexpr Slice kHelp = "nodes are named n1, n2, ... in quotes";
  if (!value.is_string()) {
    WrongType(value, field, "the name of a node", std::string(kHelp), problems);
    return false;
  }
  const NodeId id = ParseNodeName(value.text);
  if (!IsReplica(id)) {
    problems->Error(value.span,
                    absl::StrCat("\"", value.text, "\" is not a node's name"),
                    std::string(kHelp));
    return false;
  }
  *out = id;
  return true;
}

std::string NodeListText(const std::vector<NodeId>& nodes) {
  std::vector<std::string> names;
  for (NodeId node : nodes) {
    names.push_back(NodeName(node));
  }
  return QuotedList(names);
}

std::string JsonTarget() {
  return absl::StrCat(
      "{\"type\": \"string\", \"pattern\": \"^([nmc][1-9][0-9]*|zone:.+|",
      absl::StrJoin(NamesOf<Role>().All(), "|"), ")$\"}");
}

std::string JsonArrayOf(Slice items) {
  return absl::StrCat("{\"type\": \"array\", \"items\": ", items, "}");
}

std::string TargetListText(const std::vector<Target>& targets) {
  std::vector<std::string> names;
  for (const Target& target : targets) {
    names.push_back(TargetName(target));
  }
  return QuotedList(names);
}

}  // namespace

void NodeCodec::Read(const DocValue& value, const Field& field, NodeId* out,
                     Problems* problems) {
  ReadNode(value, field, out, problems);
}
std::optional<std::string> NodeCodec::Write(const NodeId& value) {
  return Quoted(NodeName(value));
}
std::string NodeCodec::Json(const Field&) {
  return "{\"type\": \"string\", \"pattern\": \"^n[1-9][0-9]*$\"}";
}

void NodeListCodec::Read(const DocValue& value, const Field& field,
                         std::vector<NodeId>* out, Problems* problems) {
  if (!value.is_array()) {
    WrongType(value, field, "a list of nodes", "write [\"n1\", \"n2\"]",
              problems);
    return;
  }
  std::vector<NodeId> read;
  for (const DocValue& item : value.items) {
    NodeId node;
    if (!ReadNode(item, field, &node, problems)) {
      return;
    }
    if (std::find(read.begin(), read.end(), node) != read.end()) {
      problems->Error(item.span,
                      absl::StrCat(NodeName(node), " is listed twice"),
                      "keep one of them");
      return;
    }
    read.push_back(node);
  }
  *out = std::move(read);
}
std::optional<std::string> NodeListCodec::Write(
    const std::vector<NodeId>& value) {
  return NodeListText(value);
}
std::string NodeListCodec::Json(const Field& field) {
  return JsonArrayOf(NodeCodec::Json(field));
}

void ZonesCodec::Read(const DocValue& value, const Field& field,
                      std::vector<Zone>* out, Problems* problems) {
  if (!value.is_table()) {
    WrongType(value, field, "a table of node lists",
              "write { east = [\"n1\", \"n2\"], west = [\"n3\"] }", problems);
    return;
  }
  std::vector<Zone> read;
  for (const DocEntry& entry : value.entries) {
    if (!IsIdentifier(entry.key)) {
      problems->Error(entry.span,
                      absl::StrCat("\"", entry.key, "\" cannot name a zone"),
                      "use letters, digits, '-', '_' and '.'");
      continue;
    }
    Zone zone{entry.key, {}};
    NodeListCodec::Read(entry.value, field, &zone.nodes, problems);
    read.push_back(std::move(zone));
  }
  std::sort(read.begin(), read.end(),
            [](const Zone& a, const Zone& b) { return a.name < b.name; });
  *out = std::move(read);
}
std::optional<std::string> ZonesCodec::Write(const std::vector<Zone>& value) {
  std::vector<std::string> parts;
  for (const Zone& zone : value) {
    parts.push_back(
        absl::StrCat(KeyText(zone.name), " = ", NodeListText(zone.nodes)));
  }
  return parts.empty() ? "{}"
                       : absl::StrCat("{ ", absl::StrJoin(parts, ", "), " }");
}
std::string ZonesCodec::Json(const Field& field) {
  return absl::StrCat("{\"type\": \"object\", \"additionalProperties\": ",
                      NodeListCodec::Json(field), "}");
}

void TargetCodec::Read(const DocValue& value, const Field& field, Target* out,
                       Problems* problems) {
  ReadTarget(value, field, out, problems);
}
std::optional<std::string> TargetCodec::Write(const Target& value) {
  return Quoted(TargetName(value));
}
std::string TargetCodec::Json(const Field&) { return JsonTarget(); }

void TargetListCodec::Read(const DocValue& value, const Field& field,
                           std::vector<Target>* out, Problems* problems) {
  std::vector<Target> read;
  if (!value.is_array()) {
    Target target;
    if (ReadTarget(value, field, &target, problems)) {
      *out = {std::move(target)};
    }
    return;
  }
  for (const DocValue& item : value.items) {
    Target target;
    if (ReadTarget(item, field, &target, problems)) {
      read.push_back(std::move(target));
    }
  }
  if (value.items.empty()) {
    problems->Error(value.span, absl::StrCat("`", field.key, "` names nobody"),
                    absl::StrCat(kTargetHelp, Listed(NamesOf<Role>().All())));
  }
  *out = std::move(read);
}
std::optional<std::string> TargetListCodec::Write(
    const std::vector<Target>& value) {
  if (value.empty()) {
    return std::nullopt;
  }
  return value.size() == 1 ? Quoted(TargetName(value[0]))
                           : TargetListText(value);
}
std::string TargetListCodec::Json(const Field&) {
  return absl::StrCat("{\"anyOf\": [", JsonTarget(), ", ",
                      JsonArrayOf(JsonTarget()), "]}");
}

void SidesCodec::Read(const DocValue& value, const Field& field,
                      std::vector<std::vector<Target>>* out,
                      Problems* problems) {
  if (!value.is_array() || value.items.size() < 2) {
    problems->Error(
        value.span,
        absl::StrCat("`", field.key, "` takes two or more lists of targets"),
        "write [[\"leader\"], [\"others\"]]");
    return;
  }
  std::vector<std::vector<Target>> read;
  for (const DocValue& item : value.items) {
    if (!item.is_array()) {
      WrongType(item, field, "lists of targets",
                "put each side in brackets: [[\"leader\"], [\"others\"]]",
                problems);
      return;
    }
    TargetListCodec::Read(item, field, &read.emplace_back(), problems);
  }
  *out = std::move(read);
}
std::optional<std::string> SidesCodec::Write(
    const std::vector<std::vector<Target>>& value) {
  if (value.empty()) {
    return std::nullopt;
  }
  std::vector<std::string> sides;
  for (const std::vector<Target>& side : value) {
    sides.push_back(TargetListText(side));
  }
  return absl::StrCat("[", absl::StrJoin(sides, ", "), "]");
}
std::string SidesCodec::Json(const Field&) {
  return JsonArrayOf(JsonArrayOf(JsonTarget()));
}

void NodeLimitCodec::Read(const DocValue& value, const Field& field,
                          NodeLimit* out, Problems* problems) {
  std::uint32_t count = 0;
  if (value.is_string() && value.text == "minority") {
    *out = {true, 0};
  } else if (value.is_string() && absl::SimpleAtoi(value.text, &count)) {
    *out = {false, count};  // as --set gives it
  } else if (!value.is_integer()) {
    WrongType(value, field, "a number of nodes or \"minority\"",
              "write 1, or \"minority\" for the most below half", problems);
  } else if (auto n = ReadInteger(value, field, problems)) {
    *out = {false, static_cast<std::uint32_t>(*n)};
  }
}
std::optional<std::string> NodeLimitCodec::Write(const NodeLimit& value) {
  return value.minority ? "\"minority\"" : absl::StrCat(value.count);
}
std::string NodeLimitCodec::Json(const Field& field) {
  return absl::StrCat("{\"anyOf\": [", JsonInteger(field),
                      ", {\"const\": \"minority\"}]}");
}

}  // namespace wringer::sim
