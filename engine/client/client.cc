#include "engine/client/client.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"

namespace wringer::client {

using env::Component;
using wire::ClientReply;
using wire::OpKind;
using wire::Outcome;

namespace {

// Timer cookies are sequence numbers, which begin at 1.
constexpr std::uint64_t kQueueTimer = 0;

// Unique over clients, their boots and their sessions.
ClientId MakeClientId(NodeId self, Incarnation boot, std::uint32_t generation) {
  return ClientId{(std::uint64_t{self.value()} << 40) |
                  (std::uint64_t{boot.value() & 0xfffff} << 20) |
                  (generation & 0xfffff)};
}

}  // namespace

const char* FateName(Fate fate) {
  switch (fate) {
    case Fate::kOk:
      return "ok";
    case Fate::kFailed:
      return "failed";
    case Fate::kUnknown:
      return "unknown";
  }
  return "?";
}

Client::Client(const ClientOptions& options, env::Env* env,
               CompletionSink* sink)
    : options_(options),
      env_(env),
      sink_(sink),
      backoff_(env->Stream(Purpose("client.backoff"))),
      router_(options_, env->self, env->Stream(Purpose("client.route"))) {
  WR_CHECK(Validate(options).ok());
}

void Client::Start() {
  env_->bus->SetReceiver(this);
  if (options_.sessions) return OpenSession(/*pause=*/0);
  client_ = MakeClientId(env_->self, options_.incarnation, ++generation_);
  registered_ = true;
}

// ---- sessions ----

void Client::OpenSession(Nanos pause) {
  registered_ = false;
  client_ = MakeClientId(env_->self, options_.incarnation, ++generation_);
  Queued registration;
  registration.operation.kind = OpKind::kRegisterSession;
  registration.operation.write_level = options_.register_level;
  registration.called = env_->clock->Monotonic();
  Launch(std::move(registration), pause);
}

// A session that could not be opened is tried again under another id: the
// cluster may have evicted this one, or open it late.
void Client::OnSessionOpened(bool ok) {
  if (!ok) return OpenSession(Backoff(generation_));
  registered_ = true;
  LaunchQueued();
}

// ---- launching ----

void Client::Submit(Operation operation) {
  WR_CHECK(operation.kind != OpKind::kRegisterSession);
  Queued next{.operation = std::move(operation),
              .called = env_->clock->Monotonic()};
  if (queued_.empty() && MayLaunch()) {
    return Launch(std::move(next), /*pause=*/0);
  }
  queued_.push_back(std::move(next));
  LaunchQueued();
  if (queued_.size() == 1) ExpireQueued();
}

bool Client::MayLaunch() const {
  return registered_ && pending_.size() < options_.max_outstanding;
}

void Client::LaunchQueued() {
  while (!queued_.empty() && MayLaunch()) {
    Queued queued = std::move(queued_.front());
    queued_.pop_front();
    Launch(std::move(queued), /*pause=*/0);
  }
}

void Client::ExpireQueued() {
  const Nanos now = env_->clock->Monotonic();
  while (!queued_.empty() &&
         queued_.front().called + options_.deadline <= now) {
    const Queued queued = std::move(queued_.front());
    queued_.pop_front();
    Completion completion;
    completion.op = queued.operation.op;
    completion.fate = Fate::kFailed;  // it never left
    completion.reason = Outcome::kUnavailable;
    completion.called = queued.called;
    completion.returned = now;
    sink_->OnCompleted(completion);
  }
  if (queued_.empty() || queue_timer_.value() != 0) return;
  const Nanos left = queued_.front().called + options_.deadline - now;
  queue_timer_ = env_->fibers->ArmTimer(left, this, kQueueTimer);
}

void Client::Launch(Queued queued, Nanos pause) {
  const RequestSeq seq = next_seq_;
  ++next_seq_;
  Pending request;
  request.operation = std::move(queued.operation);
  request.client = client_;
  request.called = queued.called;
  request.target = router_.First(request.operation, env_->clock->Monotonic());
  request.asked = request.target;
  const auto it =
      pending_.emplace_hint(pending_.end(), seq, std::move(request));
  if (pause == 0) return SendAttempt(seq, it->second);
  it->second.waiting = true;
  Rearm(seq, it->second, pause);
}

void Client::SendAttempt(RequestSeq seq, Pending& request) {
  const Operation& operation = request.operation;
  ++request.attempts;
  request.waiting = false;
  request.open.push_back(request.attempts);
  request_.command.client = request.client;
  request_.command.seq = seq;
  request_.command.op = operation.op;
  request_.command.kind = operation.kind;
  request_.command.key = operation.key;
  request_.command.value = operation.value;
  request_.command.expected_tag = operation.expected_tag;
  request_.command.acknowledged = Acknowledged();
  request_.write_level = operation.write_level;
  request_.read_level = operation.read_level;
  request_.token = token_;
  request_.attempt = request.attempts;
  body_.clear();
  wire::EncodeRequest(request_, &body_);
  std::string frame = env_->bus->AcquireBuffer();
  wire::EncodeFrame({.kind = wire::FrameKind::kClientRequest,
                     .cluster = options_.cluster,
                     .incarnation = options_.incarnation},
                    body_, &frame);
  env_->bus->Send(request.target, std::move(frame));
  Rearm(seq, request, std::min(options_.attempt_timeout, Left(request)));
}

RequestSeq Client::Acknowledged() const {
  return pending_.empty() ? next_seq_.prev() : pending_.begin()->first.prev();
}

// ---- time ----

Nanos Client::Left(const Pending& request) const {
  const Nanos end = request.called + options_.deadline;
  return std::max<Nanos>(0, end - env_->clock->Monotonic());
}

void Client::Rearm(RequestSeq seq, Pending& request, Nanos after) {
  if (request.timer.value() != 0) env_->fibers->CancelTimer(request.timer);
  request.timer = env_->fibers->ArmTimer(after, this, seq.value());
}

Nanos Client::Backoff(std::uint32_t attempts) {
  Nanos bound = options_.backoff_min;
  for (std::uint32_t i = 1; i < attempts && bound < options_.backoff_max; ++i) {
    bound *= 2;
  }
  bound = std::min(bound, options_.backoff_max);
  return backoff_.Between(bound / 4, bound);
}

void Client::OnTimer(std::uint64_t cookie) {
  if (cookie == kQueueTimer) {
    queue_timer_ = env::TimerId{};
    return ExpireQueued();
  }
  const auto it = pending_.find(RequestSeq{cookie});
  if (it == pending_.end()) return;
  Pending& request = it->second;
  request.timer = env::TimerId{};
  if (Left(request) == 0) return GiveUp(it);
  if (request.waiting) return SendAttempt(it->first, request);
  // The attempt stays open: silence proves nothing.
  router_.OnSilence(request.target);
  const NodeId next = router_.Next(request.operation, request.target, kNoNode,
                                   env_->clock->Monotonic(), &request.asked);
  Retry(it, next, /*prompt=*/true);
}

// ---- answers ----

void Client::OnMessage(NodeId from, Slice bytes) {
  wire::FrameHeader header;
  Slice body;
  if (!wire::DecodeFrame(bytes, &header, &body).ok()) return;
  if (header.cluster != options_.cluster) return;
  if (header.kind != wire::FrameKind::kClientReply) return;
  ClientReply reply;
  if (!wire::DecodeReply(body, &reply).ok()) return;
  OnReply(from, std::move(reply));
}

void Client::OnReply(NodeId from, ClientReply reply) {
  router_.OnHeard(from);
  const auto it = pending_.find(reply.seq);
  if (it == pending_.end() || it->second.client != reply.client) return;
  Pending& request = it->second;
  if (reply.outcome != Outcome::kOk) return OnRefused(it, from, reply);
  token_.index = std::max(token_.index, reply.token.index);
  token_.version = std::max(token_.version, reply.token.version);
  router_.OnAnswered(request.operation, from);
  Finish(it, Fate::kOk, from, &reply);
}

void Client::OnRefused(Requests::iterator it, NodeId from,
                       const ClientReply& reply) {
  Pending& request = it->second;
  const Outcome outcome = reply.outcome;
  request.last_refusal = outcome;
  if (outcome != Outcome::kUnknown && !options_.links_duplicate) {
    const auto answered =
        std::find(request.open.begin(), request.open.end(), reply.attempt);
    if (answered != request.open.end()) request.open.erase(answered);
  }
  if (outcome == Outcome::kSessionUnknown) {
    const bool ours = request.client == client_ && registered_;
    if (ours) registered_ = false;  // nothing more may be launched in it
    GiveUp(it);
    if (ours) OpenSession(/*pause=*/0);
    return;
  }
  if (outcome == Outcome::kUnsupported) return GiveUp(it);
  if (outcome == Outcome::kNotLeader && WR_MUTANT(kClientNotLeaderIsFailure)) {
    return Finish(it, Fate::kFailed, from, nullptr);
  }
  // A late answer to an older attempt says nothing about the latest.
  if (request.waiting || reply.attempt != request.attempts) return;
  const NodeId next = router_.Next(request.operation, from, reply.hint,
                                   env_->clock->Monotonic(), &request.asked);
  // Answered for good, and not to be sent again: nothing is left to wait for.
  if (!MaySendAgain(request)) return GiveUp(it);
  const bool prompt =
      next == reply.hint && ++request.redirects <= options_.prompt_redirects;
  Retry(it, next, prompt);
}

bool Client::MaySendAgain(const Pending& request) const {
  return options_.sessions || request.operation.kind == OpKind::kGet ||
         request.open.empty();
}

void Client::Retry(Requests::iterator it, NodeId next, bool prompt) {
  Pending& request = it->second;
  if (request.attempts >= options_.max_attempts) return GiveUp(it);
  if (!MaySendAgain(request)) {  // the answer may still come
    return Rearm(it->first, request, Left(request));
  }
  request.target = next;
  if (prompt) return SendAttempt(it->first, request);
  request.waiting = true;
  Rearm(it->first, request, std::min(Backoff(request.attempts), Left(request)));
}

// ---- the end ----

void Client::GiveUp(Requests::iterator it) {
  const Pending& request = it->second;
  const bool harmless =
      request.operation.kind == OpKind::kGet || request.open.empty();
  Finish(it, harmless ? Fate::kFailed : Fate::kUnknown, kNoNode, nullptr);
}

void Client::Finish(Requests::iterator it, Fate fate, NodeId node,
                    ClientReply* reply) {
  Pending& request = it->second;
  if (request.timer.value() != 0) env_->fibers->CancelTimer(request.timer);
  Completion completion;
  completion.op = request.operation.op;
  completion.fate = fate;
  completion.reason = fate == Fate::kOk ? Outcome::kOk : request.last_refusal;
  completion.called = request.called;
  completion.returned = env_->clock->Monotonic();
  completion.node = node;
  completion.attempts = request.attempts;
  completion.client = request.client;
  completion.seq = it->first;
  if (reply != nullptr) completion.reply = std::move(*reply);
  const OpKind kind = request.operation.kind;
  const bool current = request.client == client_;
  pending_.erase(it);
  if (kind == OpKind::kRegisterSession) {
    if (current) OnSessionOpened(fate == Fate::kOk);
    return;
  }
  if (env_->trace->on(Component::kClient)) {
    env_->trace->Log(
        Component::kClient, "op.done",
        absl::StrCat("op=", completion.op.value(), " ", FateName(fate),
                     " attempts=", completion.attempts));
  }
  sink_->OnCompleted(completion);
  LaunchQueued();
}

}  // namespace wringer::client
