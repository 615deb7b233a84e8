// Writing TOML: strings, lists, values.
#ifndef WR_SIM_SCENARIO_TOML_TOML_TEXT_H_
#define WR_SIM_SCENARIO_TOML_TOML_TEXT_H_

#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

// A basic string, with escapes: "say \"hi\"".
std::string Quoted(Slice text);
// As Quoted, but text of several lines becomes a """ string.
std::string QuotedText(Slice text);
// A key, bare where TOML allows it.
std::string KeyText(Slice key);
// ["a", "b"]
std::string QuotedList(const std::vector<std::string>& words);
// Any value on one line.
std::string ValueText(const DocValue& value);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TOML_TOML_TEXT_H_
