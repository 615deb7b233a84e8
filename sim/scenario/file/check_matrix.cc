// [matrix]: every key is one of the file's, every value one it takes.
#include "absl/strings/str_cat.h"
#include "sim/scenario/file/binder.h"
#include "sim/scenario/file/checks.h"
#include "sim/scenario/schema/schema.h"

namespace wringer::sim {
namespace {

bool IsVariable(const DocEntry& entry, Problems* problems) {
  const Field* field = FindField(entry.key);
  if (field == nullptr) {
    problems->Error(entry.span, absl::StrCat("unknown key `", entry.key, "`"),
                    HelpForUnknownPath(entry.key));
    return false;
  }
  if (field->form != Field::Form::kValue) {
    problems->Error(entry.span,
                    absl::StrCat("`", entry.key, "` is not a single value"),
                    "an axis varies one value, like \"replication.model\"");
    return false;
  }
  return true;
}

}  // namespace

void CheckMatrix(const DocValue& document, Problems* problems) {
  const DocEntry* matrix = document.Find("matrix");
  if (matrix == nullptr) {
    return;
  }
  if (const DocEntry* axes = matrix->value.Find("axes")) {
    for (const DocEntry& axis : axes->value.entries) {
      if (!IsVariable(axis, problems)) {
        continue;
      }
      for (const DocValue& value : axis.value.items) {
        Scenario scratch;
        BindValue(axis.key, value, &scratch, problems);
      }
    }
  }
  if (const DocEntry* baseline = matrix->value.Find("baseline")) {
    for (const DocEntry& entry : baseline->value.entries) {
      if (IsVariable(entry, problems)) {
        Scenario scratch;
        BindValue(entry.key, entry.value, &scratch, problems);
      }
    }
  }
}

}  // namespace wringer::sim
