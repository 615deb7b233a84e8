#include "engine/node/recovery.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"

namespace wringer::node {
namespace {

using env::Component;
using log_store::LogStore;
using replication::RecoveredLog;

// Whether the recovered log continues the state that ends with `applied`.
bool Continues(const LogStore& log, const RecoveredLog& recovered,
               LogPosition applied) {
  if (applied.index > log.last().index) return false;
  // A damaged place lends its term from its neighbour: no evidence against it.
  if (std::binary_search(recovered.damaged.begin(), recovered.damaged.end(),
                         applied.index)) {
    return true;
  }
  return log.TermAt(applied.index) == applied.term;
}

// The engine may be ahead of the log or part ways with it in two cases: the
// node died between installing a replica snapshot and dropping the log it
// replaced, or the log's tail was never synced and the checkpoint was. Either
// way the state is durable and the log restarts behind it.
absl::Status JoinLogAndState(LogStore* log, LogPosition applied,
                             RecoveredLog* recovered) {
  if (applied.index < log->base().index) {
    return absl::DataLossError(absl::StrCat(
        "the log begins after entry ", log->base().index.value(),
        " but the engine holds entries up to ", applied.index.value()));
  }
  if (Continues(*log, *recovered, applied)) return absl::OkStatus();
  // Or it died between restarting the log for a snapshot and installing it.
  if (applied.index == log->base().index && !recovered->restarted) {
    return absl::DataLossError("the log's base is not the state's position");
  }
  WR_MARK(kLogRestartedBehindState);
  log->SubmitRestart(applied);
  recovered->base = applied;
  recovered->entries.clear();
  recovered->damaged.clear();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<replication::Start> Recover(
    Parts& parts, log_store::LogStoreListener* listener) {
  WR_ASSIGN_OR_RETURN(log_store::Recovery recovery, parts.log->Open(listener));
  parts.outbox->set_incarnation(recovery.incarnation);
  WR_ASSIGN_OR_RETURN(const storage::RecoveryReport report,
                      parts.engine->Open());
  if (!report.quarantined.empty()) {
    return absl::DataLossError(
        absl::StrCat("the engine refuses to serve ", report.quarantined[0]));
  }
  replication::Start start;
  if (parts.has_log()) {
    WR_RETURN_IF_ERROR(parts.applier->Load());
    start.applied = parts.applier->applied();
    start.config = parts.applier->config();
    WR_RETURN_IF_ERROR(
        JoinLogAndState(parts.log.get(), start.applied, &recovery.log));
  } else {
    WR_RETURN_IF_ERROR(parts.merge_applier->Load());
    start.newest = parts.merge_applier->newest();
  }
  start.log = std::move(recovery.log);
  start.meta = std::move(recovery.meta);
  start.incarnation = recovery.incarnation;
  start.entropy = parts.env->entropy;
  if (parts.env->trace->on(Component::kNode)) {
    parts.env->trace->Log(
        Component::kNode, "node.recovered",
        absl::StrCat("incarnation=", start.incarnation.value(),
                     " applied=", start.applied.index.value(),
                     " log=", parts.log->base().index.value(), "..",
                     parts.log->last().index.value(),
                     " damaged=", start.log.damaged.size()));
  }
  return start;
}

}  // namespace wringer::node
