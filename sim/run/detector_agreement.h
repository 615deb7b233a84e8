// What failure detectors owe once a cluster is well: a node that lives is not
// taken for dead for ever.
//
// Advice may be wrong at any moment, and on a slow network it goes to and fro;
// so nobody is held to an opinion at one moment. But who lives, and is heard,
// must be taken for alive at least once by each of the others: the convergence
// of membership that SWIM promises (DSN 2002, section 4.2), and what a
// heartbeat that is heard at all means. A rumour that outlives its subject
// breaks it.
#ifndef WR_SIM_RUN_DETECTOR_AGREEMENT_H_
#define WR_SIM_RUN_DETECTOR_AGREEMENT_H_

#include <string>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "sim/cluster/sim_node.h"
#include "sim/scenario/scenario.h"

namespace wringer::sim {

class DetectorAgreement {
 public:
  // Of `core`, whose faults are healed. The nodes must outlive it.
  DetectorAgreement(const Scenario& scenario,
                    const std::vector<const SimNode*>& core);

  // How long the detector may take: each member has its turn, and is heard of.
  Nanos patience() const { return patience_; }
  // Everybody was taken for alive by everybody else, each at some call of this.
  bool Reached();
  // "n1 takes n3 for dead", of the last Reached(); empty if it was.
  std::string Accusation() const;

 private:
  struct Opinion {
    const SimNode* of;
    const SimNode* about;
  };

  Nanos patience_;
  std::vector<Opinion> open_;  // bad at every look so far
};

}  // namespace wringer::sim

#endif  // WR_SIM_RUN_DETECTOR_AGREEMENT_H_
