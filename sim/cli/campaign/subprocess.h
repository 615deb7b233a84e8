// Other programs, run and waited for: git, cmake, our own scripts.
#ifndef WR_SIM_CLI_CAMPAIGN_SUBPROCESS_H_
#define WR_SIM_CLI_CAMPAIGN_SUBPROCESS_H_

#include <string>
#include <vector>

namespace wringer::cli {

struct Subprocess {
  std::vector<std::string> words;  // the program is looked for on PATH
  std::string folder;              // to run in; empty: ours
  bool capture = true;             // stdout into the result, else ours
};

struct Ended {
  int code = -1;    // exit code; 128 + signal; 127 if it could not be started
  std::string out;  // stdout, if captured
  bool ok() const { return code == 0; }
};

Ended RunProgram(const Subprocess& program);

// Processors of this machine, at least 1.
int Cores();

// The first line of what a program says, or "" if it failed.
std::string FirstLineOf(const std::vector<std::string>& words);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SUBPROCESS_H_
