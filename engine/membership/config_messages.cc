#include "engine/membership/config_messages.h"

#include "engine/base/coding.h"

namespace wringer::membership {
namespace {

using replication::ClusterView;

void EncodeNodes(const std::vector<NodeId>& nodes, Writer& w) {
  w.Varint(nodes.size());
  for (NodeId node : nodes) w.Id(node);
}

std::vector<NodeId> DecodeNodes(Reader& r) {
  std::vector<NodeId> nodes(r.Count(1));
  for (NodeId& node : nodes) node = r.As<NodeId>();
  return nodes;
}

void EncodeView(const ClusterView& view, Writer& w) {
  w.Id(view.epoch);
  w.Id(view.primary);
  EncodeNodes(view.members, w);
  EncodeNodes(view.in_sync, w);
}

ClusterView DecodeView(Reader& r) {
  ClusterView view;
  view.epoch = r.As<Epoch>();
  view.primary = r.As<NodeId>();
  view.members = DecodeNodes(r);
  view.in_sync = DecodeNodes(r);
  return view;
}

absl::Status Finish(const Reader& r, const char* what) {
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError(what);
}

}  // namespace

void EncodeConfigRequest(const ConfigRequest& request, std::string* out) {
  Writer w(out);
  w.Id(request.from);
  w.Id(request.known);
  w.Id(request.durable.term);
  w.Id(request.durable.index);
  w.Bool(request.leads);
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
  request->durable.term = r.As<Term>();
  request->durable.index = r.As<LogIndex>();
  request->leads = r.Bool();
  request->propose.reset();
  if (r.Bool()) {
    request->propose.emplace();
    request->propose->expected = r.As<Epoch>();
    request->propose->view = DecodeView(r);
  }
  return Finish(r, "malformed config request");
}

void EncodeConfigReply(const ConfigReply& reply, std::string* out) {
  Writer w(out);
  EncodeView(reply.view, w);
}

absl::Status DecodeConfigReply(Slice body, ConfigReply* reply) {
  Reader r(body);
  reply->view = DecodeView(r);
  return Finish(r, "malformed config reply");
}

}  // namespace wringer::membership
