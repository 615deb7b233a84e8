// The files of tests/testdata/raft and tests/testdata/primary_backup: a
// protocol moved message by message. WR_REWRITE=1 stores what it does now.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "tests/datadriven/data_file.h"
#include "tests/engine/replication/group_script.h"

namespace wringer::replication {
namespace {

struct Case {
  std::string model;
  std::string path;
};

std::string Folder(const std::string& model) {
  return absl::StrCat(WR_SOURCE_DIR, "/tests/testdata/", model);
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (const char* model : {"raft", "primary_backup"}) {
    for (std::string& path : datadriven::DataFiles(Folder(model))) {
      cases.push_back({model, std::move(path)});
    }
  }
  return cases;
}

datadriven::Command Interpreter(GroupScript& script) {
  return [&script](const std::string& line) { return script.Run(line); };
}

class ProtocolData : public ::testing::TestWithParam<Case> {};

TEST_P(ProtocolData, HappensAsWritten) {
  GroupScript script(GetParam().model);
  EXPECT_EQ(datadriven::RunDataFile(GetParam().path, Interpreter(script)), "");
}

INSTANTIATE_TEST_SUITE_P(
    All, ProtocolData, ::testing::ValuesIn(Cases()), [](const auto& test) {
      std::string name =
          absl::StrCat(test.param.model, "_",
                       std::filesystem::path(test.param.path).stem().string());
      for (char& c : name) {
        if (c == '-') c = '_';
      }
      return name;
    });

#ifdef WR_MUTANTS_ENABLED
// Planted bugs that a file must notice.
struct Catch {
  Mutant mutant;
  const char* model;
  const char* file;
};

class MutantContext : public RunContext {
 public:
  explicit MutantContext(Mutant mutant) {
    mutants[std::size_t(mutant)].on = true;
    former_ = SetCurrentRun(this);
  }
  ~MutantContext() override { SetCurrentRun(former_); }

 private:
  RunContext* former_ = nullptr;
};

class ProtocolDataCatches : public ::testing::TestWithParam<Catch> {};

TEST_P(ProtocolDataCatches, ThePlantedBug) {
  const MutantContext context(GetParam().mutant);
  GroupScript script(GetParam().model);
  const std::string path =
      absl::StrCat(Folder(GetParam().model), "/", GetParam().file, ".txt");
  EXPECT_NE(datadriven::CompareDataFile(path, Interpreter(script)), "");
}

constexpr Catch kCatches[] = {
    {Mutant::kRaftVoteNotPersisted, "raft", "election-vote-durable"},
    {Mutant::kRaftForgetsVote, "raft", "election-keeps-vote"},
    {Mutant::kRaftCountsVoteReplies, "raft", "election-one-vote"},
    {Mutant::kRaftCommitsOldTerm, "raft", "figure-8"},
    {Mutant::kRaftTruncatesAlways, "raft", "log-late-messages"},
    {Mutant::kRaftCountsItselfEarly, "raft", "restart"},
    {Mutant::kRaftReadsBeforeCommit, "raft", "read-index-new-leader"},
    {Mutant::kRaftWipedNodeVotes, "raft", "wiped-voter"},
    {Mutant::kRaftTruncatesDamage, "raft", "damaged-entry"},
    {Mutant::kRaftChangeBeforeTermCommit, "raft", "membership-rules"},
    {Mutant::kRaftJointCountsUnion, "raft", "membership-joint"},
    {Mutant::kSnapshotCutsLog, "raft", "snapshot-keeps-suffix"},
    {Mutant::kLeaseFromReceipt, "raft", "lease"},
    {Mutant::kLeaseOnWallClock, "raft", "lease"},
    {Mutant::kLeaseNotRechecked, "raft", "lease"},
    {Mutant::kPbVisibleBeforeAck, "primary_backup", "visibility"},
    {Mutant::kPbClaimsAskedLevel, "primary_backup", "degrade"},
    {Mutant::kPbTruncateToSafe, "primary_backup", "diverged-backup"},
    {Mutant::kPbRejoinWithoutEpochCheck, "primary_backup", "diverged-backup"},
};

INSTANTIATE_TEST_SUITE_P(Mutants, ProtocolDataCatches,
                         ::testing::ValuesIn(kCatches), [](const auto& test) {
                           const Slice name = Info(test.param.mutant).name;
                           return std::string(name.data(), name.size());
                         });
#endif

}  // namespace
}  // namespace wringer::replication
