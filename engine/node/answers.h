// Client requests from arrival to answer: tickets, who waits for which log
// entry, and the bytes of the reply.
//
// Every ticket is answered exactly once. A ticket that waits for the entry at
// (term, index) is answered with that entry's result if exactly that entry is
// executed; if another one is executed at its index, it can never take effect
// and the answer is kNotLeader. The index alone never decides.
#ifndef WR_ENGINE_NODE_ANSWERS_H_
#define WR_ENGINE_NODE_ANSWERS_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "engine/node/contract/host.h"
#include "engine/node/contract/introspection.h"
#include "engine/node/contract/outbox.h"
#include "engine/node/contract/tickets.h"
#include "engine/session/session_table.h"

namespace wringer::node {

class Answers {
 public:
  Answers(Outbox* outbox, NodeCounters* counters)
      : outbox_(outbox), counters_(counters) {}

  // Answers to requests of the node's own go to `hook`, not to the bus.
  void set_own(NodeId self,
               std::function<void(const wire::ClientReply&)> hook) {
    self_ = self;
    own_ = std::move(hook);
  }

  replication::Ticket Open(NodeId from, const wire::ClientRequest& request);
  OpenRequest* Find(replication::Ticket ticket) {
    return tickets_.Find(ticket);
  }
  std::size_t open() const { return tickets_.size(); }

  // Answers and closes the ticket; nothing if it was answered before.
  void Answer(replication::Ticket ticket, wire::ClientReply reply);
  void Answer(replication::Ticket ticket, wire::Outcome outcome,
              NodeId hint = kNoNode);
  // Answers a request that never got a ticket.
  void Refuse(NodeId from, const wire::ClientRequest& request,
              wire::Outcome outcome);
  // Nothing will be known any more: kUnknown, for reads kUnavailable.
  void FailAll();

  void AwaitApply(replication::ReplyAfterApply waiter) {
    waiters_.Add(std::move(waiter));
  }
  bool Awaited(LogPosition position) const {
    return waiters_.Contains(position);
  }
  // The entry at `executed` gave `result`: appends the replies that follow, to
  // be sent when their promises hold. Mismatches are answered at once.
  void OnExecuted(LogPosition executed, const session::Result& result,
                  std::vector<replication::Reply>* replies);
  // The reply to a waiter whose index was executed before it came: its result
  // is still in the session table, as the client has not acknowledged it.
  // `term_at` is the term of the log at its index, 0 if not held any more.
  wire::ClientReply ReplyFromSession(const replication::ReplyAfterApply& waiter,
                                     Term term_at,
                                     const session::SessionTable& sessions);
  static wire::ClientReply ReplyOf(const ReadAnswer& answer,
                                   const wire::ReadLevel& delivered);

 private:
  static wire::ClientReply ReplyOf(const session::Result& result,
                                   const wire::WriteLevel& delivered);
  void Send(NodeId to, const wire::ClientReply& reply);

  Outbox* const outbox_;
  NodeCounters* const counters_;
  NodeId self_;
  std::function<void(const wire::ClientReply&)> own_;
  Tickets tickets_;
  ApplyWaiters waiters_;
  std::string body_;
};

}  // namespace wringer::node

#endif  // WR_ENGINE_NODE_ANSWERS_H_
