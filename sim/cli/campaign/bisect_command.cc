// wringer bisect: which commit broke it? Wraps git bisect: every revision is
// checked out in a worktree of its own, built, and made to replay the scenario.
//
// A revision is bad iff the replay ends as it does in the bad one: a finding,
// or, for a file that expects a violation, its appearance. One that does not
// build, or cannot read the scenario, says nothing and is skipped (exit 125).
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kBuild[] =
    "cmake --preset release >&2 && ninja -C build/release wringer >&2";
constexpr char kTool[] = "build/release/sim/cli/wringer";

// Of `git bisect run`: 0 good, 1 to 127 but 125 bad, above that it stops.
enum Judgement : int { kGoodRevision = 0, kBadRevision = 1, kStop = 128 };

std::string BuildOf(const BisectOptions& options) {
  return options.build.empty() ? kBuild : options.build;
}

Ended Git(const std::string& folder, std::vector<std::string> words,
          bool capture) {
  words.insert(words.begin(), {"git", "-C", folder});
  return RunProgram(
      {.words = std::move(words), .folder = "", .capture = capture});
}

// Builds and judges the revision in the current folder.
int Step(const BisectOptions& options) {
  const Ended built = RunProgram({.words = {"sh", "-c", BuildOf(options)},
                                  .folder = "",
                                  .capture = false});
  if (!built.ok()) {
    Err("wringer: this revision does not build; skipped\n");
    return kCannotJudge;
  }
  std::vector<std::string> words = {options.tool.empty() ? kTool : options.tool,
                                    "run", options.scenario, "--json"};
  if (words[0][0] != '/') words[0] = absl::StrCat("./", words[0]);
  if (options.seed) {
    words.push_back("--seed");
    words.push_back(SeedText(*options.seed));
  }
  for (const std::string& setting : options.settings) {
    words.push_back("--set");
    words.push_back(setting);
  }
  const Ended ended =
      RunProgram({.words = words, .folder = "", .capture = true});
  const sim::ParseResult file = Load(options.scenario, options.settings);
  const bool shows = file.ok() && file.scenario->expect.violation.has_value();
  // An engine that dies is a finding, too: 134 is abort, 139 a wild pointer.
  const bool found = ended.code == kFinding || ended.code >= 128;
  const bool held = ended.code == kHeld;
  if (!found && !held) {
    Err(absl::StrCat("wringer: this revision ended with ", ended.code,
                     ", which is no verdict; skipped\n"));
    return kCannotJudge;
  }
  const bool bad = shows ? held : found;
  Err(absl::StrCat("wringer: ", bad ? "fails" : "holds", " here\n"));
  return bad ? kBadRevision : kGoodRevision;
}

// A worktree and the scenario in it, both gone at the end.
class Workshop {
 public:
  Workshop() = default;
  ~Workshop() {
    if (folder_.empty()) return;
    Git(".", {"worktree", "remove", "--force", tree()}, true);
    std::error_code error;
    fs::remove_all(folder_, error);
  }
  Workshop(const Workshop&) = delete;
  Workshop& operator=(const Workshop&) = delete;

