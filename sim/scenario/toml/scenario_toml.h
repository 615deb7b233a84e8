// TOML text to a DocValue: the only place that knows toml++.
#ifndef WR_SIM_SCENARIO_TOML_SCENARIO_TOML_H_
#define WR_SIM_SCENARIO_TOML_SCENARIO_TOML_H_

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/slice.h"
#include "sim/scenario/toml/document.h"

namespace wringer::sim {

struct SyntaxError {
  Span span;
  std::string message;
  std::string help;  // never empty
};

// The document, or the first mistake of syntax. `source` goes into every span.
std::optional<SyntaxError> ParseToml(Slice text, std::uint32_t source,
                                     DocValue* document);

// What to write instead, from the parser's words and the text around the
// place. May widen `error->span` to the offending token.
void ExplainSyntax(Slice text, SyntaxError* error);

// The n-th line of a text, from 1, without its end; "" beyond the last.
Slice LineOf(Slice text, std::uint32_t line);

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TOML_SCENARIO_TOML_H_
