// A client of the cluster: sessions, retries, redirects, and the classification
// of what became of each operation. Handlers and timers only, no fiber.
//
//  1. One operation is one request: every attempt carries the same client id
//     and sequence number, so that the session table executes it once.
//  2. An attempt is open from its sending until its own answer says that it was
//     not executed and never will be. Answers name their attempt.
//  3. ok: some attempt was answered so. Failed: given up with no attempt open.
//     Unknown: given up with one open. A read has no effect, so a read that got
//     no answer failed.
//  4. Without sessions, a write whose attempt is open is never sent again: the
//     model could execute it twice.
//  5. Tokens of all answers are merged and sent along: for reads of level
//     `session` (read-your-writes, monotonic reads), and for whichever
//     leaderless coordinator numbers the next write (monotonic writes).
//
// Sessions are opened before the first operation, and again, under a new client
// id, when the cluster says that it does not know ours. Sequence numbers go on
// through all sessions of a client. Operations wait meanwhile, and fail if
// their deadline passes before they were ever sent.
#ifndef WR_ENGINE_CLIENT_CLIENT_H_
#define WR_ENGINE_CLIENT_CLIENT_H_

#include <cstdint>
#include <deque>
#include <string>

#include "absl/container/btree_map.h"
#include "absl/container/inlined_vector.h"
#include "engine/base/random.h"
#include "engine/base/types.h"
#include "engine/client/operation.h"
#include "engine/client/options.h"
#include "engine/client/router.h"
#include "engine/env/env.h"
#include "engine/wire/messages.h"

namespace wringer::client {

class Client final : public env::MessageReceiver, private env::TimerTarget {
 public:
  // REQUIRES: Validate(options) is ok. All pointers outlive the client.
  Client(const ClientOptions& options, env::Env* env, CompletionSink* sink);

  // Takes over the bus and opens the first session.
  void Start();
  // Never answers within the call. REQUIRES: started.
  void Submit(Operation operation);

  void OnMessage(NodeId from, Slice bytes) override;

  std::size_t outstanding() const { return pending_.size() + queued_.size(); }
  const wire::SessionToken& token() const { return token_; }
  ClientId session() const { return client_; }

 private:
  // A request under way. Invariant: the timer is armed, for the end of the
  // attempt's time or of the pause before the next.
  struct Pending {
    Operation operation;
    ClientId client;  // the session it runs in
    Nanos called = 0;
    std::uint32_t attempts = 0;
    std::uint32_t redirects = 0;
    NodeId target;  // of the latest attempt
    NodeId asked;   // its place in the ring of nodes (Router::Next)
    // Attempts that may be executed.
    absl::InlinedVector<std::uint32_t, 4> open;
    bool waiting = false;  // between attempts
    wire::Outcome last_refusal = wire::Outcome::kUnknown;
    env::TimerId timer;
  };
  using Requests = absl::btree_map<RequestSeq, Pending>;

  struct Queued {
    Operation operation;
    Nanos called = 0;
  };

  void OnTimer(std::uint64_t cookie) override;
  // `pause` before the first attempt; 0: none.
  void OpenSession(Nanos pause);
  void OnSessionOpened(bool ok);
  void Launch(Queued queued, Nanos pause);
  bool MayLaunch() const;
  void LaunchQueued();
  // Fails what has waited too long, and arms the timer for the next.
  void ExpireQueued();
  void SendAttempt(RequestSeq seq, Pending& request);
  void OnReply(NodeId from, wire::ClientReply reply);
  void OnRefused(Requests::iterator it, NodeId from,
                 const wire::ClientReply& reply);
  // Tries again at `next`, at once or after a pause, if that is still allowed;
  // else gives up.
  void Retry(Requests::iterator it, NodeId next, bool prompt);
  bool MaySendAgain(const Pending& request) const;
  Nanos Left(const Pending& request) const;
  void GiveUp(Requests::iterator it);
  void Finish(Requests::iterator it, Fate fate, NodeId node,
              wire::ClientReply* reply);
  void Rearm(RequestSeq seq, Pending& request, Nanos after);
  Nanos Backoff(std::uint32_t attempts);
  // Everything up to here is answered, or given up for good.
  RequestSeq Acknowledged() const;

  const ClientOptions options_;
  env::Env* const env_;
  CompletionSink* const sink_;
  RandomStream backoff_;
  Router router_;

  ClientId client_;
  std::uint32_t generation_ = 0;  // sessions opened in this life
  bool registered_ = false;
  RequestSeq next_seq_{1};
  wire::SessionToken token_;

  Requests pending_;  // registrations included
  std::deque<Queued> queued_;
  env::TimerId queue_timer_;
  wire::ClientRequest request_;  // kept for its capacity, as the next
  std::string body_;
};

}  // namespace wringer::client

#endif  // WR_ENGINE_CLIENT_CLIENT_H_
