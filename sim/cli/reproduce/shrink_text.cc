#include "sim/cli/reproduce/shrink_text.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/file/scenario_file.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

using reports::PadRight;

struct Row {
  Nanos at = 0;
  std::string what;
  std::string who;
  std::string note;
};

std::string AtText(Nanos at) { return absl::StrCat("at ", DurationText(at)); }

std::string OperationText(const sim::ScriptedOp& op) {
  const Slice verb = sim::NameOf(op.kind);
  switch (op.kind) {
    case sim::ScriptKind::kPut:
    case sim::ScriptKind::kCas:
      return absl::StrCat(verb, " k", op.key, " = v", op.id);
    case sim::ScriptKind::kGet:
    case sim::ScriptKind::kDelete:
      break;
  }
  return absl::StrCat(verb, " k", op.key);
}

std::string VictimText(const sim::FaultSpec& fault) {
  std::vector<std::string> names;
  const auto add = [&](const std::vector<sim::Target>& targets,
                       const char* before) {
    for (const sim::Target& target : targets) {
      names.push_back(absl::StrCat(before, sim::TargetName(target)));
      before = "";
    }
  };
  add(fault.nodes, "");
  for (const auto& side : fault.partition.sides) add(side, "| ");
  add(fault.partition.isolate, "isolates ");
  add(fault.partition.from, "from ");
  add(fault.partition.to, "to ");
  add(fault.link.between, "between ");
  add(fault.link.from, "from ");
  add(fault.link.to, "to ");
  return absl::StrJoin(names, " ");
}

std::string FaultText(const sim::FaultSpec& fault) {
  std::string text =
      absl::StrCat(sim::NameOf(fault.kind), " ", VictimText(fault));
  if (fault.duration) {
    absl::StrAppend(&text, " for ", DurationText(fault.duration->high));
  }
  return text;
}

std::vector<Row> RowsOf(const ShrinkStory& story) {
  std::vector<Row> rows;
  const sim::Scenario& s = story.shrunk.scenario;
  const sim::Tolerance& t = story.tolerance;
  for (std::size_t i = 0; i < s.workload.script.size(); ++i) {
    const sim::ScriptedOp& op = s.workload.script[i];
    Row row{op.at, OperationText(op), absl::StrCat("client ", op.client), ""};
    if (i < t.operations.size()) {
      row.note = sim::RangeText(t.operations[i], op.at);
    }
    if (i < t.any_value.size() && t.any_value[i]) {
      row.note = absl::StrCat("any value, ", row.note);
    }
    rows.push_back(std::move(row));
  }
  for (std::size_t i = 0; i < s.faults.timeline.size(); ++i) {
    const sim::FaultSpec& fault = s.faults.timeline[i];
    const bool timed = fault.trigger.kind == sim::FaultTrigger::Kind::kAt;
    Row row{timed ? fault.trigger.at : 0, FaultText(fault),
            absl::StrCat("[", fault.id, "]"), ""};
    if (timed && i < t.faults.size()) {
      row.note = sim::RangeText(t.faults[i], fault.trigger.at);
    } else if (!timed) {
      row.note = "at its milestone";
    }
    rows.push_back(std::move(row));
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tie(a.at, a.who, a.what) < std::tie(b.at, b.who, b.what);
  });
  return rows;
}

std::string FaultKinds(const std::vector<sim::FaultSpec>& faults) {
  std::map<std::string, int> counts;
  for (const sim::FaultSpec& fault : faults) {
    ++counts[std::string(sim::NameOf(fault.kind))];
  }
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) {
    parts.push_back(count == 1 ? kind : absl::StrCat(count, " x ", kind));
  }
  return absl::StrJoin(parts, ", ");
}

// `text` in lines that start with `lead`, folded to 78 columns.
std::string Folded(const std::string& text, const std::string& lead,
                   const std::string& next) {
  std::string out;
  std::string line = lead;
  bool empty = true;
  for (const Slice word : absl::StrSplit(text, ' ', absl::SkipEmpty())) {
    if (!empty && line.size() + 1 + word.size() > 78) {
      absl::StrAppend(&out, line, "\n");
      line = next;
      empty = true;
    }
    absl::StrAppend(&line, empty ? "" : " ", word);
    empty = false;
  }
  return absl::StrCat(out, line, "\n");
}

std::string SeedsText(const sim::Tolerance& tolerance) {
  if (tolerance.seeds_tried == 0) return "";
  return absl::StrCat("Fails with ", tolerance.seeds_failing, " of ",
                      tolerance.seeds_tried, " other seeds.");
}

}  // namespace

