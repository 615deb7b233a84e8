// The questions `wringer doctor` asks, each a function with one answer.
#ifndef WR_SIM_CLI_CAMPAIGN_DOCTOR_CHECKS_H_
#define WR_SIM_CLI_CAMPAIGN_DOCTOR_CHECKS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "sim/cli/commands.h"

namespace wringer::cli {

enum class Health : std::uint8_t {
  kFact,  // nothing to judge
  kGood,
  kUnknown,  // could not be tried here, and why
  kBad,
};

struct Diagnosis {
  Health health = Health::kFact;
  std::string name;
  std::string text;
  ExitCode code = kSelfTestFailed;  // if it is bad
};

// Version, commit, compiler, flags, the hash of the executable.
Diagnosis BuildFacts();
// Cores, memory, and the programs that building and --deep need.
std::vector<Diagnosis> MachineFacts();
// One run twice has one digest.
Diagnosis CheckRepeat();
// Every kind of fault has an effect, and is missed when it is made inert.
std::vector<Diagnosis> CheckBites();
// A planted bug is found, and the same world without it is clean.
Diagnosis CheckCanary();
// A crash, a hang and a memory blow-up of a worker are told apart.
Diagnosis CheckWorkers();
// Digests as stored in the checkout.
Diagnosis CheckStoredDigests();
// scripts/determinism-matrix: every compiler, and without FMA. Minutes.
Diagnosis CheckMatrix();

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_DOCTOR_CHECKS_H_
