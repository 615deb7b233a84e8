#include "sim/cluster/config_host.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "engine/membership/config_messages.h"
#include "engine/wire/messages.h"

namespace wringer::sim {

ConfigHost::ConfigHost(World* world, SimNetwork* network, env::Trace* trace,
                       NodeId id,
                       const membership::ConfigServiceOptions& options,
                       std::uint64_t cluster)
    : network_(network),
      trace_(trace),
      options_(options),
      cluster_(cluster),
      runtime_(world, id),
      service_(options) {}

ConfigHost::~ConfigHost() {
  if (up()) Kill();
}

void ConfigHost::Boot() {
  WR_CHECK(!up());
  runtime_.Boot();
  bus_ = std::make_unique<SimBus>(network_, &runtime_);
  bus_->SetReceiver(this);
  OnTimer(0);
}

void ConfigHost::Kill() {
  WR_CHECK(up());
  runtime_.Fence();
  bus_->Fence();
  runtime_.UnwindFibers();
  bus_.reset();
  runtime_.Bury();
}

void ConfigHost::OnTimer(std::uint64_t cookie) {
  membership::ConfigService::Output output;
  const Epoch before = service_.view().epoch;
  // True time: the service's memory, and so its sense of time, outlives m1.
  service_.OnTick(runtime_.world()->now(), &output);
  NoticeView();
  if (service_.view().epoch != before &&
      trace_->on(env::Component::kMembership)) {
    trace_->Log(env::Component::kMembership, "config.grant",
                absl::StrCat("epoch ", service_.view().epoch.value(), " to ",
                             NodeName(service_.view().primary)));
  }
  SendAll(output);
  const Nanos period = std::max<Nanos>(options_.failover_after / 4, 1);
  runtime_.ArmTimer(period, this, cookie);
}

void ConfigHost::OnMessage(NodeId, Slice bytes) {
  wire::FrameHeader header;
  Slice body;
  membership::ConfigRequest request;
  if (!wire::DecodeFrame(bytes, &header, &body).ok() ||
      header.cluster != cluster_ ||
      header.kind != wire::FrameKind::kConfigRequest ||
      !membership::DecodeConfigRequest(body, &request).ok()) {
    return;
  }
  membership::ConfigService::Output output;
  service_.OnRequest(runtime_.world()->now(), header.incarnation, request,
                     &output);
  NoticeView();
  SendAll(output);
}

void ConfigHost::NoticeView() {
  if (service_.view().epoch == noticed_) return;
  noticed_ = service_.view().epoch;
  if (on_view_) on_view_(service_.view());
}

bool ConfigHost::Grant(NodeId primary, const std::vector<NodeId>& in_sync) {
  membership::ConfigService::Output output;
  const bool granted =
      service_.Grant(runtime_.world()->now(), primary, in_sync, &output);
  NoticeView();
  SendAll(output);
  return granted;
}

void ConfigHost::Promote(NodeId node, Epoch newest) {
  replication::ClusterView view = service_.view();
  view.epoch = std::max(view.epoch, newest).next();
  view.primary = node;
  view.in_sync = view.members;
  SendAll({{node, membership::ConfigReply{.view = view}}});
}

void ConfigHost::SendAll(const membership::ConfigService::Output& output) {
  for (const auto& [to, reply] : output) {
    body_.clear();
    membership::EncodeConfigReply(reply, &body_);
    std::string frame = bus_->AcquireBuffer();
    wire::EncodeFrame({.kind = wire::FrameKind::kConfigReply,
                       .cluster = cluster_,
                       .incarnation = runtime_.incarnation()},
                      body_, &frame);
    bus_->Send(to, std::move(frame));
  }
}

}  // namespace wringer::sim
