// Reads a document into structs, as the schema says, and reports every mistake
// it meets.
#ifndef WR_SIM_SCENARIO_FILE_BINDER_H_
#define WR_SIM_SCENARIO_FILE_BINDER_H_

#include <string>

#include "engine/base/slice.h"
#include "sim/scenario/scenario.h"
#include "sim/scenario/schema/schema.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

// Reads `document` into `scenario`, which keeps its defaults where the
// document is silent or wrong.
void BindScenario(const DocValue& document, Scenario* scenario,
                  Problems* problems);

// Reads one value into the place `path` names. REQUIRES: FindField(path) is a
// value.
void BindValue(Slice path, const DocValue& value, Scenario* scenario,
               Problems* problems);

// Help for a path that the schema does not know: the nearest, or the tables
// that know its last key.
std::string HelpForUnknownPath(Slice path);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_FILE_BINDER_H_
