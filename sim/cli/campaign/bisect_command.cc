// wringer bisect: which commit broke it? Wraps git bisect: every revision is
// checked out in a worktree of its own, built, and made to replay the scenario.
//
// A revision is bad iff it shows what the capsule, or else the bad revision,
// shows: the same violation, or, for a file that expects one, its appearance.
// One that does not build, cannot read the scenario, or fails in another way
// says nothing and is skipped (exit 125).
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "reports/history/json_reader.h"
#include "reports/history/json_writer.h"
#include "sim/cli/campaign/subprocess.h"
#include "sim/cli/commands.h"
#include "sim/cli/load.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

namespace fs = std::filesystem;

volatile sig_atomic_t interrupted = 0;
void OnInterrupt(int) { interrupted = 1; }

constexpr char kBuild[] =
    "cmake --preset release && ninja -C build/release wringer";
constexpr char kTool[] = "build/release/sim/cli/wringer";

std::string BuildOf(const BisectOptions& options) {
  return options.build.empty() ? kBuild : options.build;
}

Ended Git(const std::string& folder, std::vector<std::string> words,
          bool capture) {
  words.insert(words.begin(), {"git", "-C", folder});
  return RunProgram(
      {.words = std::move(words), .folder = "", .capture = capture});
}

// The revision checked out in a folder, as "1a2b3c4 subject".
std::string CommitLine(const std::string& folder) {
  const Ended log = Git(folder, {"log", "-1", "--format=%h %s"}, true);
  return log.ok() ? log.out.substr(0, log.out.find('\n')) : "?";
}

// Every violation that `run --json` told of; none if it is not such a document.
std::vector<std::string> ViolationsIn(const std::string& document) {
  std::vector<std::string> ids;
  const auto run = reports::ParseJson(document);
  const reports::Json* verdict = run.ok() ? run->Find("verdict") : nullptr;
  const reports::Json* all =
      verdict != nullptr ? verdict->Find("violations") : nullptr;
  if (all == nullptr) return ids;
  for (const reports::Json& one : all->items) {
    const reports::Json* id = one.Find("id");
    if (id != nullptr) ids.push_back(id->text);
  }
  return ids;
}

std::vector<std::string> RunWords(const BisectOptions& options) {
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
  return words;
}

int Skip(const std::string& why) {
  Err(absl::StrCat("wringer:   ", why, "; skipped\n"));
  return kCannotJudge;
}

// What the tool's answer means. A finding of another kind than the one that is
// looked for belongs to another bug, and says nothing about this one.
int JudgeAnswer(const BisectOptions& options, const Ended& ended) {
  // An engine that dies is a finding, too: 134 is abort, 139 a wild pointer.
  const bool died = ended.code >= 128;
  if (ended.code != kHeld && ended.code != kFinding && !died) {
    return Skip(absl::StrCat("ended with ", ended.code, ": no verdict"));
  }
  const sim::ParseResult file = Load(options.scenario, options.settings);
  if (file.ok() && file.scenario->expect.violation) {
    const bool shown = ended.code == kHeld;
    const std::string& id = *file.scenario->expect.violation;
    Err(absl::StrCat("wringer:   ", shown ? "shows " : "does not show ", id,
                     "\n"));
    return shown ? kFinding : kHeld;
  }
  if (ended.code == kHeld) {
    Err("wringer:   holds\n");
    return kHeld;
  }
  std::vector<std::string> ids = ViolationsIn(ended.out);
  if (died) ids = {"engine/crash"};
  const bool other =
      !options.violation.empty() &&
      std::find(ids.begin(), ids.end(), options.violation) == ids.end();
  if (other) {
    return Skip(absl::StrCat("fails in another way than ", options.violation,
                             ": ", absl::StrJoin(ids, ", ")));
  }
  Err(absl::StrCat("wringer:   fails: ", absl::StrJoin(ids, ", "), "\n"));
  if (!ids.empty()) Out(ids[0] + "\n");
  return kFinding;
}

