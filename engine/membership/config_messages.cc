#include "engine/membership/config_messages.h"

#include "engine/base/coding.h"
#include "engine/membership/config_state.h"

namespace wringer::membership {
namespace {

// Flags of a request.
constexpr std::uint8_t kLeads = 1;
constexpr std::uint8_t kForgot = 2;
constexpr std::uint8_t kWantsLease = 4;

absl::Status Finish(const Reader& r, const char* what) {
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError(what);
}

}  // namespace

void EncodeConfigRequest(const ConfigRequest& request, std::string* out) {
  Writer w(out);
  w.Id(request.from);
  w.Id(request.known);
  w.Id(request.kept);
  w.Id(request.durable.term);
  w.Id(request.durable.index);
  unsigned flags = request.leads ? kLeads : 0;
  if (request.forgot) flags |= kForgot;
  if (request.lease_from) flags |= kWantsLease;
  w.U8(static_cast<std::uint8_t>(flags));
  if (request.lease_from) w.SignedVarint(*request.lease_from);
  w.Bool(request.propose.has_value());
  if (request.propose) {
    w.Id(request.propose->expected);
    EncodeView(request.propose->view, w);
  }
}

absl::Status DecodeConfigRequest(Slice body, ConfigRequest* request) {
  Reader r(body);
  request->from = r.As<NodeId>();
  request->known = r.As<Epoch>();
  request->kept = r.As<Epoch>();
  request->durable.term = r.As<Term>();
  request->durable.index = r.As<LogIndex>();
  const std::uint8_t flags = r.U8();
  if (flags > (kLeads | kForgot | kWantsLease)) r.Fail();
  request->leads = (flags & kLeads) != 0;
  request->forgot = (flags & kForgot) != 0;
  request->lease_from.reset();
  if ((flags & kWantsLease) != 0) request->lease_from = r.SignedVarint();
  request->propose.reset();
  if (r.Bool()) {
    request->propose.emplace();
    request->propose->expected = r.As<Epoch>();
    request->propose->view = DecodeView(r);
  }
  return Finish(r, "malformed config request");
}

// The view, and what there is beyond it, if anything: most replies end there.
void EncodeConfigReply(const ConfigReply& reply, std::string* out) {
  Writer w(out);
  EncodeView(reply.view, w);
  if (reply.leader == kNoNode && !reply.lease) return;
  w.Id(reply.leader);
  w.Bool(reply.lease.has_value());
  if (!reply.lease) return;
  w.Id(reply.lease->incarnation);
  w.SignedVarint(reply.lease->from);
  w.SignedVarint(reply.lease->length);
}

absl::Status DecodeConfigReply(Slice body, ConfigReply* reply) {
  Reader r(body);
  *reply = {};
  reply->view = DecodeView(r);
  if (r.done()) return absl::OkStatus();
  reply->leader = r.As<NodeId>();
  if (r.Bool()) {
    LeaseGrant& lease = reply->lease.emplace();
    lease.incarnation = r.As<Incarnation>();
    lease.from = r.SignedVarint();
    lease.length = r.SignedVarint();
    if (lease.length < 0) r.Fail();
  } else if (reply->leader == kNoNode) {
    r.Fail();  // nothing to say is said by saying nothing
  }
  return Finish(r, "malformed config reply");
}

}  // namespace wringer::membership
