#include "sim/cli/finding_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "engine/base/status_macros.h"
#include "reports/history/jsonl.h"
#include "reports/render/story.h"
#include "sim/cli/failure.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/explore/capsule.h"
#include "sim/scenario/file/scenario_file.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;

constexpr Nanos kTraceBefore = 500 * kMillisecond;
constexpr Nanos kTraceAfter = 20 * kMillisecond;
constexpr std::size_t kTraceBytesMost = 4 << 20;

absl::Status MakeFolder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (!error) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("cannot make \"", path.string(), "\": ", error.message()));
}

// The trace of a window; what is beyond the limit is said to be missing.
class TraceText {
 public:
  TraceText(Nanos from, Nanos to) : from_(from), to_(to) {}
  void Add(const sim::TraceLine& line) {
    if (line.at < from_ || line.at > to_) return;
    if (text_.size() > kTraceBytesMost) {
      ++cut_;
      return;
    }
    absl::StrAppend(&text_, sim::TraceText(line), "\n");
  }
  std::string Take() {
    if (cut_ > 0) absl::StrAppend(&text_, "(", cut_, " further lines cut)\n");
    return std::move(text_);
  }

 private:
  const Nanos from_;
  const Nanos to_;
  std::string text_;
  std::size_t cut_ = 0;
};

std::string ReadmeText(const sim::Scenario& capsule,
                       const sim::RunResult& result, const Verdict& verdict,
                       const SavedFinding& saved) {
  const sim::CapsuleSpec& spec = *capsule.capsule;
  std::string out = absl::StrCat(
      spec.violation, ": ", spec.summary, "\n\n", "scenario  ", capsule.name,
      "\nseed      ", SeedText(result.seed), "\nbuild     ", spec.build,
      "\ndigest    ", DigestText(result.digest), "\n\n");
  if (const auto* finding = FindingOf(verdict, FailureOf(verdict))) {
    absl::StrAppend(
        &out,
        reports::StoryText(result.history, *finding,
                           {.color = false, .ascii = true, .width = 80}),
        "\n");
  }
  for (const char* command : {"replay", "explain", "shrink"}) {
    absl::StrAppend(&out, ProgramName(), " ", command, " ",
                    ShellQuoted(saved.capsule), "\n");
  }
  return out;
}

}  // namespace

absl::StatusOr<SavedFinding> SaveFinding(const std::string& folder,
                                         const sim::Scenario& scenario,
                                         const sim::RunResult& result,
                                         const Verdict& verdict) {
  const fs::path place =
      fs::path(folder) / "findings" / FindingName(verdict, FailureOf(verdict));
  WR_RETURN_IF_ERROR(MakeFolder(place));
  return SaveFindingIn(place.string(), scenario, result, verdict);
}

absl::StatusOr<SavedFinding> SaveFindingIn(const std::string& folder,
                                           const sim::Scenario& scenario,
                                           const sim::RunResult& result,
                                           const Verdict& verdict) {
  const Failure failure = FailureOf(verdict);
  const fs::path place(folder);
  SavedFinding saved;
  saved.folder = place.string();
  saved.capsule = (place / "capsule.toml").string();
  const sim::Scenario capsule = sim::MakeCapsule(
      scenario, result, CapsuleVerdictOf(result, verdict), BuildLine());
  WR_RETURN_IF_ERROR(WriteFile(saved.capsule, sim::DumpScenario(capsule)));
  WR_RETURN_IF_ERROR(WriteFile((place / "history.jsonl").string(),
                               reports::WriteJsonl(result.history)));
  const Nanos seen = SeenAt(result, verdict, failure);
  const Nanos at = seen < 0 ? result.load_ended : result.load_began + seen;
  TraceText trace(at - kTraceBefore, at + kTraceAfter);
  sim::RunOptions options;
  options.seed = result.seed;
  options.trace_sink = [&](const sim::TraceLine& line) { trace.Add(line); };
  WR_ASSIGN_OR_RETURN(const sim::RunResult again, sim::Run(capsule, options));
  saved.verified = again.digest == result.digest &&
                   Fingerprint(Judge(capsule, again)) == failure.fingerprint;
  WR_RETURN_IF_ERROR(WriteFile((place / "trace.txt").string(), trace.Take()));
  WR_RETURN_IF_ERROR(WriteFile((place / "README.txt").string(),
                               ReadmeText(capsule, result, verdict, saved)));
  return saved;
}

}  // namespace wringer::cli
