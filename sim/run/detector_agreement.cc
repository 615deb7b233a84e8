#include "sim/run/detector_agreement.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "sim/cluster/translate.h"

namespace wringer::sim {

DetectorAgreement::DetectorAgreement(const Scenario& scenario,
                                     const std::vector<const SimNode*>& core) {
  const DetectorSpec& spec = scenario.replication.detector;
  // SWIM needs a round of its periods for a turn, and a few for the news.
  const auto round = static_cast<Nanos>(ReplicasOf(scenario).size() + 1);
  patience_ =
      std::max(scenario.run.settle, 2 * (round * spec.interval + spec.timeout));
  for (const SimNode* of : core) {
    for (const SimNode* about : core) {
      if (of != about) open_.push_back({of, about});
    }
  }
}

bool DetectorAgreement::Reached() {
  std::erase_if(open_, [](const Opinion& opinion) {
    return !opinion.of->serving() || !opinion.about->serving() ||
           !opinion.of->process().Suspects(opinion.about->id());
  });
  return open_.empty();
}

std::string DetectorAgreement::Accusation() const {
  if (open_.empty()) return "";
  return absl::StrCat(NodeName(open_[0].of->id()), " takes ",
                      NodeName(open_[0].about->id()), " for dead");
}

}  // namespace wringer::sim
