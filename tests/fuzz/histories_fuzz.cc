// Every history format on arbitrary bytes: the first byte picks the format.
// What a reader accepts is judged too, with a small budget.
#include <cstddef>
#include <cstdint>

#include "reports/check/check_foreign.h"
#include "reports/check/check_history.h"
#include "reports/history/import.h"
#include "reports/history/jsonl.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"

namespace wringer::reports {
namespace {

void JudgeForeign(const absl::StatusOr<ForeignHistory>& history) {
  if (!history.ok()) return;
  const CheckResult result =
      CheckForeign(*history, {.steps = 20000, .bytes = 1 << 24});
  for (const Finding& finding : result.findings) {
    ForeignStoryText(*history, finding, {});
  }
}

void JudgeOwn(Slice text) {
  const absl::StatusOr<History> history = ReadJsonl(text);
  if (!history.ok()) return;
  CheckOptions options;
  options.checks = {Check::kLinearizable, Check::kLostAcks,   Check::kPhantoms,
                    Check::kConvergence,  Check::kAtMostOnce, Check::kRegular,
                    Check::kStaleness,    Check::kSessions};
  options.search = {.steps = 20000, .bytes = 1 << 24};
  for (const CheckResult& result : CheckHistory(*history, options)) {
    for (const Finding& finding : result.findings) {
      StoryText(*history, finding, {});
      TimelineText(*history, finding, {});
    }
  }
  if (!ReadJsonl(WriteJsonl(*history)).ok()) __builtin_trap();
}

void Judge(unsigned format, Slice text) {
  switch (format % 7) {
    case 0:
      return JudgeOwn(text);
    case 1:
      return JudgeForeign(ImportJepsenLog(text, {}));
    case 2:
      return JudgeForeign(ImportPorcupineKv(text));
    default:
      return JudgeForeign(ImportJepsenEdn(
          text, {.model = static_cast<ForeignModel>(format % 7 - 3)}));
  }
}

}  // namespace
}  // namespace wringer::reports

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  const wringer::reports::Slice text(reinterpret_cast<const char*>(data + 1),
                                     size - 1);
  wringer::reports::Judge(data[0], text);
  return 0;
}
