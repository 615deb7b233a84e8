#include "engine/membership/config_service.h"

#include "engine/base/check.h"

namespace wringer::membership {

ConfigService::ConfigService(const ConfigServiceOptions& options)
    : judge_(options),
      view_(FirstView(options.members, options.first_primary)) {}

void ConfigService::OnRequest(Nanos now, Incarnation incarnation,
                              const ConfigRequest& request, Output* out) {
  if (!Contains(view_.members, request.from)) return;
  if (const auto command = judge_.OnRequest(now, request, view_)) {
    Install(now, *command, out);
    return;
  }
  ConfigReply reply{.view = view_};
  if (judge_.GrantLease(now, request, view_)) {
    reply.lease = LeaseGrant{incarnation, *request.lease_from, judge_.lease()};
  }
  out->push_back({request.from, std::move(reply)});
}

void ConfigService::OnTick(Nanos now, Output* out) {
  if (const auto command = judge_.OnTick(now, view_)) {
    Install(now, *command, out);
  }
}

bool ConfigService::Grant(Nanos now, NodeId primary,
                          std::vector<NodeId> in_sync, Output* out) {
  if (!judge_.Appoint(view_, primary, std::move(in_sync))) return false;
  OnTick(now, out);
  return true;
}

void ConfigService::Install(Nanos now, const ConfigCommand& command,
                            Output* out) {
  const ConfigVerdict verdict = Execute(command, &view_);
  WR_CHECK(verdict == ConfigVerdict::kInstalled);
  judge_.OnInstalled(now, command);
  for (NodeId node : view_.members) {
    out->push_back({node, ConfigReply{.view = view_}});
  }
}

}  // namespace wringer::membership
