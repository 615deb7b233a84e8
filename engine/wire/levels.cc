#include "engine/wire/levels.h"

#include "absl/strings/str_cat.h"

namespace wringer::wire {
namespace {

std::string DurationName(Nanos d) {
  if (d % kSecond == 0) return absl::StrCat(d / kSecond, "s");
  if (d % kMillisecond == 0) return absl::StrCat(d / kMillisecond, "ms");
  if (d % kMicrosecond == 0) return absl::StrCat(d / kMicrosecond, "us");
  return absl::StrCat(d, "ns");
}

}  // namespace

std::string LevelName(const WriteLevel& level) {
  switch (level.kind) {
    case WriteLevelKind::kMem:
      return "mem";
    case WriteLevelKind::kOs:
      return "os";
    case WriteLevelKind::kLocal:
      return "local";
    case WriteLevelKind::kCopies:
      return absl::StrCat("k(", level.copies, ")");
    case WriteLevelKind::kQuorum:
      return "quorum";
    case WriteLevelKind::kAll:
      return "all";
    case WriteLevelKind::kAny:
      return "any";
  }
  return "?";
}

std::string LevelName(const ReadLevel& level) {
  switch (level.kind) {
    case ReadLevelKind::kLocal:
      return "local";
    case ReadLevelKind::kSession:
      return "session";
    case ReadLevelKind::kBounded:
      return absl::StrCat("bounded(", DurationName(level.bound), ")");
    case ReadLevelKind::kLeader:
      return "leader";
    case ReadLevelKind::kLease:
      return "lease";
    case ReadLevelKind::kQuorum:
      return "quorum";
    case ReadLevelKind::kStrong:
      return "strong";
  }
  return "?";
}

}  // namespace wringer::wire
