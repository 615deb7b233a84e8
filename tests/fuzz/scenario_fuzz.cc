// libFuzzer target: no bytes crash the parser, and what it accepts survives a
// round trip. Seeds: scenarios/ and tests/testdata/scenario_errors/.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "sim/scenario/file/scenario_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using wringer::sim::ParseResult;
  using wringer::sim::ParseScenario;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const ParseResult result = ParseScenario(text, "fuzz.toml");
  wringer::sim::Render(result.diagnostics);
  (void)wringer::sim::FormatScenario(text);
  for (const auto& d : result.diagnostics) {
    WR_CHECK(!d.help.empty());
  }
  if (result.ok()) {
    const std::string dump = wringer::sim::DumpScenario(*result.scenario);
    const ParseResult again = ParseScenario(dump, "dump.toml");
    WR_CHECK(again.ok());
    WR_CHECK(*again.scenario == *result.scenario);
  }
  return 0;
}
