#include "reports/check/sessions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "reports/check/facts/newer_versions.h"
#include "reports/check/facts/version_order.h"
#include "reports/history/describe.h"

namespace wringer::reports {
namespace {

enum Guarantee : std::size_t {
  kReadYourWrites,
  kMonotonicReads,
  kMonotonicWrites,
  kWritesFollowReads,
  kGuarantees
};

struct Words {
  const char* name;
  const char* id;
  const char* kind;
  const char* rule;
};

constexpr std::array<Words, kGuarantees> kWords = {{
    {"read your writes", "read-your-writes", "read-your-writes",
     "Rule broken: a session sees its own writes."},
    {"monotonic reads", "monotonic-reads", "non-monotonic-read",
     "Rule broken: a session never goes back to an older version."},
    {"monotonic writes", "monotonic-writes", "reordered-writes",
     "Rule broken: a session's writes are seen in its order."},
    {"writes follow reads", "writes-follow-reads", "reordered-writes",
     "Rule broken: a write is seen with all its writer had seen."},
}};

// One step of a session on one key: the version it wrote or saw.
struct Step {
  std::uint32_t place = 0;  // among the session's steps of the same sort
  OpIndex version = kNoOp;  // the write that made it
  OpIndex op = kNoOp;       // who did it
};
using StepMap =
    absl::flat_hash_map<std::pair<std::uint32_t, KeyId>, std::vector<Step>>;

class Checker {
 public:
  explicit Checker(const HistoryIndex& index)
      : index_(index), history_(index.history()), newer_(index) {
    for (std::size_t g = 0; g < kGuarantees; ++g) {
      results_[g].name = kWords[g].name;
      results_[g].id = kWords[g].id;
      results_[g].method = "session order";
    }
  }

  std::vector<CheckResult> Run() {
    Sessions();
    Log();
    for (const OpIndex i : by_return_) Judge(i);
    for (CheckResult& result : results_) {
      const std::uint64_t reads = result.coverage;
      if (reads == 0) result.status = CheckStatus::kNotApplicable;
      result.summary = absl::StrCat(reads, " reads");
      if (!result.findings.empty()) {
        result.summary =
            absl::StrCat(result.violations, " of ", reads, " reads");
      }
      result.steps = reads;
      Finish(&result);
    }
    return {results_.begin(), results_.end()};
  }

 private:
  // Numbers the clients and finds those that never have two things open.
  void Sessions() {
    session_of_.resize(history_.size());
    absl::flat_hash_map<std::uint32_t, std::uint32_t> numbers;
    std::vector<std::uint64_t> busy_until;
    for (OpIndex i = 0; i < history_.size(); ++i) {
      const Operation& op = history_.op(i);
      const auto next = static_cast<std::uint32_t>(numbers.size());
      const auto [it, added] = numbers.emplace(op.client, next);
      if (added) {
        busy_until.push_back(0);
        sequential_.push_back(true);
      }
      const std::uint32_t s = it->second;
      session_of_[i] = s;
      if (op.outcome == Outcome::kUnknown) continue;
      if (busy_until[s] > op.call_seq) sequential_[s] = false;
      busy_until[s] = std::max(busy_until[s], op.return_seq);
      by_return_.push_back(i);
    }
    std::sort(by_return_.begin(), by_return_.end(),
              [this](OpIndex a, OpIndex b) {
                return std::tie(history_.op(a).return_seq, a) <
                       std::tie(history_.op(b).return_seq, b);
              });
    seen_of_.assign(sequential_.size(),
                    std::vector<Places>(sequential_.size()));
  }

  // What each session wrote and saw, and how much of that came before each of
  // its writes.
  void Log() {
    std::vector<Places> done(sequential_.size());
    before_.resize(history_.size());
    for (OpIndex i = 0; i < history_.size(); ++i) {
      const Operation& op = history_.op(i);
      const std::uint32_t s = session_of_[i];
      before_[i] = done[s];
      if (op.WriteAcknowledged()) {
        writes_[{s, op.key}].push_back({done[s].writes++, i, i});
      } else if (op.Observes() && op.tag_known) {
        const OpIndex seen = index_.WriterOf(op.key, op.observed_tag);
        if (seen == kNoOp) continue;
        reads_[{s, op.key}].push_back({done[s].reads++, seen, i});
      }
    }
  }