std::string NeededText(const ShrinkStory& story) {
  std::string out;
  std::size_t widest = 0;
  const std::vector<Row> rows = RowsOf(story);
  for (const Row& row : rows) {
    widest = std::max(widest, row.what.size());
  }
  for (const Row& row : rows) {
    absl::StrAppend(&out, "  ",
                    PadRight(row.what, std::min<std::size_t>(widest, 44)), "  ",
                    PadRight(row.who, 10), "  ", PadRight(AtText(row.at), 12),
                    "  ", row.note, "\n");
  }
  std::vector<std::string> settings;
  for (const sim::ChangedSetting& setting :
       sim::ChangedSettings(story.shrunk.scenario)) {
    settings.push_back(absl::StrCat(setting.path, " = ", setting.value));
  }
  if (settings.empty()) return out;
  return absl::StrCat(
      out, "\n",
      Folded(absl::StrCat("Needed: ", absl::StrJoin(settings, ", "), "."), "",
             "  "));
}

std::string NotNeededText(const ShrinkStory& story) {
  const sim::ShrinkResult& r = story.shrunk;
  std::vector<std::string> parts;
  if (!r.faults_dropped.empty()) parts.push_back(FaultKinds(r.faults_dropped));
  if (r.before.nodes > r.after.nodes) {
    parts.push_back(absl::StrCat(r.after.nodes, " of ", r.before.nodes,
                                 " nodes are enough"));
  }
  for (const sim::ChangedSetting& setting : r.settings_dropped) {
    parts.push_back(absl::StrCat(setting.path, " = ", setting.value));
  }
  for (const std::string& mutant : r.mutants_dropped) {
    parts.push_back(absl::StrCat("planted ", mutant));
  }
  for (const std::string& engine : story.tolerance.engines) {
    parts.push_back(
        absl::StrCat("this storage engine (", engine, " fails as well)"));
  }
  std::string out;
  if (!parts.empty()) {
    out = Folded(absl::StrCat("Not needed: ", absl::StrJoin(parts, ", "), "."),
                 "", "  ");
  }
  const std::string seeds = SeedsText(story.tolerance);
  return seeds.empty() ? out : absl::StrCat(out, seeds, "\n");
}

sim::Scenario RegressionScenario(const ShrinkStory& story) {
  sim::Scenario s = story.shrunk.scenario;
  const std::string kind =
      story.failure.id.substr(story.failure.id.find('/') + 1);
  s.name = absl::StrCat("Shrunk: ", kind, " (", story.failure.fingerprint, ")");
  s.about = story.failure.summary;
  s.tags = {"shrunk"};
  s.matrix.reset();
  s.capsule.reset();
  if (!s.mutants.empty() || s.expect.violation) {
    s.tags.push_back("planted");
    s.expect.violation = story.failure.id;
    // The file says one thing: that this must show.
    if (story.failure.id == "safety/lost-ack") s.expect.lost_acks.reset();
  } else {
    s.tags.push_back("regression");
    s.regression =
        sim::RegressionSpec{.violation = story.failure.id,
                            .found = absl::StrCat("seed ", SeedText(story.seed),
                                                  ", ", Build().commit),
                            .fixed_in = ""};
  }
  return s;
}

std::string RegressionToml(const ShrinkStory& story) {
  const sim::Scenario scenario = RegressionScenario(story);
  std::string out = Folded(
      absl::StrCat(story.failure.id, ": ", story.failure.summary), "# ", "# ");
  absl::StrAppend(&out, "#\n");
  const auto comment = [&out](const std::string& text) {
    for (const Slice line : absl::StrSplit(text, '\n')) {
      if (line.empty()) {
        absl::StrAppend(&out, "#\n");
      } else {
        absl::StrAppend(&out, "# ", line, "\n");
      }
    }
  };
  comment(NeededText(story));
  if (!story.what_happened.empty()) comment(story.what_happened);
  comment(NotNeededText(story));
  absl::StrAppend(
      &out,
      Folded(
          absl::StrCat("Shrunk by wringer from ", story.path, " with seed ",
                       SeedText(story.seed), ", ", story.shrunk.runs, " runs",
                       story.shrunk.complete ? "." : "; not to the end."),
          "# ", "# "),
      sim::DumpDifferences(scenario));
  return out;
}

}  // namespace wringer::cli
