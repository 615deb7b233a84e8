#include "sim/cli/print_run.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/marks.h"
#include "reports/check/check_history.h"
#include "reports/history/json_writer.h"
#include "reports/render/check_lines.h"
#include "reports/render/result_json.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"
#include "sim/cli/expectation.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/names.h"

namespace wringer::cli {
namespace {

using reports::Color;
using reports::PadRight;
using reports::Style;
using sim::LedgerEntry;

std::string PrimaryBackupWords(const sim::PrimaryBackupSpec& pb) {
  std::string out = "primary-backup ";
  switch (pb.ack) {
    case sim::AckRule::kAsync:
      absl::StrAppend(&out, "async");
      break;
    case sim::AckRule::kSemiSync:
      absl::StrAppend(&out, "semi-sync ", pb.k);
      break;
    case sim::AckRule::kSync:
      absl::StrAppend(&out, "sync");
      break;
  }
  switch (pb.failover) {
    case sim::FailoverRule::kNone:
      return out + ", no failover";
    case sim::FailoverRule::kScripted:
      return out + ", scripted failover";
    case sim::FailoverRule::kUnfenced:
      return out + ", unfenced failover";
    case sim::FailoverRule::kFenced:
      break;
  }
  return out + ", fenced failover";
}

std::string ModelWords(const sim::Scenario& s) {
  switch (s.replication.model) {
    case sim::ReplicationModel::kSingle:
      return "single node";
    case sim::ReplicationModel::kPrimaryBackup:
      return PrimaryBackupWords(s.replication.primary_backup);
    case sim::ReplicationModel::kRaft:
      return "raft";
    default:
      break;
  }
  const sim::QuorumSpec& q = s.replication.quorum;
  return absl::StrCat("quorum N=", q.n, " W=", q.w, " R=", q.r,
                      q.versions == sim::VersionScheme::kAbd ? " ABD" : " LWW",
                      q.sloppy ? " sloppy" : "");
}

std::string WalWords(const sim::WalSpec& wal) {
  switch (wal.sync) {
    case sim::WalSync::kEvery:
      return "wal synced every record";
    case sim::WalSync::kGroup:
      return absl::StrCat("wal group ", DurationText(wal.delay));
    case sim::WalSync::kInterval:
      return absl::StrCat("wal synced every ", DurationText(wal.delay));
    case sim::WalSync::kNone:
      break;
  }
  return "wal never synced";
}

struct FaultCounts {
  std::size_t planned = 0;
  std::size_t fired = 0;
  std::size_t effective = 0;
  std::size_t masked = 0;
};

FaultCounts Count(const sim::Ledger& ledger) {
  FaultCounts counts;
  for (const LedgerEntry& entry : ledger.entries()) {
    ++counts.planned;
    if (entry.fired) ++counts.fired;
    if (entry.verdict() == sim::FaultVerdict::kEffective) ++counts.effective;
    if (entry.verdict() == sim::FaultVerdict::kMasked) ++counts.masked;
  }
  return counts;
}

std::string Figures(const PrintedRun& run) {
  const sim::RunResult& r = run.result;
  const sim::WorkloadCounts& ops = r.metrics.operations;
  std::string out =
      absl::StrCat("  time      ", DurationText(r.ended), " simulated in ",
                   DurationText(run.real_ns), " real");
  if (run.real_ns > 0) {
    absl::StrAppend(
        &out, " (",
        CountText(static_cast<std::uint64_t>(r.ended / run.real_ns)), "x)");
  }
  absl::StrAppend(&out, ", ", CountText(r.events), " events\n");
  absl::StrAppend(&out, "  clients   ", CountText(ops.called),
                  " operations: ", CountText(ops.ok), " ok, ",
                  CountText(ops.failed), " failed, ", CountText(ops.unknown),
                  " outcome unknown\n");
  const FaultCounts faults = Count(r.ledger);
  if (faults.planned > 0) {
    absl::StrAppend(&out, "  faults    ", faults.planned, " planned, ",
                    faults.fired, " fired, ", faults.effective,
                    " had an effect, ", faults.masked, " masked",
                    run.ledger ? "" : "     (--ledger to list)", "\n");
  }
  return out;
}

// A point of simulated time, to the millisecond: "2.342 s".
std::string Moment(Nanos at) {
  return absl::StrFormat("%d.%03d s", at / kSecond,
                         at % kSecond / kMillisecond);
}

std::string OneLine(const VerdictLine& line, const Style& style) {
  return reports::CheckLine(line.sign, line.name, line.text, line.word, style);
}

}  // namespace

std::string DigestText(std::uint64_t digest) {
  return absl::StrFormat("%08x %08x", digest >> 32, digest & 0xffffffffu);
}

std::string DesignLine(const sim::Scenario& s) {
  return absl::StrCat(s.cluster.nodes,
                      s.cluster.nodes == 1 ? " node" : " nodes", ", ",
                      ModelWords(s), ", ", WalWords(s.wal), ", ",
                      s.workload.clients, " clients");
}

std::string LedgerText(const sim::Ledger& ledger, const Style& style) {
  std::size_t ids = 12;
  for (const LedgerEntry& entry : ledger.entries()) {
    ids = std::max(ids, entry.fault.id.size());
  }
  std::string out =
      absl::StrCat("  ", PadRight("fault", ids + 2), PadRight("kind", 13),
                   PadRight("target", 18), PadRight("fired", 11), "effect\n");
  for (const LedgerEntry& entry : ledger.entries()) {
    std::string effect = entry.effect.text;
    if (entry.verdict() == sim::FaultVerdict::kMasked) {
      effect = absl::StrCat("masked: ", entry.effect.masked);
    } else if (entry.verdict() == sim::FaultVerdict::kIdle) {
      effect = style.Paint(Color::kWarn, "no effect");
    } else if (!entry.fired) {
      effect = style.Paint(Color::kDim, "never came to fire");
    }
    absl::StrAppend(&out, "  ", PadRight(entry.fault.id, ids + 2),
                    PadRight(sim::NameOf(entry.fault.kind), 13),
                    PadRight(reports::Clip(entry.target, 17), 18),
                    PadRight(entry.fired ? Moment(entry.fired_at) : "-", 11),
                    effect, "\n");
  }
  return out;
}

std::string RunText(const PrintedRun& run, const Style& style) {
  std::string out = Figures(run);
  if (run.ledger) {
    absl::StrAppend(&out, "\n", LedgerText(run.result.ledger, style), "\n");
  }
  absl::StrAppend(&out, reports::CheckLines(run.verdict.checks, style));
  for (const VerdictLine& line : run.verdict.lines) {
    absl::StrAppend(&out, OneLine(line, style));
  }
  for (const std::string& halt : run.result.halts) {
    absl::StrAppend(&out, "  ! halted: ", halt, "\n");
  }
  if (!run.result.stuck_because.empty()) {
    absl::StrAppend(&out, "  ", style.Sign("\u00b7", "-"),
                    " excused: ", run.result.stuck_because, "\n");
  }
  std::vector<std::string> mutants;
  for (const auto& [mutant, reached] : run.result.mutants) {
    mutants.push_back(
        absl::StrCat(Info(mutant).name, " (line reached ", reached, "x)"));
  }
  if (!mutants.empty()) {
    absl::StrAppend(&out, "  planted   ", absl::StrJoin(mutants, ", "), "\n");
  }
  const reports::Finding* finding = reports::FirstFinding(run.verdict.checks);
  if (finding == nullptr && !run.verdict.expected.empty()) {
    // What nobody promised is told where the scenario is about it.
    for (const reports::CheckResult& check : run.verdict.checks) {
      if (finding == nullptr && !check.findings.empty()) {
        finding = &check.findings[0];
      }
    }
  }
  if (finding != nullptr) {
    absl::StrAppend(
        &out, "\n", reports::StoryText(run.result.history, *finding, style),
        "\n", reports::TimelineText(run.result.history, *finding, style));
  }
  return out;
}

std::string RunEnding(const PrintedRun& run, const Style& style) {
  const Verdict& v = run.verdict;
  std::string out;
  const std::string digest =
      absl::StrCat("   digest ", DigestText(run.result.digest), "\n");
  if (!v.expected.empty()) {
    out =
        v.expected_seen
            ? absl::StrCat(style.Paint(Color::kGood, "PASS"), "   shows ",
                           v.expected, ", as the scenario says it must", digest)
            : absl::StrCat(style.Paint(Color::kBad, "FAIL"), "   ", v.expected,
                           " was expected and did not appear", digest);
  } else if (v.passed() && run.result.end == sim::RunEnd::kStopped) {
    out = absl::StrCat("STOPPED   nothing broken so far", digest);
  } else if (v.passed()) {
    out = absl::StrCat(style.Paint(Color::kGood, "PASS"), digest);
  } else if (!v.violations.empty()) {
    out =
        absl::StrCat(style.Paint(Color::kBad, "FAIL"), "   ",
                     v.violations[0].id, ": ", v.violations[0].summary, digest);
  } else {
    out = absl::StrCat(style.Paint(Color::kWarn, "INCONCLUSIVE"), digest);
  }
  if (!v.passed() || !v.expected.empty()) {
    absl::StrAppend(&out, "  ", run.replay, "\n");
  }
  return out;
}

std::string RunJson(const PrintedRun& run) {
  const Verdict& v = run.verdict;
  const sim::RunResult& r = run.result;
  std::string out;
  reports::JsonWriter json(&out);
  json.Object().Field("format", "wringer-run-1");
  json.Key("build").Object();
  json.Field("version", Slice(Build().version));
  json.Field("commit", Slice(Build().commit)).End();
  json.Key("scenario").Object();
  json.Field("path", Slice(run.path)).Field("name", Slice(run.scenario.name));
  json.Field("design", Slice(DesignOf(run.scenario))).End();
  json.Field("seed", Slice(SeedText(r.seed)));
  json.Key("digest").Hex(r.digest);
  json.Field("events", r.events);
  json.Field("simulated_ns", std::int64_t{r.ended});
  json.Field("passed", v.passed());
  json.Key("verdict").Object();
  json.Field("violation", Slice(v.id()));
  json.Field("fingerprint", Slice(Fingerprint(v)));
  json.Field("expected", Slice(v.expected));
  json.Field("inconclusive", v.inconclusive);
  json.Key("violations").Array();
  for (const Violation& violation : v.violations) {
    json.Object();
    json.Field("id", Slice(violation.id));
    json.Field("summary", Slice(violation.summary)).End();
  }
  json.End().End();
  json.Key("checks");
  reports::WriteResults(r.history, v.checks, &json);
  const sim::WorkloadCounts& ops = r.metrics.operations;
  json.Key("operations").Object();
  json.Field("called", ops.called).Field("ok", ops.ok);
  json.Field("failed", ops.failed).Field("unknown", ops.unknown).End();
  const FaultCounts faults = Count(r.ledger);
  json.Key("faults").Object();
  json.Field("planned", std::uint64_t{faults.planned});
  json.Field("fired", std::uint64_t{faults.fired});
  json.Field("effective", std::uint64_t{faults.effective});
  json.Field("masked", std::uint64_t{faults.masked}).End();
  json.Key("ledger").Array();
  for (const LedgerEntry& entry : r.ledger.entries()) {
    json.Object();
    json.Field("id", Slice(entry.fault.id));
    json.Field("kind", sim::NameOf(entry.fault.kind));
    json.Field("target", Slice(entry.target));
    json.Field("verdict", sim::FaultVerdictName(entry.verdict()));
    json.Field("fired_ns", std::int64_t{entry.fired_at});
    json.Field("effect", Slice(entry.effect.text)).End();
  }
  json.End();
  json.Key("halts").Array();
  for (const std::string& halt : r.halts) json.String(halt);
  json.End();
  json.Field("excused", Slice(r.stuck_because));
  json.Key("marks").Object();
  for (const auto& [mark, count] : r.marks) {
    json.Field(Info(mark).name, count);
  }
  json.End();
  json.Key("repro").String(run.replay);
  json.End();
  return out;
}

}  // namespace wringer::cli
