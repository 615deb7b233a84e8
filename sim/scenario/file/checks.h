// Checks across tables: what single values cannot tell.
//
// Each runs only if every value of the tables it reads was right, so it may
// trust types and bounds. A check names the place by its dotted path.
#ifndef WR_SIM_SCENARIO_FILE_CHECKS_H_
#define WR_SIM_SCENARIO_FILE_CHECKS_H_

#include <functional>
#include <string>

#include "engine/base/slice.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

// Where a check reports. A path that the file does not write is shown at the
// nearest table above it.
class Findings {
 public:
  // REQUIRES: both outlive this.
  Findings(const DocValue* document, Problems* problems)
      : document_(*document), problems_(*problems) {}

  void Error(Slice path, std::string message, std::string help) {
    problems_.Error(Locate(document_, path).span, std::move(message),
                    std::move(help));
  }
  void Warning(Slice path, std::string message, std::string help) {
    problems_.Warning(Locate(document_, path).span, std::move(message),
                      std::move(help));
  }
  // True iff the file or a --set says it.
  bool IsWritten(Slice path) const { return sim::IsWritten(document_, path); }
  // The one-based line of a path, for references in messages.
  std::uint32_t LineOf(Slice path) const {
    return Locate(document_, path).span.line;
  }

 private:
  const DocValue& document_;
  Problems& problems_;
};

// What only the design's own parts know: levels and expectations that the
// chosen model never gives. Supplied by whoever may see their capabilities.
using DesignCheck = std::function<void(const Scenario&, Findings*)>;

void CheckDesign(const Scenario& scenario, Findings* findings);
void CheckWorld(const Scenario& scenario, Findings* findings);
void CheckWorkload(const Scenario& scenario, Findings* findings);
void CheckExpectations(const Scenario& scenario, Findings* findings);
// Faults one by one: targets, triggers, ids.
void CheckFaults(const Scenario& scenario, Findings* findings);
// Faults against each other: what is down when, and the nemesis's limits.
void CheckTimeline(const Scenario& scenario, Findings* findings);
// Axes and baseline of [matrix], against the schema.
void CheckMatrix(const DocValue& document, Problems* problems);

// True, or an error reported: the target exists in this cluster.
bool CheckTarget(const Scenario& scenario, const Target& target, Slice path,
                 Findings* findings);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_FILE_CHECKS_H_
