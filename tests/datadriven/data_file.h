// Tests as text: commands, a line "----", and what they print.
//
//   # A comment, kept as it stands.
//   propose n1 a
//   stabilize
//   ----
//   n1 commit 2
//
// A case ends at an empty line; its output has none. WR_REWRITE=1 stores what
// the commands print now instead of comparing: read the diff before keeping it.
#ifndef WR_TESTS_DATADRIVEN_DATA_FILE_H_
#define WR_TESTS_DATADRIVEN_DATA_FILE_H_

#include <functional>
#include <string>
#include <vector>

namespace wringer::datadriven {

struct DataCase {
  int line = 0;                       // of its first command, from 1
  std::string head;                   // comments and commands as written
  std::vector<std::string> commands;  // without comments
  std::string expected;               // each line ends in '\n'
};

// The cases of a file. What follows the last "----" block and is no comment is
// a case without an expectation.
std::vector<DataCase> ParseDataFile(const std::string& text);

// Carries out one command; returns lines, each ending in '\n'.
using Command = std::function<std::string(const std::string& line)>;

// Runs all cases in order through `command`. Returns the first difference as
// text for people, empty if there is none.
std::string CompareDataFile(const std::string& path, const Command& command);

// The same, except that with WR_REWRITE=1 the file is rewritten.
std::string RunDataFile(const std::string& path, const Command& command);

// The .txt files of a folder, sorted.
std::vector<std::string> DataFiles(const std::string& folder);

}  // namespace wringer::datadriven

#endif  // WR_TESTS_DATADRIVEN_DATA_FILE_H_
