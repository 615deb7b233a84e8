#include "tests/datadriven/data_file.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace wringer::datadriven {
namespace {

std::string ReadText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::string Run(const DataCase& data, const Command& command) {
  std::string out;
  for (const std::string& line : data.commands) out += command(line);
  return out;
}

bool Rewriting() {
  const char* rewrite = std::getenv("WR_REWRITE");
  return rewrite != nullptr && std::string(rewrite) == "1";
}

}  // namespace

std::vector<DataCase> ParseDataFile(const std::string& text) {
  std::vector<DataCase> cases;
  std::istringstream in(text);
  DataCase now;
  bool output = false;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (output && !line.empty()) {
      absl::StrAppend(&now.expected, line, "\n");
      continue;
    }
    if (output) {
      cases.push_back(std::move(now));
      now = {};
      output = false;
      continue;
    }
    if (line == "----") {
      output = true;
      continue;
    }
    absl::StrAppend(&now.head, line, "\n");
    if (line.empty() || line[0] == '#') continue;
    if (now.commands.empty()) now.line = number;
    now.commands.push_back(line);
  }
  if (output || !now.head.empty()) cases.push_back(std::move(now));
  return cases;
}

std::string CompareDataFile(const std::string& path, const Command& command) {
  const std::vector<DataCase> cases = ParseDataFile(ReadText(path));
  if (cases.empty()) return absl::StrCat(path, " holds no case");
  for (const DataCase& data : cases) {
    const std::string got = Run(data, command);
    if (got == data.expected) continue;
    return absl::StrCat(path, ":", data.line, "\n", data.head,
                        "---- expected\n", data.expected, "---- got\n", got);
  }
  return "";
}

std::string RunDataFile(const std::string& path, const Command& command) {
  if (!Rewriting()) return CompareDataFile(path, command);
  std::string text;
  for (const DataCase& data : ParseDataFile(ReadText(path))) {
    if (!text.empty()) text += "\n";
    absl::StrAppend(&text, data.head);
    if (data.commands.empty()) continue;
    absl::StrAppend(&text, "----\n", Run(data, command));
  }
  std::ofstream(path, std::ios::binary) << text;
  return "";
}

std::vector<std::string> DataFiles(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace wringer::datadriven
