#include "engine/env/trace.h"

namespace wringer::env {

Slice ComponentName(Component component) {
  switch (component) {
    case Component::kClient:
      return "client";
    case Component::kNode:
      return "node";
    case Component::kReplication:
      return "replication";
    case Component::kLog:
      return "log";
    case Component::kStorage:
      return "storage";
    case Component::kDisk:
      return "disk";
    case Component::kNetwork:
      return "network";
    case Component::kMembership:
      return "membership";
    case Component::kFault:
      return "fault";
    case Component::kCount:
      break;
  }
  return "?";
}

}  // namespace wringer::env