  void Judge(OpIndex i) {
    const Operation& op = history_.op(i);
    if (!op.Observes() || !op.tag_known) return;
    const OpIndex seen = index_.WriterOf(op.key, op.observed_tag);
    if (seen == kNoOp && op.observed_tag != kInitialTag) return;
    const std::uint32_t s = session_of_[i];
    // What a session may hold against a read was heard of before its call.
    const bool suspect = newer_.Any(op.key, seen, op.call_seq);
    if (suspect) {
      Own(kReadYourWrites, writes_, i, seen);
      Own(kMonotonicReads, reads_, i, seen);
    }
    ++results_[kReadYourWrites].coverage;
    ++results_[kMonotonicReads].coverage;
    if (!sequential_[s]) return;
    for (std::uint32_t t = 0; suspect && t < sequential_.size(); ++t) {
      const Places& places = seen_of_[s][t];
      Others(kMonotonicWrites, writes_, t, places.writes, i, seen);
      Others(kWritesFollowReads, reads_, t, places.reads, i, seen);
    }
    ++results_[kMonotonicWrites].coverage;
    ++results_[kWritesFollowReads].coverage;
    if (seen == kNoOp) return;
    // Having seen this write, it must see what came before it there.
    const std::uint32_t writer = session_of_[seen];
    if (!sequential_[writer]) return;
    Places& places = seen_of_[s][writer];
    places.writes = std::max(places.writes, before_[seen].writes);
    places.reads = std::max(places.reads, before_[seen].reads);
  }

  // The session's own earlier steps on the key.
  void Own(Guarantee g, const StepMap& steps, OpIndex read, OpIndex seen) {
    const Operation& op = history_.op(read);
    const auto it = steps.find({session_of_[read], op.key});
    if (it == steps.end()) return;
    const std::vector<Step>& mine = it->second;
    auto at =
        std::partition_point(mine.begin(), mine.end(), [&](const Step& step) {
          return history_.op(step.op).call_seq < op.call_seq;
        });
    while (at != mine.begin()) {
      --at;
      if (history_.op(at->op).return_seq >= op.call_seq) continue;
      if (OlderVersion(history_, seen, at->version)) {
        Violation(g, read, *at, kNoOp);
      }
      return;
    }
  }

  // The steps of session `t` on the key before place `limit`, which this
  // session has to have seen.
  void Others(Guarantee g, const StepMap& steps, std::uint32_t t,
              std::uint32_t limit, OpIndex read, OpIndex seen) {
    if (limit == 0) return;
    const auto it = steps.find({t, history_.op(read).key});
    if (it == steps.end()) return;
    const std::vector<Step>& theirs = it->second;
    const auto after = std::partition_point(
        theirs.begin(), theirs.end(),
        [&](const Step& step) { return step.place < limit; });
    if (after == theirs.begin()) return;
    const Step& step = *std::prev(after);
    if (OlderVersion(history_, seen, step.version)) {
      Violation(g, read, step, t);
    }
  }

  void Violation(Guarantee g, OpIndex read, const Step& step,
                 std::uint32_t other) {
    CheckResult& result = results_[g];
    if (result.findings.size() >= CheckResult::kFindingsMost) {
      ++result.violations;
      return;
    }
    const Operation& op = history_.op(read);
    const Operation& had = history_.op(step.op);
    Finding finding{.kind = kWords[g].kind, .key = op.key};
    finding.ops = {step.op, read, step.version};
    finding.witness_op = read;
    finding.victim_op = step.version;
    Complete(history_, &finding);
    finding.explanation.push_back(absl::StrCat(
        ClientText(had), "'s ", ActionText(history_, had), " was ",
        OutcomeText(history_, had), " at ", MomentText(had.return_ns), "."));
    if (other != kNoOp) {
      finding.explanation.push_back(absl::StrCat(ClientText(op),
                                                 " had seen a later write of ",
                                                 ClientText(had), " since."));
    }
    finding.explanation.push_back(
        absl::StrCat("Yet ", ClientText(op), " called ",
                     ActionText(history_, op), " at ", MomentText(op.call_ns),
                     ", ", OutcomeText(history_, op), ": an older version."));
    finding.explanation.push_back(kWords[g].rule);
    result.Add(std::move(finding));
  }

  struct Places {
    std::uint32_t writes = 0;
    std::uint32_t reads = 0;
  };

  const HistoryIndex& index_;
  const History& history_;
  const NewerVersions newer_;
  std::array<CheckResult, kGuarantees> results_;
  std::vector<std::uint32_t> session_of_;  // by operation
  std::vector<bool> sequential_;           // by session
  std::vector<OpIndex> by_return_;
  std::vector<Places> before_;  // by operation: its session's steps before it
  std::vector<std::vector<Places>> seen_of_;  // [observer][observed]
  StepMap writes_;
  StepMap reads_;
};

}  // namespace

std::vector<CheckResult> CheckSessions(const HistoryIndex& index) {
  return Checker(index).Run();
}

}  // namespace wringer::reports
