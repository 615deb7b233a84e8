// Campaigns whose runs are invented, so that a run may do anything.
#ifndef WR_TESTS_SIM_EXPLORE_CAMPAIGN_FIXTURE_H_
#define WR_TESTS_SIM_EXPLORE_CAMPAIGN_FIXTURE_H_

#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "sim/explore/campaign.h"

namespace wringer::sim {

inline RunRecord SampleRecord(std::uint64_t seed) {
  RunRecord record;
  record.scenario = "scenarios/a \"quoted\".toml";
  record.identity = "0123456789abcdef";
  record.seed = seed;
  record.build = "0.1.0 test";
  record.verdict = RunVerdict::kFailed;
  record.violation = "safety/lost-ack";
  record.fingerprint = "7f3a9c";
  record.rule = "oracle promise";
  record.role = "leader";
  record.phase = "serving";
  record.summary = "line one\nline two";
  record.digest = 0xfedcba9876543210;
  record.events = 51010;
  record.operations = 2862;
  record.operations_ok = 2803;
  record.simulated_ns = 6'050'000'000;
  record.faults = {{"crash", {3, 2, 1, 1}}, {"link", {1, 1, 0, 0}}};
  record.marks = {{"wal.torn_tail", 3}};
  record.mutants = {{"wal_ack_before_sync", 0}};
  record.real_ns = 297;
  record.cpu_ns = 59;
  record.worker = 1;
  return record;
}

// A folder of the test's own, gone afterwards.
class Scratch {
 public:
  Scratch() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            absl::StrCat("wringer-", test->name(), "-", ::getpid());
    std::filesystem::create_directories(path_);
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path(const std::string& name = "") const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  std::filesystem::path path_;
};

inline SeedPlan OneScenario(std::uint64_t first, std::uint64_t last) {
  PlannedScenario planned;
  planned.path = "invented.toml";
  planned.identity = "1111111111111111";
  std::vector<PlannedScenario> scenarios;
  scenarios.push_back(std::move(planned));
  return SeedPlan(std::move(scenarios), first, last);
}

inline CampaignOptions TwoWorkers() {
  CampaignOptions options;
  options.pool.workers = 2;
  options.build = "test";
  return options;
}

}  // namespace wringer::sim

#endif  // WR_TESTS_SIM_EXPLORE_CAMPAIGN_FIXTURE_H_
