// wringer explain: a failure as a story. What the clients asked, the faults and
// what they did, the messages and durability steps behind it, the rule broken.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"
#include "sim/cli/commands.h"
#include "sim/cli/failure.h"
#include "sim/cli/judge.h"
#include "sim/cli/load.h"
#include "sim/cli/print_run.h"
#include "sim/cli/terminal.h"
#include "sim/cluster/run.h"
#include "sim/explore/causal_path.h"
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

// Of a rule that an oracle saw broken there are no operations: what happened to
// the nodes shortly before, then.
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

std::string FaultsText(const sim::RunResult& result, Nanos until) {
  std::string out;
  std::size_t shown = 0;
  std::size_t idle = 0;
  for (const sim::LedgerEntry& entry : result.ledger.entries()) {
    if (!entry.fired || entry.fired_at > until) continue;
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

// The second run, with everybody listening to what the finding is about.
absl::StatusOr<std::string> PathOf(const sim::Scenario& scenario,
                                   const sim::RunResult& result,
                                   const reports::Finding& finding,
                                   const Style& style) {
  const sim::PathQuestion question = QuestionOf(scenario, result, finding);
  sim::CausalPath path(question);
  sim::RunOptions options;
  options.seed = result.seed;
  options.witnesses.push_back(&path);
  options.trace_filter.components = {env::Component::kNetwork};
  options.trace_sink = [&path](const sim::TraceLine& line) {
    path.OnTrace(line);
  };
  const auto again = sim::Run(scenario, options);
  if (!again.ok()) return again.status();
  if (again->digest != result.digest) {
    return absl::AbortedError(
        "the second run was another one: not "
        "deterministic; see `verify`");
  }
  const Nanos until = finding.at_ns > 0 ? finding.at_ns : result.ended;
  std::string out = PathText(path, until, style);
  for (const std::uint64_t index : question.entries) {
    std::string nodes;
    for (const NodeId node : path.Without(index, until)) {
      absl::StrAppend(&nodes, nodes.empty() ? "" : ", ", NodeName(node));
    }
    if (nodes.empty()) continue;
    absl::StrAppend(&out, "  ", sim::TimeText(until), " s  ", nodes,
                    " had never had entry ", index, "\n");
  }
  return out;
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
  Out(absl::StrCat("\n", style.Paint(reports::Color::kBad, failure.id), ": ",
                   failure.summary, "\n"));
  const reports::Finding* finding = FindingOf(verdict, failure);
  Nanos until = result->ended;
  if (finding != nullptr) {
    until = std::max<Nanos>(finding->at_ns, 0);
    Out(absl::StrCat("\n", reports::StoryText(result->history, *finding, style),
                     "\n",
                     reports::TimelineText(result->history, *finding, style)));
  } else if (!result->findings.empty()) {
    until = result->findings[0].at;
    Out(Heading(style, "What was seen") + OracleText(*result));
  }
  Out(Heading(style, "Faults until then, and what they did") +
      FaultsText(*result, until));
  if (finding == nullptr) return kHeld;
  const auto path = PathOf(*scenario, *result, *finding, style);
  if (!path.ok()) {
    Complain(path.status().message());
    return kNotDeterministic;
  }
  Out(Heading(style, "Messages and durability behind it") + *path);
  return kHeld;
}

}  // namespace wringer::cli
