#include "engine/node/node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "engine/node/recovery.h"
#include "engine/replication/factory.h"
#include "engine/storage/factory.h"
#include "engine/wire/messages.h"

namespace wringer::node {

using env::Component;
using wire::FrameKind;

absl::StatusOr<std::unique_ptr<Node>> Node::Create(const NodeOptions& options,
                                                   env::Env* env,
                                                   NodeObserver* observer) {
  WR_RETURN_IF_ERROR(Validate(options));
  WR_ASSIGN_OR_RETURN(const replication::Capabilities capabilities,
                      replication::ModelCapabilities(options.replication));
  std::unique_ptr<Node> node(new Node(options, env, observer));
  // No reply may claim more than the WAL's sync policy keeps.
  const wal::WalOptions& wal =
      capabilities.has_log ? options.log.wal : options.engine.wal;
  node->parts_.options.replication.durable_means =
      Syncs(wal) ? wire::WriteLevelKind::kLocal : wire::WriteLevelKind::kOs;
  WR_RETURN_IF_ERROR(node->Build());
  return node;
}

Node::Node(const NodeOptions& options, env::Env* env, NodeObserver* observer) {
  parts_.options = options;
  parts_.env = env;
  parts_.observer = observer == nullptr ? &silent_ : observer;
}

absl::Status Node::Build() {
  Parts& p = parts_;
  WR_ASSIGN_OR_RETURN(p.replicator,
                      replication::NewReplicator(p.options.replication));
  if (p.has_log()) {
    p.options.engine.log_barrier = [this](SequenceNumber sequence) {
      parts_.maintenance->AwaitLog(sequence);
    };
  }
  WR_ASSIGN_OR_RETURN(p.engine,
                      storage::NewStorageEngine(p.options.engine, p.env));
  log_store::LogStoreOptions log = p.options.log;
  log.bootstrap = p.options.replication.bootstrap;
  p.log = log_store::NewLogStore(log, p.env);
  p.outbox = std::make_unique<Outbox>(p.options, p.env, &p.counters);
  driver_ = std::make_unique<Driver>(&p);
  Driver* const host = driver_.get();
  p.config = std::make_unique<ConfigLink>(
      p.options, p.env, p.outbox.get(), p.log.get(), p.replicator.get(), host);
  if (p.options.detector.kind != membership::DetectorOptions::Kind::kNone) {
    p.detector = std::make_unique<DetectorLink>(p.options.detector, p.env,
                                                p.outbox.get(), host);
  }
  if (p.options.config_group) {
    p.config_machine = std::make_unique<ConfigMachine>(*p.options.config_group);
  }
  if (p.has_log()) {
    p.applier =
        std::make_unique<Applier>(p.options, p.env, p.engine.get(), p.log.get(),
                                  host, p.config_machine.get());
    p.reader = std::make_unique<Reader>(p.options, p.env, p.engine.get(),
                                        p.applier.get(), host);
    p.snapshot_sender = std::make_unique<SnapshotSender>(p.env, p.engine.get(),
                                                         p.applier.get(), host);
    p.snapshot_receiver =
        std::make_unique<SnapshotReceiver>(p.options, p.applier.get(), host);
  } else {
    p.merge_applier =
        std::make_unique<MergeApplier>(p.options, p.env, p.engine.get(), host);
  }
  p.maintenance = std::make_unique<Maintenance>(
      p.options, p.env, p.engine.get(), p.log.get(), p.applier.get(), host);
  if (p.config_machine != nullptr) BuildConfigSeat();
  return absl::OkStatus();
}

void Node::BuildConfigSeat() {
  Parts& p = parts_;
  const NodeId self = p.options.replication.self;
  p.config_seat = std::make_unique<ConfigSeat>(
      p.options, p.env, p.outbox.get(), p.observer, p.replicator.get(),
      p.applier.get(), p.config_machine.get(),
      [this, self](wire::ClientRequest request, Slice payload) {
        driver_->Submit(self, std::move(request), payload);
      });
  driver_->answers().set_own(self, [this](const wire::ClientReply& reply) {
    parts_.config_seat->OnAnswer(reply);
  });
}

// ---- boot ----

void Node::Boot() {
  parts_.env->fibers->Spawn("boot", [this] { RunBoot(); });
}

void Node::RunBoot() {
  absl::StatusOr<replication::Start> start = Recover(parts_, driver_.get());
  // From here on a halted node at least says no.
  parts_.env->bus->SetReceiver(this);
  if (!start.ok()) return driver_->Halt(start.status());
  if (driver_->halted()) return;  // the log failed while it was opened
  if (parts_.applier != nullptr) {
    parts_.applier->Start();
    parts_.reader->Start();
    parts_.snapshot_sender->Start();
  } else {
    parts_.merge_applier->Start();
  }
  parts_.maintenance->Start();
  driver_->Start(std::move(*start));
  if (driver_->halted()) return;
  parts_.config->Start();
  if (parts_.config_seat != nullptr) parts_.config_seat->Start();
  if (parts_.detector != nullptr) parts_.detector->Start();
  parts_.observer->OnServing(Inspect());
}

// ---- frames ----

void Node::OnMessage(NodeId from, Slice bytes) {
  NodeCounters& counters = parts_.counters;
  ++counters.frames_received;
  parts_.env->cpu->Charge(
      Outbox::MessageCost(parts_.options.cpu, bytes.size()));
  wire::FrameHeader header;
  Slice body;
  const absl::Status status = wire::DecodeFrame(bytes, &header, &body);
  if (!status.ok()) {
    ++(absl::IsDataLoss(status) ? counters.frames_damaged
                                : counters.frames_malformed);
    return;
  }
  if (header.cluster != parts_.options.cluster) {
    ++counters.frames_foreign;
    return;
  }
  switch (header.kind) {
    case FrameKind::kClientRequest:
      return OnClientRequest(from, body);
    case FrameKind::kReplication:
      return driver_->Give(replication::Receive{
          .from = from, .incarnation = header.incarnation, .body = body});
    case FrameKind::kConfigReply:
      if (driver_->halted()) return;
      if (!parts_.config->OnReply(from, body)) ++counters.frames_malformed;
      return;
    case FrameKind::kConfigRequest:
      if (driver_->halted()) return;
      if (parts_.config_seat == nullptr ||
          !parts_.config_seat->OnRequest(from, header.incarnation, body)) {
        ++counters.frames_malformed;
      }
      return;
    case FrameKind::kDetector:
      // A peer that runs a detector this node does not is none of its business.
      if (parts_.detector != nullptr) parts_.detector->OnMessage(from, body);
      return;
    case FrameKind::kClientReply:
      ++counters.frames_malformed;  // not for a node
      return;
  }
}

void Node::OnClientRequest(NodeId from, Slice body) {
  wire::ClientRequest request;
  Slice command;
  if (!wire::DecodeRequest(body, &request, &command).ok()) {
    ++parts_.counters.frames_malformed;
    return;
  }
  ++parts_.counters.requests;
  // Its double is under way or answered: nothing is lost by silence.
  if (parts_.merge_applier != nullptr && !parts_.recent.Note(request)) {
    WR_MARK(kRequestDoubled);
    return;
  }
  if (parts_.config_seat != nullptr) {  // it keeps no data of theirs
    return driver_->Refuse(from, request, wire::Outcome::kUnsupported);
  }
  if (driver_->halted() ||
      driver_->open_requests() >= parts_.options.limits.open_requests) {
    return driver_->Refuse(from, request, wire::Outcome::kUnavailable);
  }
  if (!WithinLimits(request)) {
    return driver_->Refuse(from, request, wire::Outcome::kUnsupported);
  }
  if (Overloaded() && request.command.kind != wire::OpKind::kGet) {
    WR_MARK(kWriteShed);
    return driver_->Refuse(from, request, wire::Outcome::kUnavailable);
  }
  driver_->Submit(from, std::move(request), command);
}

bool Node::Overloaded() const {
  if (parts_.applier == nullptr) return false;
  // Others know better whom to ask.
  const replication::Status& status = parts_.replicator->status();
  if (status.role != replication::Role::kLeader) return false;
  const std::uint64_t last = parts_.log->last().index.value();
  const std::uint64_t executed = parts_.applier->applied().index.value();
  return last > executed + parts_.options.limits.backlog_entries;
}

bool Node::WithinLimits(const wire::ClientRequest& request) const {
  const NodeLimits& limits = parts_.options.limits;
  return request.command.key.size() <= limits.key_bytes &&
         request.command.value.size() <= limits.value_bytes;
}

// ---- orders and advice ----

void Node::OnPeerChanged(NodeId peer, bool alive) {
  driver_->Step(replication::PeerChanged{.peer = peer, .alive = alive});
}

void Node::ChangeMembers(std::vector<NodeId> voters,
                         std::vector<NodeId> learners) {
  driver_->Step(replication::ChangeMembers{.ticket = {},
                                           .voters = std::move(voters),
                                           .learners = std::move(learners)});
}

void Node::TransferLeadership(NodeId to) {
  driver_->Step(replication::TransferLeadership{.to = to});
}

bool Node::Appoint(NodeId primary, std::vector<NodeId> in_sync) {
  return parts_.config_seat != nullptr && driver_->started() &&
         parts_.config_seat->Appoint(primary, std::move(in_sync));
}

void Node::Promote(const replication::ClusterView& view) {
  driver_->Step(replication::ConfigChanged{.view = view, .lease_until = 0});
}

// ---- introspection ----

NodeView Node::Inspect() const {
  NodeView view;
  view.id = parts_.options.replication.self;
  view.incarnation = parts_.outbox->incarnation();
  view.open_requests = driver_->open_requests();
  if (driver_->halted()) {
    view.state = NodeState::kHalted;
  } else if (driver_->started()) {
    view.state = NodeState::kServing;
  }
  if (!driver_->started()) return view;
  view.replication = &parts_.replicator->status();
  view.log_base = parts_.log->base();
  view.log_last = parts_.log->last();
  view.durable = parts_.log->durable();
  view.log_vouched = parts_.log->vouched();
  if (parts_.applier != nullptr) {
    view.applied = parts_.applier->applied();
    view.state_digest = parts_.applier->state_digest();
    view.sessions = parts_.applier->sessions().size();
  } else {
    view.state_digest = parts_.merge_applier->state_digest();
  }
  return view;
}

}  // namespace wringer::node
