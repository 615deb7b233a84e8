// wringer explain: a failure as a story. What the clients asked, the faults and
// what they did, the messages and durability steps behind it, the rule broken.
#include <algorithm>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"
#include "sim/cli/commands.h"
#include "sim/cli/failure.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/explore/causal_path.h"
#include "sim/run/run.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

using reports::PadRight;
using reports::Style;

constexpr std::size_t kFaultsShown = 12;

bool HasLog(const sim::Scenario& scenario) {
  return scenario.replication.model != sim::ReplicationModel::kQuorum;
}

sim::PathQuestion QuestionOf(const sim::Scenario& scenario,
                             const sim::RunResult& result,
                             const reports::Finding& finding) {
  sim::PathQuestion question;
  question.has_log = HasLog(scenario);
  std::set<std::uint64_t> entries;
  for (const reports::OpIndex i : finding.ops) {
    const reports::Operation& op = result.history.op(i);
    // A read's index is what the node had executed by then, not what it is
    // about.
    if (question.has_log && op.witness.present() && op.Writes()) {
      entries.insert(op.witness.index);
    }
    const reports::Slice name = result.history.name(op.node);
    question.calls.push_back(
        {.client = op.client,
         .node = sim::ParseNodeName(Slice(name.data(), name.size())),
         .from = op.call_ns,
         .to = op.return_ns == reports::kNeverNs ? op.call_ns + kSecond
                                                 : op.return_ns});
  }
  question.entries.assign(entries.begin(), entries.end());
  return question;
}

std::string OracleText(const sim::RunResult& result) {
  std::string out;
  for (const sim::Finding& finding : result.findings) {
    absl::StrAppend(&out, "  ", sim::TimeText(finding.at), " s  ",
                    NodeName(finding.node), "  rule \"", finding.rule,
                    "\": ", finding.text, "\n");
    if (out.size() > 2'000) break;
  }
  return out;
}

// What the nodes said of themselves shortly before a moment: elections, views,
// suspicions, recoveries. A rule that an oracle saw broken has no operations to
// follow; this is its story instead.
class NodesStory {
 public:
  explicit NodesStory(Nanos until) : until_(until) {}

  void OnTrace(const sim::TraceLine& line) {
    if (line.component == env::Component::kNetwork) return;
    if (line.at > until_ || line.at + kShown < until_) return;
    if (lines_.size() == kLinesMost) lines_.pop_front();
    std::string text = absl::StrCat(
        "  ", sim::TimeText(line.at), " s  ", PadRight(NodeName(line.node), 4),
        " ", PadRight(std::string(line.word), 18), " ", line.detail);
    absl::StripTrailingAsciiWhitespace(&text);
    lines_.push_back(std::move(text));
  }
  std::string text() const {
    return absl::StrCat(absl::StrJoin(lines_, "\n"), "\n");
  }

 private:
  static constexpr Nanos kShown = 2 * kSecond;
  static constexpr std::size_t kLinesMost = 40;
  const Nanos until_;
  std::deque<std::string> lines_;
};

std::string FaultsText(const sim::RunResult& result, Nanos until) {
  std::vector<sim::LedgerEntry> fired;
  for (const sim::LedgerEntry& entry : result.ledger.entries()) {
    if (entry.fired && entry.fired_at <= until) fired.push_back(entry);
  }
  std::stable_sort(
      fired.begin(), fired.end(),
      [](const auto& a, const auto& b) { return a.fired_at < b.fired_at; });
  std::string out;
  std::size_t shown = 0;
  std::size_t idle = 0;
  for (const sim::LedgerEntry& entry : fired) {
    if (entry.verdict() != sim::FaultVerdict::kEffective) {
      ++idle;
      continue;
    }
    if (++shown > kFaultsShown) continue;
    absl::StrAppend(&out, "  ", sim::TimeText(entry.fired_at), " s  ",
                    PadRight(absl::StrCat("[", entry.fault.id, "]"), 14), " ",
                    sim::NameOf(entry.fault.kind), " on ", entry.target, ": ",
                    entry.effect.text, "\n");
  }
  if (shown > kFaultsShown) {
    absl::StrAppend(&out, "  (", shown - kFaultsShown, " further ones)\n");
  }
  if (idle > 0) {
    absl::StrAppend(&out, "  (", idle, " others had no effect)\n");
  }
  if (out.empty()) out = "  (none)\n";
  return out;
}

// What came after the violation explains nothing.
std::string PathText(const sim::CausalPath& path, Nanos until,
                     const Style& style) {
  std::string out;
  for (const sim::PathStep& step : path.steps()) {
    if (step.at > until) break;
    std::string line =
        absl::StrCat("  ", sim::TimeText(step.at), " s  ",
                     PadRight(NodeName(step.node), 4), " ", step.what);
    if (!step.cause.empty()) {
      absl::StrAppend(
          &line, "   ",
          style.Paint(reports::Color::kDim, absl::StrCat("<- ", step.cause)));
    }
    absl::StrAppend(&out, line, "\n");
  }
  if (path.cut() > 0) {
    absl::StrAppend(&out, "  (", path.cut(), " further steps cut)\n");
  }
  return out;
}

std::string Heading(const Style& style, const char* text) {
  return absl::StrCat("\n", style.Paint(reports::Color::kBold, text), "\n");
}

// What the second run tells, with everybody listening to what the finding is
// about.
struct SecondRun {
  std::string path;   // messages and durability steps
  std::string nodes;  // what the nodes said of themselves
};

absl::StatusOr<SecondRun> RunAgain(const sim::Scenario& scenario,
                                   const sim::RunResult& result,
                                   const sim::PathQuestion& question,
                                   Nanos until, const Style& style) {
  sim::CausalPath path(question);
  NodesStory nodes(until);
  sim::RunOptions options;
  options.seed = result.seed;
  options.witnesses.push_back(&path);
  options.trace_filter.components = {
      env::Component::kNetwork, env::Component::kNode,
      env::Component::kReplication, env::Component::kMembership};
  options.trace_sink = [&](const sim::TraceLine& line) {
    path.OnTrace(line);
    nodes.OnTrace(line);
  };
  const auto again = sim::Run(scenario, options);
  if (!again.ok()) return again.status();
  if (again->digest != result.digest) {
    return absl::AbortedError(
        "the second run was another one: not "
        "deterministic; see `verify`");
  }
  std::string out = PathText(path, until, style);
  for (const std::uint64_t index : question.entries) {
    std::string without;
    for (const NodeId node : path.Without(index, until)) {
      absl::StrAppend(&without, without.empty() ? "" : ", ", NodeName(node));
    }
    if (without.empty()) continue;
    absl::StrAppend(&out, "  ", sim::TimeText(until), " s  ", without,
                    " had never had entry ", index, "\n");
  }
  return SecondRun{.path = std::move(out), .nodes = nodes.text()};
}

// The failure in a few sentences, and what to ask of the second run.
struct Account {
  std::string text;
  sim::PathQuestion question;
  Nanos until = 0;
  bool of_nodes = false;  // an oracle's: there are no operations
};

Account AccountOf(const sim::Scenario& scenario, const sim::RunResult& result,
                  const Verdict& verdict, const Failure& failure,
                  const Style& style) {
  Account account;
  account.until = result.ended;
  account.question.has_log = HasLog(scenario);
  const reports::Finding* finding = FindingOf(verdict, failure);
  if (finding != nullptr) {
    if (finding->at_ns > 0) account.until = finding->at_ns;
    account.question = QuestionOf(scenario, result, *finding);
    account.text = absl::StrCat(
        "\n", reports::StoryText(result.history, *finding, style), "\n",
        reports::TimelineText(result.history, *finding, style));
    return account;
  }
  account.of_nodes = true;
  if (result.findings.empty()) return account;
  const sim::Finding& first = result.findings[0];
  account.until = first.at;
  if (first.entry.value() != 0) {
    account.question.entries = {first.entry.value()};
  }
  account.text = Heading(style, "What was seen") + OracleText(result);
  return account;
}

}  // namespace

