#include "engine/replication/single/single.h"

#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "engine/base/marks.h"

namespace wringer::replication::single {
namespace {

using wire::OpKind;
using wire::Outcome;
using wire::ReadLevelKind;
using wire::WriteLevelKind;

template <typename Kind>
bool Contains(const std::vector<Kind>& kinds, Kind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

}  // namespace

Capabilities SingleCapabilities(const ReplicationOptions& options) {
  Capabilities c;
  c.operations = {OpKind::kGet, OpKind::kPut, OpKind::kDelete, OpKind::kCas,
                  OpKind::kRegisterSession};
  c.write_levels = {WriteLevelKind::kMem, WriteLevelKind::kOs};
  if (options.durable_means == WriteLevelKind::kLocal) {
    c.write_levels.push_back(WriteLevelKind::kLocal);
  }
  c.read_levels = {ReadLevelKind::kLocal, ReadLevelKind::kSession,
                   ReadLevelKind::kBounded, ReadLevelKind::kLeader,
                   ReadLevelKind::kStrong};
  c.default_write.kind = options.durable_means;
  c.default_read.kind = ReadLevelKind::kStrong;
  return c;
}

Single::Single(const ReplicationOptions& options)
    : capabilities_(SingleCapabilities(options)) {
  status_.leader = options.self;
  status_.voters = {options.self};
}

void Single::Step(const Input& input, Ready& ready) {
  if (const auto* start = std::get_if<Start>(&input.body)) {
    return OnStart(*start, ready);
  }
  if (const auto* submit = std::get_if<Submit>(&input.body)) {
    return OnSubmit(*submit, ready);
  }
  if (const auto* durable = std::get_if<Durable>(&input.body)) {
    return OnDurable(*durable, ready);
  }
  if (const auto* checkpointed = std::get_if<Checkpointed>(&input.body)) {
    // Nobody lags behind: the log is only for recovery.
    ready.drop_prefix = checkpointed->upto;
    return;
  }
  if (std::holds_alternative<LogFailed>(input.body)) {
    halted_ = true;
    return;
  }
  if (const auto* change = std::get_if<ChangeMembers>(&input.body)) {
    if (change->ticket.value() != 0) {
      Refuse(change->ticket, Outcome::kUnsupported, ready);
    }
  }
  // Messages, timers and views concern models with more than one replica.
}

void Single::OnStart(const Start& start, Ready& ready) {
  WR_CHECK(status_.role == Role::kStarting);
  const LogPosition last = start.log.entries.empty()
                               ? start.log.base
                               : start.log.entries.back().position();
  status_.last = last;
  status_.term = std::max(Term{start.incarnation.value()}, last.term);
  // Damage that a checkpoint already covers costs nothing. Any other may hide
  // an acknowledged write, and no other copy exists: refuse, loudly.
  halted_ = !start.log.damaged.empty() &&
            start.log.damaged.back() > start.applied.index;
  if (halted_) return;
  status_.role = Role::kLeader;
  Commit(last.index, ready);
}

void Single::OnSubmit(const Submit& submit, Ready& ready) {
  const wire::ClientRequest& request = submit.request;
  if (halted_) return Refuse(submit.ticket, Outcome::kUnavailable, ready);
  if (!Contains(capabilities_.operations, request.command.kind)) {
    return Refuse(submit.ticket, Outcome::kUnsupported, ready);
  }
  if (request.command.kind != OpKind::kGet) return Write(submit, ready);
  const ReadLevelKind level = request.read_level.kind;
  if (!Contains(capabilities_.read_levels, level)) {
    return Refuse(submit.ticket, Outcome::kUnsupported, ready);
  }
  const LogIndex at_least =
      level == ReadLevelKind::kLocal ? LogIndex{} : status_.commit;
  ready.reads.push_back({.ticket = submit.ticket,
                         .at_least = at_least,
                         .delivered = request.read_level});
}

void Single::Write(const Submit& submit, Ready& ready) {
  const WriteLevelKind level = submit.request.write_level.kind;
  if (!Contains(capabilities_.write_levels, level)) {
    return Refuse(submit.ticket, Outcome::kUnsupported, ready);
  }
  const LogPosition at{status_.term, status_.last.index.next()};
  status_.last = at;
  ready.append.push_back({.term = at.term,
                          .index = at.index,
                          .kind = EntryKind::kCommand,
                          .payload = submit.payload});
  // The catalogue's RFT-15: a voter that is its own majority counts itself
  // before its disk does.
  const bool at_once =
      level == WriteLevelKind::kMem || WR_MUTANT(kSingleCountsUnsyncedSelf);
  ready.after_apply.push_back(
      {.ticket = submit.ticket,
       .at = at,
       .delivered = submit.request.write_level,
       .promise = {
           .log = at_once ? LogPosition{} : at, .meta = {}, .merge = {}}});
  if (at_once) Commit(at.index, ready);
}

void Single::OnDurable(const Durable& durable, Ready& ready) {
  if (halted_) return;
  WR_CHECK(durable.log.index <= status_.last.index);
  Commit(durable.log.index, ready);
}

void Single::Commit(LogIndex upto, Ready& ready) {
  if (upto <= status_.commit) return;
  status_.commit = upto;
  ready.commit = upto;
}

void Single::Refuse(Ticket ticket, Outcome outcome, Ready& ready) const {
  Reply reply;
  reply.ticket = ticket;
  reply.reply.outcome = outcome;
  ready.replies.push_back(std::move(reply));
}

}  // namespace wringer::replication::single
