#include "sim/oracle/claim_oracle.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

using wire::WriteLevelKind;

void ClaimOracle::Held(NodeId node, LogIndex upto) {
  const auto at = std::find(replicas_.begin(), replicas_.end(), node);
  if (at == replicas_.end()) return;
  LogIndex& held = held_[std::size_t(at - replicas_.begin())];
  held = std::max(held, upto);
}

std::size_t ClaimOracle::Copies(LogIndex index) const {
  return std::size_t(
      std::count_if(held_.begin(), held_.end(),
                    [index](LogIndex held) { return held >= index; }));
}

std::size_t ClaimOracle::Claimed(const wire::WriteLevel& level) const {
  switch (level.kind) {
    case WriteLevelKind::kCopies:
      return level.copies;
    case WriteLevelKind::kQuorum:
      return quorum_;
    default:
      return 0;
  }
}

void ClaimOracle::OnPromise(const node::PromiseSent& sent) {
  Held(sent.node, sent.promise->log.index);
}

void ClaimOracle::OnInstalled(const node::SnapshotInstalledAt& installed) {
  Held(installed.node, installed.position.index);
}

void ClaimOracle::OnServing(const node::NodeView& view) {
  Held(view.id, std::max(view.durable.log.index, view.log_base.index));
}

void ClaimOracle::OnWriteAnswered(const node::WriteAnswered& answer) {
  const std::size_t claimed = Claimed(answer.given);
  if (claimed == 0) return;
  ++checked_;
  if (Copies(answer.position.index) >= claimed) return;
  doubtful_.push_back({answer.node, answer.position.index, claimed});
}

// What nobody has promised aloud may be there all the same.
void ClaimOracle::CheckDoubtful() {
  for (const NodeId replica : replicas_) {
    if (const auto view = look_(replica)) OnServing(*view);
  }
  for (const Claim& claim : doubtful_) {
    const std::size_t copies = Copies(claim.index);
    if (copies >= claim.copies) continue;
    log_->Add(claim.node, "claim",
              absl::StrCat("acknowledged log entry ", claim.index.value(),
                           " as held by ", claim.copies, " replicas, and ",
                           copies, " ever held it durably"),
              claim.index);
  }
  doubtful_.clear();
}

}  // namespace wringer::sim
