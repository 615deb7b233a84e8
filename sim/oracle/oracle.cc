#include "sim/oracle/oracle.h"

#include <algorithm>
#include <utility>

namespace wringer::sim {
namespace {

// Findings that begin alike are one kind of evidence; a few of each are kept,
// so that a frequent kind does not crowd out a telling one.
constexpr std::ptrdiff_t kKeptAlike = 8;
constexpr std::size_t kAlike = 21;

bool Alike(const Finding& a, const Finding& b) {
  const Slice left = Slice(a.text).substr(0, kAlike);
  const Slice right = Slice(b.text).substr(0, kAlike);
  return a.rule == b.rule && left == right;
}

}  // namespace

void FindingLog::Add(NodeId node, Slice rule, std::string text,
                     LogIndex entry) {
  ++total_;
  if (findings_.size() >= kKept) return;
  Finding finding{.at = world_->now(),
                  .event = world_->events_run(),
                  .node = node,
                  .rule = std::string(rule),
                  .text = std::move(text),
                  .entry = entry};
  const auto alike =
      std::count_if(findings_.begin(), findings_.end(),
                    [&](const Finding& f) { return Alike(f, finding); });
  if (alike < kKeptAlike) findings_.push_back(std::move(finding));
}

}  // namespace wringer::sim