int ExplainScenario(const CommonOptions& common, const RunOptionsCli& options) {
  const auto scenario =
      LoadOrComplain(common, options.scenario, options.settings);
  if (!scenario) return kUsage;
  sim::RunOptions run;
  run.seed = ChooseSeed(options.seed, *scenario);
  Out(absl::StrCat(BuildLine(), "   ", options.scenario, "   seed ",
                   SeedText(run.seed), "\n  ", DesignLine(*scenario), "\n"));
  const auto result = sim::Run(*scenario, run);
  if (!result.ok()) return Complain(result.status().message());
  const Verdict verdict = Judge(*scenario, *result);
  const Failure failure = FailureOf(verdict);
  if (!failure.happened()) {
    Out("\nNothing is broken in this run: there is nothing to explain.\n");
    return kHeld;
  }
  const Style style = StyleFor(common, 1);
  const Account account =
      AccountOf(*scenario, *result, verdict, failure, style);
  Out(absl::StrCat("\n", style.Paint(reports::Color::kBad, failure.id), ": ",
                   failure.summary, "\n", account.text,
                   Heading(style, "Faults until then, and what they did"),
                   FaultsText(*result, account.until)));
  const auto again =
      RunAgain(*scenario, *result, account.question, account.until, style);
  if (!again.ok()) {
    Complain(again.status().message());
    return kNotDeterministic;
  }
  if (account.of_nodes) {
    Out(Heading(style, "What the nodes went through shortly before") +
        again->nodes);
  }
  if (!again->path.empty()) {
    Out(Heading(style, "Messages and durability behind it") + again->path);
  }
  return kHeld;
}

}  // namespace wringer::cli
