// The summary of a sweep as JSON, Markdown, JUnit and annotations.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "reports/history/json_writer.h"
#include "reports/render/annotations.h"
#include "reports/render/junit.h"
#include "sim/cli/campaign/one_run.h"
#include "sim/cli/campaign/sweep_report.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

using reports::JsonWriter;
using sim::KindStatus;
using sim::ListedKind;
using sim::Tally;

constexpr std::size_t kMarkdownKinds = 50;

void WriteKinds(const SweepOutcome& o, JsonWriter* json) {
  json->Key("kinds").Array();
  for (const ListedKind& listed : o.kinds) {
    const sim::FailureKind& kind = listed.kind;
    json->Object().Field("name", Slice(kind.Name()));
    json->Field("status", sim::KindStatusName(listed.status));
    json->Field("violation", Slice(kind.violation));
    json->Field("fingerprint", Slice(kind.fingerprint));
    json->Field("rule", Slice(kind.rule)).Field("role", Slice(kind.role));
    json->Field("phase", Slice(kind.phase)).Field("count", kind.count);
    json->Field("scenario", Slice(kind.scenario));
    json->Field("seed", Slice(SeedText(kind.seed)));
    json->Key("digest").Hex(kind.digest);
    json->Field("summary", Slice(kind.summary));
    const auto replay = o.replays.find(kind.Name());
    if (replay != o.replays.end()) {
      json->Field("repro", Slice(replay->second));
    }
    json->End();
  }
  json->End();
}

void WriteList(const char* name, const std::vector<std::string>& words,
               JsonWriter* json) {
  json->Key(name).Array();
  for (const std::string& word : words) json->String(word);
  json->End();
}

void WriteCoverage(const SweepOutcome& o, JsonWriter* json) {
  json->Key("faults").Object();
  for (const auto& [kind, n] : o.tally->faults) {
    json->Key(kind).Object().Field("planned", n.planned);
    json->Field("fired", n.fired).Field("effective", n.effective);
    json->Field("masked", n.masked).End();
  }
  json->End().Key("marks").Object();
  for (const auto& [mark, runs] : o.tally->marks) json->Field(mark, runs);
  json->End();
  std::size_t possible = 0;
  WriteList("marks_not_reached", MarksNotReached(*o.plan, *o.tally, &possible),
            json);
  json->Key("mutants").Object();
  for (const auto& [mutant, runs] : o.tally->mutants) json->Field(mutant, runs);
  json->End();
}

// The first kind of failure that stands against a scenario.
const ListedKind* BlamedKind(const SweepOutcome& o, const std::string& path) {
  for (const ListedKind& listed : o.kinds) {
    const bool counts =
        listed.status == KindStatus::kNew ||
        (listed.status == KindStatus::kOngoing && !o.baseline_asked);
    if (counts && listed.kind.scenario == path) return &listed;
  }
  return nullptr;
}

reports::JUnitCase CaseOf(const SweepOutcome& o,
                          const sim::PlannedScenario& planned) {
  reports::JUnitCase c;
  c.name = planned.path;
  c.group = "wringer";
  const auto ran = o.tally->scenarios.find(planned.path);
  if (ran == o.tally->scenarios.end()) {
    c.skipped = "no run within the budget";
    return c;
  }
  c.real_ns = ran->second.real_ns;
  c.properties = {{"runs", absl::StrCat(ran->second.runs)},
                  {"failed", absl::StrCat(ran->second.failed)}};
  if (const ListedKind* listed = BlamedKind(o, planned.path)) {
    const sim::FailureKind& kind = listed->kind;
    c.failure = absl::StrCat(kind.violation, ": ", kind.summary);
    c.failure_type = kind.violation;
    c.failure_text = KindStory(o, *listed);
    c.properties.push_back({"seed", SeedText(kind.seed)});
    c.properties.push_back({"digest", absl::StrFormat("%016x", kind.digest)});
    c.properties.push_back({"fingerprint", kind.fingerprint});
  } else if (ran->second.inconclusive > 0) {
    c.skipped = absl::StrCat(ran->second.inconclusive, " inconclusive runs");
  }
  return c;
}

