#include "sim/oracle/config_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {
namespace {

using Nodes = std::vector<NodeId>;

bool Has(const Nodes& nodes, NodeId node) {
  return std::binary_search(nodes.begin(), nodes.end(), node);
}

bool Includes(const Nodes& all, const Nodes& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

}  // namespace

// Two majorities miss each other iff the nodes they must take from the common
// part, after all of their own, fit into it side by side.
bool MajoritiesMeet(const Nodes& a, const Nodes& b) {
  std::size_t common = 0;
  for (const NodeId node : a) common += Has(b, node) ? 1U : 0U;
  const auto needed = [common](const Nodes& set) {
    const std::size_t majority = set.size() / 2 + 1;
    const std::size_t own = set.size() - common;
    return majority > own ? majority - own : 0;
  };
  return needed(a) + needed(b) > common;
}

void ConfigOracle::OnView(const node::ViewInstalled& installed) {
  const replication::ClusterView& view = *installed.view;
  const auto [it, first] = views_.emplace(view.epoch, view);
  if (!first) {
    if (it->second == view) return;
    log_->Add(installed.node, "view",
              absl::StrCat("installed another view of epoch ",
                           view.epoch.value(), " than was installed before"));
    return;
  }
  const bool sealed = view.primary == kNoNode;
  if ((!sealed && !Has(view.in_sync, view.primary)) ||
      !Includes(view.members, view.in_sync)) {
    log_->Add(installed.node, "view",
              absl::StrCat("the primary of epoch ", view.epoch.value(),
                           " is not in sync, or somebody in sync no member"));
  }
  if (it == views_.begin()) return;
  CheckStep(installed.node, std::prev(it)->second, view);
}

void ConfigOracle::CheckStep(NodeId node,
                             const replication::ClusterView& before,
                             const replication::ClusterView& view) {
  if (view.epoch != before.epoch.next()) {
    log_->Add(node, "view",
              absl::StrCat("epoch ", view.epoch.value(), " follows ",
                           before.epoch.value()));
    return;
  }
  if (view.floor < before.floor) {
    log_->Add(node, "view",
              absl::StrCat("epoch ", view.epoch.value(),
                           " asks less of a successor than the one before"));
  }
  if (view.primary == kNoNode) {
    if (before.primary == kNoNode || view.in_sync != before.in_sync) {
      log_->Add(node, "view",
                absl::StrCat("epoch ", view.epoch.value(),
                             " is sealed twice, or with others in sync"));
    }
    return;
  }
  if (view.primary == before.primary) return;
  if (!Has(before.in_sync, view.primary)) {
    log_->Add(
        node, "view",
        absl::StrCat(NodeName(view.primary), " leads epoch ",
                     view.epoch.value(), " and was not in sync before it"));
  } else if (!Includes(before.in_sync, view.in_sync)) {
    log_->Add(node, "view",
              absl::StrCat("epoch ", view.epoch.value(),
                           " brings somebody in sync with a new primary"));
  }
}

bool ConfigOracle::Meet(const Voters& a, const Voters& b) {
  // A joint quorum has a majority of each part: one pair that meets is enough.
  for (const Nodes* left : {&a.old, &a.next}) {
    for (const Nodes* right : {&b.old, &b.next}) {
      if (left->empty() || right->empty()) continue;
      if (MajoritiesMeet(*left, *right)) return true;
    }
  }
  return false;
}

void ConfigOracle::SetLeads(NodeId node, bool leads) {
  const std::size_t number = node.value();
  if (number >= leaders_.size()) leaders_.resize(number + 1);
  leaders_[number].leads = leads;
  if (!leads) leaders_[number].seen.term = Term();
}

void ConfigOracle::CheckLeader(NodeId node, Leader* leader) {
  const replication::Status* const status =
      status_of_ ? status_of_(node) : nullptr;
  if (status == nullptr) return;
  Voters& seen = leader->seen;
  if (seen.term == status->term && seen.version == status->voters_version) {
    return;
  }
  Voters now{status->term, status->voters_version, status->voters,
             status->voters_next};
  // Within a term a leader's log only grows: these followed each other.
  if (seen.term == now.term && !Meet(seen, now)) {
    log_->Add(node, "quorum",
              absl::StrCat("leads term ", now.term.value(),
                           " with voters whose majorities need not meet those "
                           "before"));
  }
  seen = std::move(now);
}

}  // namespace wringer::sim
