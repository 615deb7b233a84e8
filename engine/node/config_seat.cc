#include "engine/node/config_seat.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"

namespace wringer::node {

using membership::ConfigCommand;
using membership::ConfigReply;
using membership::ConfigRequest;
using membership::LeaseGrant;
using replication::Role;
using wire::OpKind;
using wire::Outcome;

namespace {

// Read rounds open at one time; replicas beyond it get their view at once.
constexpr std::size_t kRoundsMax = 64;

}  // namespace

ConfigSeat::ConfigSeat(const NodeOptions& options, env::Env* env,
                       Outbox* outbox, NodeObserver* observer,
                       const replication::Replicator* replicator,
                       const Applier* applier, ConfigMachine* machine,
                       Submit submit)
    : options_(options),
      env_(env),
      outbox_(outbox),
      observer_(observer),
      replicator_(replicator),
      applier_(applier),
      machine_(machine),
      submit_(std::move(submit)),
      judge_(*options.config_group) {
  machine_->set_on_installed(
      [this](const ConfigCommand& command) { OnInstalled(command); });
}

void ConfigSeat::Start() { OnTimer(0); }

void ConfigSeat::OnTimer(std::uint64_t cookie) {
  if (stopped_) return;
  if (InOffice() && proposed_ == RequestSeq{0}) {
    const auto command = judge_.OnTick(env_->clock->Monotonic(), view());
    if (command) Propose(*command);
  }
  const Nanos period = options_.config_group->failover_after / 4;
  env_->fibers->ArmTimer(std::max<Nanos>(period, 1), this, cookie);
}

bool ConfigSeat::Leads() const {
  const replication::Status& status = replicator_->status();
  return status.role == Role::kLeader &&
         applier_->applied().term == status.term;
}

bool ConfigSeat::InOffice() {
  if (!Leads()) {
    office_ = Term{0};
    return false;
  }
  const Term term = replicator_->status().term;
  if (office_ == term) return true;
  WR_MARK(kConfigLeaderChanged);
  office_ = term;
  proposed_ = RequestSeq{0};
  rounds_.clear();
  judge_.Begin(env_->clock->Monotonic(), /*successor=*/true);
  return true;
}

bool ConfigSeat::OnRequest(NodeId from, Incarnation incarnation, Slice body) {
  ConfigRequest request;
  if (!membership::DecodeConfigRequest(body, &request).ok()) return false;
  if (request.from != from) return false;
  if (!membership::Contains(view().members, from)) return true;
  if (!InOffice()) {
    const NodeId leader = replicator_->status().leader;
    if (leader != kNoNode && leader != options_.replication.self) {
      Reply(from, {.view = {}, .leader = leader});
    }
    return true;
  }
  const Nanos now = env_->clock->Monotonic();
  const auto command = judge_.OnRequest(now, request, view());
  const bool idle = proposed_ == RequestSeq{0};
  if (command && idle) {
    Propose(*command);
    return true;  // the new view is the answer
  }
  if (idle && rounds_.size() < kRoundsMax &&
      judge_.GrantLease(now, request, view())) {
    AskForRound(
        {from, LeaseGrant{incarnation, *request.lease_from, judge_.lease()}});
    return true;
  }
  Reply(from, {.view = view()});
  return true;
}

bool ConfigSeat::Appoint(NodeId primary, std::vector<NodeId> in_sync) {
  if (stopped_ || !InOffice()) return false;
  return judge_.Appoint(view(), primary, std::move(in_sync));
}

wire::ClientRequest ConfigSeat::OwnRequest(OpKind kind) {
  ++seq_;
  wire::ClientRequest request;
  request.command.seq = seq_;
  request.command.kind = kind;
  request.command.key = kViewKey;
  // Whatever "durable" means under the sync policy of its WAL.
  request.write_level = replicator_->capabilities().default_write;
  request.read_level = {wire::ReadLevelKind::kStrong, 0};
  return request;
}

void ConfigSeat::Propose(const ConfigCommand& command) {
  wire::ClientRequest request = OwnRequest(OpKind::kPut);
  proposed_ = seq_;
  std::string payload;
  membership::EncodeConfigCommand(command, &payload);
  submit_(std::move(request), payload);
}

void ConfigSeat::AskForRound(const Asked& asked) {
  wire::ClientRequest request = OwnRequest(OpKind::kGet);
  rounds_.emplace(seq_, asked);
  submit_(std::move(request), Slice());
}

void ConfigSeat::OnAnswer(const wire::ClientReply& reply) {
  if (stopped_) return;
  if (reply.seq == proposed_) {
    proposed_ = RequestSeq{0};
    // Nobody knows whether it will take effect: take office anew, and wait for
    // as long as that takes to show.
    if (reply.outcome != Outcome::kOk) office_ = Term{0};
    return;
  }
  const auto it = rounds_.find(reply.seq);
  if (it == rounds_.end()) return;
  const Asked asked = it->second;
  rounds_.erase(it);
  if (reply.outcome != Outcome::kOk || !InOffice()) return;
  ConfigReply answer{.view = view()};
  if (view().primary == asked.replica) answer.lease = asked.grant;
  Reply(asked.replica, answer);
}

void ConfigSeat::OnInstalled(const ConfigCommand& command) {
  observer_->OnView({.node = options_.replication.self,
                     .incarnation = outbox_->incarnation(),
                     .view = &view()});
  if (stopped_ || office_ == Term{0} || !Leads()) return;
  judge_.OnInstalled(env_->clock->Monotonic(), command);
  if (env_->trace->on(env::Component::kMembership)) {
    env_->trace->Log(env::Component::kMembership, "config.view",
                     absl::StrCat("epoch ", view().epoch.value(), " to ",
                                  NodeName(view().primary), ", ",
                                  view().in_sync.size(), " in sync"));
  }
  for (const NodeId node : view().members) Reply(node, {.view = view()});
}

void ConfigSeat::Reply(NodeId to, const ConfigReply& reply) {
  body_.clear();
  membership::EncodeConfigReply(reply, &body_);
  outbox_->Send(to, wire::FrameKind::kConfigReply, body_);
}

}  // namespace wringer::node