// Builds and judges the revision in the current folder: kHeld, kFinding or
// kCannotJudge. What it showed stands on stdout.
int Step(const BisectOptions& options) {
  Err(absl::StrCat("wringer: ", CommitLine("."), "\n"));
  // stdout is for what the revision shows.
  const Ended built =
      RunProgram({.words = {"sh", "-c", "exec >&2; " + BuildOf(options)},
                  .folder = "",
                  .capture = false});
  if (!built.ok()) return Skip("does not build");
  return JudgeAnswer(
      options,
      RunProgram({.words = RunWords(options), .folder = "", .capture = true}));
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

// One search, in a workshop of its own.
class Search {
 public:
  Search(const CommonOptions& common, BisectOptions options)
      : common_(common), options_(std::move(options)) {}

  int Run() {
    if (const int code = Prepare(); code != kHeld) return code;
    // Both ends are tried, so that a wrong idea of them is not bisected.
    if (const int code = TryEnd(true); code != kHeld) return code;
    if (const int code = TryEnd(false); code != kHeld) return code;
    Ended told = Git(workshop_.tree(),
                     {"bisect", "start", options_.bad, options_.good}, true);
    if (!told.ok()) {
      return Complain("git cannot bisect between these", "is good older?");
    }
    while (told.ok() && FirstBad(workshop_.tree()).empty()) {
      Err(absl::StrCat("wringer: ", told.out.substr(0, told.out.find('\n')),
                       "\n"));
      const int code = Try(nullptr);
      if (interrupted != 0) return Interrupted();
      const char* word = code == kHeld          ? "good"
                         : code == kFinding     ? "bad"
                         : code == kCannotJudge ? "skip"
                                                : nullptr;
      if (word == nullptr) return FailTool(code);
      told = Git(workshop_.tree(), {"bisect", word}, true);
    }
    return Conclude(told.out);
  }

 private:
  int Prepare() {
    if (!workshop_.Open(options_.bad)) {
      Complain("cannot make a worktree of " + options_.bad,
               "see git worktree list");
      return kToolFailed;
    }
    const auto text = ReadFile(options_.scenario);
    if (!text.ok()) return Complain(text.status().message());
    if (!WriteFile(workshop_.scenario(), *text).ok()) return kToolFailed;
    options_.scenario = workshop_.scenario();
    // Ours is to tidy up; the children die of it by themselves.
    struct sigaction action = {};
    action.sa_handler = OnInterrupt;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    return kHeld;
  }

  // Judges what is checked out, in a process of its own. `*shown` gets the
  // violation it names.
  int Try(std::string* shown) {
    std::error_code error;
    std::vector<std::string> words = {
        fs::read_symlink("/proc/self/exe", error).string(),
        "bisect",
        options_.scenario,
        "--step",
        "--build",
        BuildOf(options_),
        "--tool",
        options_.tool.empty() ? kTool : options_.tool,
        "--seed",
        SeedText(*options_.seed)};
    for (const std::string& setting : options_.settings) {
      words.push_back("--set");
      words.push_back(setting);
    }
    if (!options_.violation.empty()) {
      words.push_back("--violation");
      words.push_back(options_.violation);
    }
    const Ended ended = RunProgram(
        {.words = words, .folder = workshop_.tree(), .capture = true});
    if (shown != nullptr) *shown = ended.out.substr(0, ended.out.find('\n'));
    return ended.code;
  }

  int TryEnd(bool bad) {
    const std::string& revision = bad ? options_.bad : options_.good;
    Err(absl::StrCat("wringer: trying the ", bad ? "bad" : "good",
                     " end, which should ", bad ? "fail\n" : "hold\n"));
    const Ended out = Git(workshop_.tree(),
                          {"checkout", "--quiet", "--detach", revision}, true);
    if (!out.ok()) return FailTool(out.code);
    std::string shown;
    const int code = Try(&shown);
    if (interrupted != 0) return Interrupted();
    if (bad && options_.violation.empty()) options_.violation = shown;
    if (code == (bad ? kFinding : kHeld)) return kHeld;
    Complain(absl::StrCat(revision, code == kCannotJudge
                                        ? " cannot judge the scenario"
                                    : bad ? " does not fail"
                                          : " fails already"),
             "give other revisions, or a --seed");
    return code == kCannotJudge ? kCannotJudge : kUsage;
  }

  static int FailTool(int code) {
    Complain(absl::StrCat("a step ended with ", code),
             "its words are above; nothing was concluded");
    return kToolFailed;
  }

  static int Interrupted() {
    Err("wringer: interrupted; the worktree is gone\n");
    return kInterrupted;
  }

  // `told`: git's last words. It names what is left if only skipped ones are.
  int Conclude(const std::string& told) const {
    const std::string first = FirstBad(workshop_.tree());
    std::vector<std::string> left;
    for (const Slice line : absl::StrSplit(told, '\n')) {
      if (first.empty() && line.size() >= 40 &&
          line.find_first_not_of("0123456789abcdef") == Slice::npos) {
        left.emplace_back(line);
      }
    }
    if (common_.json) {
      std::string out;
      reports::JsonWriter json(&out);
      json.Object().Field("format", "wringer-bisect-1");
      const std::size_t space = first.find(' ');
      json.Field("first_bad", Slice(first).substr(0, space));
      json.Field("subject", space == std::string::npos
                                ? Slice()
                                : Slice(first).substr(space + 1));
      json.Field("violation", Slice(options_.violation));
      json.Key("left").Array();
      for (const std::string& commit : left) json.String(commit);
      json.End().End();
      Out(out + "\n");
    } else if (!first.empty()) {
      Out(absl::StrCat("first bad commit: ", first, "\n"));
    } else {
      Out("INCONCLUSIVE   only skipped revisions are left between good and "
          "bad. It could be any of\n");
      for (const std::string& commit : left) Out("  " + commit + "\n");
    }
    return first.empty() ? kInconclusive : kHeld;
  }

  const CommonOptions& common_;
  BisectOptions options_;
  Workshop workshop_;
};

}  // namespace

int Bisect(const CommonOptions& common, const BisectOptions& options) {
  if (options.step) return Step(options);
  if (options.good.empty()) {
    return Complain("bisect needs a revision in which it held",
                    "give --good REV");
  }
  const auto scenario =
      LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  const bool seeded =
      options.seed || scenario->seed || std::getenv("WRINGER_SEED") != nullptr;
  if (!seeded) {
    return Complain(
        "the scenario fixes no seed, so every revision would run another one",
        "give --seed, of a run that failed");
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
  commits.seed = ChooseSeed(options.seed, *scenario);
  if (commits.violation.empty() && scenario->capsule) {
    commits.violation = scenario->capsule->violation;
  }
  return Search(common, std::move(commits)).Run();
}

}  // namespace wringer::cli