  bool Open(const std::string& revision) {
    std::string name =
        (fs::temp_directory_path() / "wringer-bisect-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) return false;
    folder_ = name;
    return Git(".", {"worktree", "add", "--detach", tree(), revision}, true)
        .ok();
  }
  std::string tree() const { return folder_ + "/tree"; }
  std::string scenario() const { return folder_ + "/scenario.toml"; }

 private:
  std::string folder_;
};

std::string StepCommand(const BisectOptions& options,
                        const std::string& scenario) {
  std::error_code error;
  const std::string self = fs::read_symlink("/proc/self/exe", error).string();
  std::vector<std::string> words = {
      self,      "bisect",
      scenario,  "--step",
      "--build", BuildOf(options),
      "--tool",  options.tool.empty() ? kTool : options.tool};
  if (options.seed) {
    words.push_back("--seed");
    words.push_back(SeedText(*options.seed));
  }
  for (const std::string& setting : options.settings) {
    words.push_back("--set");
    words.push_back(setting);
  }
  for (std::string& word : words) word = ShellQuoted(word);
  return absl::StrJoin(words, " ");
}

// "abc1234 Subject" of the first bad commit, or "" if git gave none.
std::string FirstBad(const std::string& tree) {
  const Ended log = Git(tree, {"bisect", "log"}, true);
  for (const Slice line : absl::StrSplit(log.out, '\n')) {
    constexpr Slice kFirst = "# first bad commit: [";
    if (line.substr(0, kFirst.size()) != kFirst) continue;
    const Slice rest = line.substr(kFirst.size());
    const std::size_t end = rest.find(']');
    return absl::StrCat(rest.substr(0, end), rest.substr(end + 1));
  }
  return "";
}

// The commit a revision names, or "".
std::string CommitOf(const std::string& revision) {
  const Ended ended = Git(
      ".", {"rev-parse", "--verify", "--quiet", revision + "^{commit}"}, true);
  return ended.ok() ? ended.out.substr(0, ended.out.find('\n')) : "";
}

int Search(const BisectOptions& options) {
  Workshop workshop;
  if (!workshop.Open(options.bad)) {
    Complain("cannot make a worktree of " + options.bad,
             "see git worktree list");
    return kToolFailed;
  }
  const auto text = ReadFile(options.scenario);
  if (!text.ok()) return Complain(text.status().message());
  if (!WriteFile(workshop.scenario(), *text).ok()) return kToolFailed;
  const std::string step = StepCommand(options, workshop.scenario());
  // Both ends are tried, so that a wrong idea of them is not bisected.
  for (const bool bad : {true, false}) {
    const std::string& revision = bad ? options.bad : options.good;
    Err(absl::StrCat("wringer: trying ", revision, ", which should ",
                     bad ? "fail\n" : "hold\n"));
    Git(workshop.tree(), {"checkout", "--quiet", "--detach", revision}, true);
    const Ended tried = RunProgram({.words = {"sh", "-c", step},
                                    .folder = workshop.tree(),
                                    .capture = false});
    if (tried.code == (bad ? kBadRevision : kGoodRevision)) continue;
    Complain(absl::StrCat(revision, tried.code == kCannotJudge
                                        ? " cannot judge the scenario"
                                    : bad ? " does not fail"
                                          : " fails already"),
             "give other revisions, or a --seed");
    return tried.code == kCannotJudge ? kCannotJudge : kUsage;
  }
  if (!Git(workshop.tree(), {"bisect", "start", options.bad, options.good},
           true)
           .ok()) {
    return Complain("git cannot bisect between these", "is good older?");
  }
  RunProgram({.words = {"git", "-C", workshop.tree(), "bisect", "run", "sh",
                        "-c", absl::StrCat(step, " >&2")},
              .folder = "",
              .capture = true});
  const std::string first = FirstBad(workshop.tree());
  if (first.empty()) {
    Out("INCONCLUSIVE   only skipped revisions are left between good and "
        "bad\n");
    return kInconclusive;
  }
  Out(absl::StrCat("first bad commit: ", first, "\n"));
  return kHeld;
}

}  // namespace

int Bisect(const CommonOptions& common, const BisectOptions& options) {
  if (options.step) return Step(options);
  if (options.good.empty()) {
    return Complain("bisect needs a revision in which it held",
                    "give --good REV");
  }
  if (!LoadOrComplain(common, options.scenario, options.settings)) {
    return kUsage;
  }
  // As commits, for HEAD is another one in the worktree.
  BisectOptions commits = options;
  commits.good = CommitOf(options.good);
  commits.bad = CommitOf(options.bad);
  if (commits.good.empty() || commits.bad.empty()) {
    return Complain(
        absl::StrCat("git knows no revision \"",
                     commits.good.empty() ? options.good : options.bad, "\""),
        "run this inside of the checkout");
  }
  return Search(commits);
}

}  // namespace wringer::cli
