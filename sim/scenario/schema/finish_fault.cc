// Checks across the keys of one fault.
#include "absl/strings/str_cat.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/schema/schema_faults.h"

namespace wringer::sim {
namespace {

bool Has(const DocValue& row, Slice key) { return row.Find(key) != nullptr; }

// Where to point when a key is missing: the kind of the fault.
Span KindSpan(const DocValue& row) { return Locate(row, "do").span; }

void FinishPartition(const DocValue& row, FaultSpec* fault,
                     Problems* problems) {
  PartitionParams& p = fault->partition;
  const bool one_way = Has(row, "from") || Has(row, "to");
  const int shapes = (Has(row, "isolate") ? 1 : 0) + (one_way ? 1 : 0) +
                     (Has(row, "bridge") ? 1 : 0) +
                     (Has(row, "sides") && !Has(row, "bridge") ? 1 : 0);
  if (shapes != 1) {
    problems->Error(KindSpan(row),
                    shapes == 0 ? "this partition does not say what to cut"
                                : "this partition mixes several shapes",
                    "give one of: sides = [[\"leader\"], [\"others\"]]; "
                    "isolate = \"leader\"; from = \"n1\", to = \"n2\"; "
                    "bridge = \"n3\" (with two sides, or none)");
    return;
  }
  if (Has(row, "except") && !Has(row, "isolate")) {
    problems->Error(Locate(row, "except").span, "`except` belongs to `isolate`",
                    "sides, from and to name all that they cut");
  }
  if (Has(row, "isolate")) {
    p.shape = PartitionShape::kIsolate;
  } else if (one_way) {
    p.shape = PartitionShape::kOneWay;
    if (!Has(row, "from") || !Has(row, "to")) {
      problems->Error(KindSpan(row), "a one-way partition has two ends",
                      "give both `from` and `to`");
    }
  } else if (Has(row, "bridge")) {
    p.shape = PartitionShape::kBridge;
    if (!p.sides.empty() && p.sides.size() != 2) {
      problems->Error(Locate(row, "sides").span,
                      "a bridge stands between two sides",
                      "give two sides, or none to have them drawn");
    }
  } else {
    p.shape = PartitionShape::kSides;
  }
}

void FinishLinkFault(const DocValue& row, const FaultSpec& fault,
                     Problems* problems) {
  const LinkParams& link = fault.link;
  const bool one_way = Has(row, "from") && Has(row, "to");
  if (Has(row, "between") == one_way ||
      (Has(row, "between") && (Has(row, "from") || Has(row, "to")))) {
    problems->Error(
        KindSpan(row), "a link fault names its ends once",
        "write `between = [a, b]` for both ways, or `from = a, to = b`");
  } else if (Has(row, "between") && link.between.size() != 2) {
    problems->Error(Locate(row, "between").span,
                    "`between` takes exactly two targets",
                    "write between = [\"n1\", \"n2\"]");
  }
  if (link == LinkParams{.between = link.between,
                         .from = link.from,
                         .to = link.to,
                         .delay = {},
                         .loss = 0,
                         .duplicate = 0,
                         .reorder = 0,
                         .bandwidth = 0,
                         .hold = false}) {
    problems->Error(
        KindSpan(row), "this link fault changes nothing",
        "add delay, loss, duplicate, reorder, bandwidth or hold = true");
  }
}

void Needs(const DocValue& row, const FaultSpec& fault, Slice key,
           Slice example, Problems* problems) {
  if (!Has(row, key)) {
    problems->Error(
        KindSpan(row),
        absl::StrCat("a ", NameOf(fault.kind), " fault needs `", key, "`"),
        absl::StrCat("add ", key, " = ", example));
  }
}

void FinishTime(const DocValue& row, const FaultSpec& fault,
                Problems* problems) {
  if (Has(row, "at") == Has(row, "when")) {
    const bool both = Has(row, "at");
    problems->Error(
        both ? row.Find("when")->span : KindSpan(row),
        both ? absl::StrCat("fault \"", fault.id, "\" has both `at` and `when`")
             : absl::StrCat("fault \"", fault.id, "\" never fires"),
        both ? "keep one; `when = { ..., after = \"1s\" }` adds a delay"
             : "add at = \"2s\", or when = { event = \"leader-changed\" }");
  }
  if (fault.duration && fault.duration->low == 0) {
    problems->Error(Locate(row, "for").span, "a fault lasts longer than 0s",
                    "leave `for` out to have it last until settling");
  }
}

}  // namespace

void FinishFault(const DocValue& row, void* object, Problems* problems) {
  auto* fault = static_cast<FaultSpec*>(object);
  const DocEntry* id = row.Find("id");
  if (id != nullptr && id->value.is_string() && !IsIdentifier(fault->id)) {
    problems->Error(id->value.span,
                    absl::StrCat("\"", fault->id, "\" cannot be a fault's id"),
                    "use letters, digits, '-', '_' and '.', without spaces");
  }
  if (!Has(row, "do") || !row.Find("do")->value.is_string() ||
      !FindName<FaultKind>(row.Find("do")->value.text)) {
    return;  // already reported; nothing else can be judged
  }
  FinishTime(row, *fault, problems);
  switch (fault->kind) {
    case FaultKind::kPartition:
      return FinishPartition(row, fault, problems);
    case FaultKind::kLink:
      return FinishLinkFault(row, *fault, problems);
    case FaultKind::kHeal:
      return;
    case FaultKind::kClockStep:
      Needs(row, *fault, "by", "\"-400ms\"", problems);
      break;
    case FaultKind::kClockDrift:
      Needs(row, *fault, "rate", "\"500ppm\"", problems);
      break;
    case FaultKind::kIoError:
      Needs(row, *fault, "on", "[\"read\", \"write\", \"sync\"]", problems);
      break;
    case FaultKind::kConfig:
    case FaultKind::kMembership:
      Needs(row, *fault, "action",
            fault->kind == FaultKind::kConfig ? "\"grant\"" : "\"add\"",
            problems);
      break;
    default:
      break;
  }
  Needs(row, *fault, "node", "\"leader\"", problems);
}

}  // namespace wringer::sim
