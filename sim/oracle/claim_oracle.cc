#include "sim/oracle/claim_oracle.h"

#include "absl/strings/str_cat.h"

namespace wringer::sim {

using wire::WriteLevelKind;

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
  logs_.Held(sent.node, sent.promise->log.index);
}

void ClaimOracle::OnInstalled(const node::SnapshotInstalledAt& installed) {
  logs_.Held(installed.node, installed.position.index);
}

void ClaimOracle::OnServing(const node::NodeView& view) { logs_.Held(view); }

void ClaimOracle::OnWriteAnswered(const node::WriteAnswered& answer) {
  const std::size_t claimed = Claimed(answer.given);
  if (claimed == 0) return;
  ++checked_;
  if (logs_.Copies(answer.position.index) >= claimed) return;
  doubtful_.push_back({answer.node, answer.position.index, claimed});
}

void ClaimOracle::CheckDoubtful() {
  logs_.LookAround();
  for (const Claim& claim : doubtful_) {
    const std::size_t copies = logs_.Copies(claim.index);
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