// What no scenario is to blame for: a fault without effect, a missed mark.
reports::JUnitCase SelfTestCase(const SweepOutcome& o) {
  reports::JUnitCase c;
  c.name = "self-test";
  c.group = "wringer";
  for (const std::string& kind : o.toothless) {
    absl::StrAppend(&c.failure_text, kind, " fired and never had an effect\n");
  }
  for (const std::string& mark : o.marks_missed) {
    absl::StrAppend(&c.failure_text, mark, " was never reached\n");
  }
  for (const std::string& name : o.unstable) {
    absl::StrAppend(&c.failure_text, name, " is not deterministic\n");
  }
  if (o.tally->runs == 0) c.failure_text = "0 runs prove nothing\n";
  if (!c.failure_text.empty()) {
    c.failure = SweepVerdict(o);
    c.failure_type = "self-test";
  }
  return c;
}

}  // namespace

std::string SweepJson(const SweepOutcome& o) {
  const Tally& t = *o.tally;
  std::string out;
  JsonWriter json(&out);
  json.Object().Field("format", "wringer-sweep-1");
  json.Field("build", Slice(BuildId()));
  json.Field("passed", o.exit_code() == kHeld);
  json.Field("exit_code", std::int64_t{o.exit_code()});
  json.Field("runs", t.runs).Field("resumed", o.resumed);
  json.Field("failed", t.failed).Field("inconclusive", t.inconclusive);
  json.Field("events", t.events).Field("operations", t.operations);
  json.Field("simulated_ns", t.simulated_ns);
  WriteKinds(o, &json);
  WriteCoverage(o, &json);
  WriteList("toothless", o.toothless, &json);
  WriteList("marks_missed", o.marks_missed, &json);
  WriteList("not_deterministic", o.unstable, &json);
  json.Field("lost", std::uint64_t{o.lost.size()});
  json.Key("environment").Object().Field("real_ns", o.real_ns);
  json.Field("runs_real_ns", t.real_ns).Field("runs_cpu_ns", t.cpu_ns);
  json.Field("workers", std::int64_t{o.workers});
  json.Field("results", Slice(o.folder));
  json.Field("baseline", Slice(o.baseline)).End().End();
  return out;
}

std::string SweepMarkdown(const SweepOutcome& o) {
  const Tally& t = *o.tally;
  std::string text = absl::StrCat(
      "### wringer sweep: ", SweepVerdict(o), "\n\n", CountText(t.runs),
      " runs, ", CountText(t.passed()), " passed, ", CountText(t.failed),
      " failed, ", CountText(t.inconclusive), " inconclusive; build ",
      Build().commit, "\n");
  if (!o.kinds.empty()) {
    absl::StrAppend(&text, "\n| | kind | seen | what | to see it again |\n",
                    "|---|---|---|---|---|\n");
  }
  const std::size_t shown = std::min(o.kinds.size(), kMarkdownKinds);
  for (std::size_t i = 0; i < shown; ++i) {
    const ListedKind& listed = o.kinds[i];
    const auto replay = o.replays.find(listed.kind.Name());
    absl::StrAppend(
        &text, "| ", sim::KindStatusName(listed.status), " | ",
        listed.kind.Name(), " | ", listed.kind.count, "x | ",
        listed.kind.summary, " | ",
        replay == o.replays.end() ? "" : absl::StrCat("`", replay->second, "`"),
        " |\n");
  }
  if (o.kinds.size() > shown) {
    absl::StrAppend(&text, "\nand ", o.kinds.size() - shown, " more\n");
  }
  return text;
}

std::string SweepJUnit(const SweepOutcome& o) {
  reports::JUnitSuite suite;
  suite.name = "wringer sweep";
  suite.real_ns = o.real_ns;
  suite.properties = {{"build", BuildId()}};
  for (const sim::PlannedScenario& planned : o.plan->scenarios()) {
    suite.cases.push_back(CaseOf(o, planned));
  }
  suite.cases.push_back(SelfTestCase(o));
  return reports::JUnitXml(suite);
}

std::string SweepAnnotations(const SweepOutcome& o) {
  std::vector<reports::Annotation> notes;
  for (const ListedKind& listed : o.kinds) {
    if (listed.status == KindStatus::kGone) continue;
    reports::Annotation note;
    const bool blamed = listed.status == KindStatus::kNew || !o.baseline_asked;
    note.level = blamed ? "error" : "warning";
    note.title = listed.kind.Name();
    note.text = KindStory(o, listed);
    note.file = listed.kind.scenario;
    notes.push_back(std::move(note));
  }
  const reports::JUnitCase self_test = SelfTestCase(o);
  if (!self_test.failure.empty()) {
    reports::Annotation note;
    note.title = "wringer self-test";
    note.text = self_test.failure_text;
    notes.push_back(std::move(note));
  }
  return reports::GithubAnnotations(notes);
}

}  // namespace wringer::cli
