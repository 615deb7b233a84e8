#include "sim/cli/signature.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "engine/base/types.h"

namespace wringer::cli {
namespace {

using reports::NodeEvent;
using reports::NodeEventKind;

Slice RoleName(NodeEventKind kind) {
  switch (kind) {
    case NodeEventKind::kLeader:
      return "leader";
    case NodeEventKind::kFollower:
      return "follower";
    case NodeEventKind::kCandidate:
      return "candidate";
    case NodeEventKind::kLearner:
      return "learner";
    case NodeEventKind::kPeer:
      return "peer";
    default:
      return "";
  }
}

// What `node` was and did at `at`: by the last of its events until then.
void Place(const sim::RunResult& result, NodeId node, Nanos at,
           Verdict* verdict) {
  const std::string name = NodeName(node);
  bool recovering = false;
  for (const NodeEvent& event : result.history.node_events()) {
    if (event.ns > at) break;
    if (result.history.name(event.node) != Slice(name)) continue;
    const Slice role = RoleName(event.kind);
    if (!role.empty()) verdict->role = std::string(role);
    if (event.kind == NodeEventKind::kDown) verdict->role.clear();
    if (event.kind == NodeEventKind::kUp) recovering = true;
    if (!role.empty()) recovering = false;
  }
  verdict->phase = recovering ? "recovering" : "serving";
}

bool FromCheck(const Verdict& verdict, const reports::CheckResult& check) {
  for (const reports::Finding& finding : check.findings) {
    if (absl::StrCat("safety/", finding.kind) == verdict.id()) return true;
  }
  return absl::StrCat("safety/", check.id) == verdict.id();
}

}  // namespace

void Sign(const sim::RunResult& result, Verdict* verdict) {
  if (verdict->violations.empty()) return;
  const std::string id = verdict->id();
  if (!result.findings.empty() &&
      id == absl::StrCat("safety/", result.findings[0].rule)) {
    const sim::Finding& finding = result.findings[0];
    verdict->rule = absl::StrCat("oracle ", finding.rule);
    Place(result, finding.node, finding.at, verdict);
    return;
  }
  for (const reports::CheckResult& check : verdict->checks) {
    if (check.status != reports::CheckStatus::kViolated) continue;
    if (!FromCheck(*verdict, check)) continue;
    verdict->rule = absl::StrCat("check ", check.id);
    return;
  }
  verdict->rule = id;
}

}  // namespace wringer::cli
