// The histories nobody here wrote, with the verdicts of those who recorded
// them. They are read from WRINGER_HISTORIES, since their licences keep them
// out of this tree; where they are missing the test says so aloud.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "reports/check/check_foreign.h"
#include "reports/history/import.h"

namespace wringer::reports {
namespace {

struct Judged {
  const char* file;
  const char* model;
  bool linearizable;
};

constexpr Judged kJudged[] = {
    {"jepsen-etcd/etcd_000.log", "cas-register", false},
    {"jepsen-etcd/etcd_001.log", "cas-register", false},
    {"jepsen-etcd/etcd_002.log", "cas-register", true},
    {"jepsen-etcd/etcd_003.log", "cas-register", false},
    {"jepsen-etcd/etcd_004.log", "cas-register", false},
    {"jepsen-etcd/etcd_005.log", "cas-register", true},
    {"jepsen-etcd/etcd_006.log", "cas-register", false},
    {"jepsen-etcd/etcd_007.log", "cas-register", true},
    {"jepsen-etcd/etcd_008.log", "cas-register", false},
    {"jepsen-etcd/etcd_009.log", "cas-register", false},
    {"jepsen-etcd/etcd_010.log", "cas-register", false},
    {"jepsen-etcd/etcd_011.log", "cas-register", false},
    {"jepsen-etcd/etcd_012.log", "cas-register", false},
    {"jepsen-etcd/etcd_013.log", "cas-register", false},
    {"jepsen-etcd/etcd_014.log", "cas-register", false},
    {"jepsen-etcd/etcd_015.log", "cas-register", false},
    {"jepsen-etcd/etcd_016.log", "cas-register", false},
    {"jepsen-etcd/etcd_017.log", "cas-register", false},
    {"jepsen-etcd/etcd_018.log", "cas-register", true},
    {"jepsen-etcd/etcd_019.log", "cas-register", false},
    {"jepsen-etcd/etcd_020.log", "cas-register", false},
    {"jepsen-etcd/etcd_021.log", "cas-register", false},
    {"jepsen-etcd/etcd_022.log", "cas-register", false},
    {"jepsen-etcd/etcd_023.log", "cas-register", false},
    {"jepsen-etcd/etcd_024.log", "cas-register", false},
    {"porcupine-kv/c01-ok.txt", "kv", true},
    {"porcupine-kv/c10-ok.txt", "kv", true},
    {"porcupine-kv/c01-bad.txt", "kv", false},
    {"porcupine-kv/c10-bad.txt", "kv", false},
    {"knossos/good/cas-register-bug.edn", "cas-register", true},
    {"knossos/good/memstress3-0.edn", "cas-register", true},
    {"knossos/good/memstress3-1.edn", "cas-register", true},
    {"knossos/good/memstress3-20.edn", "cas-register", true},
    {"knossos/good/memstress3-40.edn", "cas-register", true},
    {"knossos/good/memstress3-95.edn", "cas-register", true},
    {"knossos/good/mongodb-v0-ack-rollback-0.edn", "cas-register", true},
    {"knossos/good/mongodb-v0-ack-rollback-10.edn", "cas-register", true},
    {"knossos/good/multi-register.edn", "multi-register", true},
    {"knossos/bad/cas-failure.edn", "cas-register", false},
    {"knossos/bad/immediate-failure.edn", "cas-register", false},
    {"knossos/bad/mutex-etcd.edn", "mutex", false},
    {"knossos/bad/rethink-fail-minimal.edn", "cas-register", false},
    {"knossos/bad/rethink-fail-smaller.edn", "cas-register", false},
};

std::filesystem::path Folder() {
  const char* named = std::getenv("WRINGER_HISTORIES");
  if (named != nullptr && *named != '\0') return named;
  return std::filesystem::path(WR_SOURCE_DIR) / ".." / "shared" / "histories";
}

absl::StatusOr<ForeignHistory> Import(const Judged& judged,
                                      const std::string& text) {
  ImportOptions options;
  EXPECT_TRUE(ParseForeignModel(judged.model, &options.model));
  const std::string file = judged.file;
  if (file.find(".log") != std::string::npos) {
    return ImportJepsenLog(text, options);
  }
  if (file.find("porcupine") == 0) return ImportPorcupineKv(text);
  return ImportJepsenEdn(text, options);
}

TEST(JudgedHistories, AllVerdictsAreThoseOfTheirRecorders) {
  if (!std::filesystem::is_directory(Folder())) {
    std::cout << "NOT CHECKED: no histories in " << Folder()
              << "; set WRINGER_HISTORIES to judge the 43 real ones.\n";
    return;
  }
  int judged_files = 0;
  for (const Judged& judged : kJudged) {
    SCOPED_TRACE(judged.file);
    std::ifstream file(Folder() / judged.file);
    ASSERT_TRUE(file.good());
    std::stringstream text;
    text << file.rdbuf();
    const auto history = Import(judged, text.str());
    ASSERT_TRUE(history.ok()) << history.status();
    const CheckResult result = CheckForeign(*history);
    EXPECT_EQ(result.status, judged.linearizable ? CheckStatus::kHolds
                                                 : CheckStatus::kViolated)
        << (result.notes.empty() ? "" : result.notes[0]);
    if (std::getenv("WRINGER_VERBOSE") != nullptr) {
      std::cout << judged.file << " " << result.steps << " steps\n";
      for (const Finding& finding : result.findings) {
        for (const OpIndex op : finding.ops) {
          std::cout << "    " << ForeignOpText(*history, history->ops[op])
                    << "\n";
        }
        for (const std::string& line : finding.explanation) {
          std::cout << "  " << line << "\n";
        }
      }
    }
    ++judged_files;
  }
  std::cout << judged_files << " judged histories checked\n";
  EXPECT_EQ(judged_files, 43);
}

}  // namespace
}  // namespace wringer::reports
