#include "sim/core/event.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wringer::sim {

Slice EventKindName(EventKind kind) {
  switch (kind) {
    case EventKind::kNone:
      return "none";
    case EventKind::kFiber:
      return "fiber";
    case EventKind::kTimer:
      return "timer";
    case EventKind::kDelivery:
      return "delivery";
    case EventKind::kDisk:
      return "disk";
    case EventKind::kWorkload:
      return "workload";
    case EventKind::kFault:
      return "fault";
    case EventKind::kCluster:
      return "cluster";
    case EventKind::kWriteBack:
      return "write-back";
  }
  return "?";
}

std::string TimeText(Nanos at) {
  const Nanos magnitude = at < 0 ? -at : at;
  return absl::StrFormat("%s%d.%09d", at < 0 ? "-" : "", magnitude / kSecond,
                         magnitude % kSecond);
}

std::string EventText(const EventRecord& event) {
  std::string who = NodeName(event.node);
  if (event.incarnation != Incarnation{}) {
    absl::StrAppend(&who, "#", event.incarnation.value());
  }
  return absl::StrFormat("#%d  %s s  %-6s %s %d", event.number,
                         TimeText(event.at), who, EventKindName(event.kind),
                         event.op);
}

}  // namespace wringer::sim
