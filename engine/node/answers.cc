#include "engine/node/answers.h"

#include <utility>

#include "engine/base/check.h"

namespace wringer::node {

using replication::Reply;
using replication::ReplyAfterApply;
using replication::Ticket;
using session::SessionTable;
using wire::ClientReply;
using wire::ClientRequest;
using wire::Outcome;

Ticket Answers::Open(NodeId from, const ClientRequest& request) {
  OpenRequest open;
  open.from = from;
  open.client = request.command.client;
  open.seq = request.command.seq;
  open.attempt = request.attempt;
  open.kind = request.command.kind;
  open.key = request.command.key;
  open.write_asked = request.write_level;
  return tickets_.Open(std::move(open));
}

void Answers::Answer(Ticket ticket, ClientReply reply) {
  const OpenRequest* open = tickets_.Find(ticket);
  if (open == nullptr) return;
  reply.client = open->client;
  reply.seq = open->seq;
  reply.attempt = open->attempt;
  const NodeId to = open->from;
  tickets_.Close(ticket);
  Send(to, reply);
}

void Answers::Answer(Ticket ticket, Outcome outcome, NodeId hint) {
  ClientReply reply;
  reply.outcome = outcome;
  reply.hint = hint;
  Answer(ticket, std::move(reply));
}

void Answers::Refuse(NodeId from, const ClientRequest& request,
                     Outcome outcome) {
  ++counters_->requests_refused;
  ClientReply reply;
  reply.client = request.command.client;
  reply.seq = request.command.seq;
  reply.attempt = request.attempt;
  reply.outcome = outcome;
  Send(from, reply);
}

void Answers::FailAll() {
  waiters_.Clear();
  while (tickets_.size() > 0) {
    const Ticket ticket = tickets_.First();
    const bool read = tickets_.Find(ticket)->kind == wire::OpKind::kGet;
    Answer(ticket, read ? Outcome::kUnavailable : Outcome::kUnknown);
  }
}

void Answers::OnExecuted(LogPosition executed, const session::Result& result,
                         std::vector<Reply>* replies) {
  ReplyAfterApply waiter;
  while (waiters_.TakeUpTo(executed.index, &waiter)) {
    if (waiter.at.index < executed.index) {
      // A replica snapshot carried us over the place; what was there is lost
      // in the state.
      Answer(waiter.ticket, Outcome::kUnknown);
      continue;
    }
    if (waiter.at != executed) {
      // Another leadership's entry took the place.
      Answer(waiter.ticket, Outcome::kNotLeader);
      continue;
    }
    if (result.position != executed && result.outcome == Outcome::kOk) {
      ++counters_->retries_answered;
    }
    replies->push_back({.ticket = waiter.ticket,
                        .reply = ReplyOf(result, waiter.delivered),
                        .promise = waiter.promise});
  }
}

ClientReply Answers::ReplyFromSession(const ReplyAfterApply& waiter,
                                      Term term_at,
                                      const SessionTable& sessions) {
  ClientReply reply;
  const OpenRequest* open = tickets_.Find(waiter.ticket);
  if (open == nullptr) return reply;
  if (term_at.value() != 0 && term_at != waiter.at.term) {
    reply.outcome = Outcome::kNotLeader;
    return reply;
  }
  if (open->kind == wire::OpKind::kGet) {
    reply.outcome = Outcome::kUnavailable;  // sessions keep no reads
    return reply;
  }
  const SessionTable::Lookup seen = sessions.Find(open->client, open->seq);
  if (seen.verdict == SessionTable::Verdict::kAnswered) {
    return ReplyOf(*seen.result, waiter.delivered);
  }
  const bool registered =
      open->kind == wire::OpKind::kRegisterSession &&
      seen.verdict != SessionTable::Verdict::kUnknownSession;
  if (registered) {
    session::Result result;
    result.position = waiter.at;
    return ReplyOf(result, waiter.delivered);
  }
  reply.outcome = seen.verdict == SessionTable::Verdict::kUnknownSession
                      ? Outcome::kSessionUnknown
                      : Outcome::kUnknown;
  return reply;
}

ClientReply Answers::ReplyOf(const session::Result& result,
                             const wire::WriteLevel& delivered) {
  ClientReply reply;
  reply.outcome = result.outcome;
  if (result.outcome != Outcome::kOk) return reply;
  reply.found = result.found;
  reply.cas_applied = result.cas_applied;
  reply.tag = result.tag;
  reply.value = result.value;
  reply.write_level = delivered;
  reply.position = result.position;
  reply.token.index = result.position.index;
  return reply;
}

ClientReply Answers::ReplyOf(const ReadAnswer& answer,
                             const wire::ReadLevel& delivered) {
  ClientReply reply;
  reply.found = answer.found;
  reply.tag = answer.tag;
  if (answer.found) reply.value = answer.value;
  reply.read_level = delivered;
  reply.position = answer.position;
  reply.token.index = answer.position.index;
  return reply;
}

void Answers::Send(NodeId to, const ClientReply& reply) {
  if (own_ && to == self_) return own_(reply);
  body_.clear();
  wire::EncodeReply(reply, &body_);
  outbox_->Send(to, wire::FrameKind::kClientReply, body_);
}

}  // namespace wringer::node
