// Help for tests of scenario files.
#ifndef WR_TESTS_SIM_SCENARIO_TESTING_H_
#define WR_TESTS_SIM_SCENARIO_TESTING_H_

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "sim/scenario/file/scenario_file.h"

namespace wringer::sim {

inline std::string SourcePath(const std::string& path) {
  return std::string(WR_SOURCE_DIR) + "/" + path;
}

inline std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline void WriteText(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

// True if goldens are to be rewritten instead of compared.
inline bool Rewriting() {
  const char* rewrite = std::getenv("WR_REWRITE");
  return rewrite != nullptr && std::string(rewrite) == "1";
}

// A file with `body` below the two required keys.
inline std::string File(const std::string& body) {
  return "format = 1\nname = \"test\"\n" + body;
}

inline ParseResult Parse(const std::string& body,
                         const ParseOptions& options = {}) {
  return ParseScenario(File(body), "test.toml", options);
}

// The messages of all diagnostics, one per line.
inline std::string Messages(const ParseResult& result) {
  std::string out;
  for (const Diagnostic& d : result.diagnostics) {
    out += d.message + "\n";
  }
  return out;
}

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_SCENARIO_TESTING_H_
