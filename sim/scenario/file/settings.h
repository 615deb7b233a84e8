// --set KEY=VALUE: changes a document before it is read.
#ifndef WR_SIM_SCENARIO_FILE_SETTINGS_H_
#define WR_SIM_SCENARIO_FILE_SETTINGS_H_

#include <cstdint>
#include <string>

#include "engine/base/slice.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

// Puts the setting, as the command line gave it, into the document. KEY is a
// dotted path; a fault of the timeline goes by id or position:
// faults.timeline.cut.for=1s. VALUE is TOML, or plain text where the key takes
// a string. `source` (from 1) goes into the spans; a repeated key wins over
// earlier ones. The value itself is judged when the document is read.
void ApplySetting(Slice setting, std::uint32_t source, DocValue* document,
                  Problems* problems);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_FILE_SETTINGS_H_
