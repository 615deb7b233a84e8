// The command line of sweep, score, doctor, corpus and bisect. Beside main.cc
// the only file that knows CLI11; the commands get plain options.
#ifndef WR_SIM_CLI_CAMPAIGN_FLAGS_H_
#define WR_SIM_CLI_CAMPAIGN_FLAGS_H_

#include <CLI/CLI.hpp>
#include <functional>
#include <optional>
#include <string>

#include "sim/cli/commands.h"

namespace wringer::cli {

// --swarm, --beyond, --model.
void AddSwarm(CLI::App* app, SwarmFlags* flags);

struct CampaignFlags {
  std::string seeds;
  std::string seeds_from;
  std::string duration;
  std::string run_limit;
  std::string memory;
  std::string seed;  // of corpus and bisect
  SweepOptions sweep;
  ScoreOptions score;
  DoctorOptions doctor;
  CorpusOptions corpus;
  BisectOptions bisect;
};

// `add_common` adds the flags every command has. `flags` must outlive `top`.
void AddCampaignCommands(CLI::App* top,
                         const std::function<void(CLI::App*)>& add_common,
                         CampaignFlags* flags);

// Turns words into values. False, with the complaint, if one is wrong.
bool SettleCampaign(CampaignFlags* flags, std::string* complaint);

// Runs the command of that name; nothing if it is not one of these.
std::optional<int> RunCampaignCommand(const std::string& name,
                                      const CommonOptions& common,
                                      const CampaignFlags& flags);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_FLAGS_H_
