// What a campaign keeps of one run: one line of JSON that proves itself whole.
//
//   {"format":"wringer-record-1","scenario":...,"seed":"0x5eed", ...
//   ,"crc":"9f3c5b02"}
//
// The last field is the CRC-32C of every byte before it, so that a line torn by
// a kill, or damaged later, is told from a record and skipped. Everything that
// depends on the host stands in the one object "environment"; the rest is a
// function of (build, scenario, seed).
#ifndef WR_SIM_EXPLORE_RUN_RECORD_H_
#define WR_SIM_EXPLORE_RUN_RECORD_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/base/slice.h"

namespace wringer::sim {

enum class RunVerdict : std::uint8_t { kPassed, kFailed, kInconclusive };
Slice RunVerdictName(RunVerdict verdict);  // "passed", ...

// What faults of one kind did in a run, or in all runs of a campaign.
struct FaultCounts {
  std::uint64_t planned = 0;
  std::uint64_t fired = 0;
  std::uint64_t effective = 0;
  std::uint64_t masked = 0;
  void Add(const FaultCounts& more);
  // Fired where it could have bitten, and nothing came of it.
  std::uint64_t idle() const { return fired - effective - masked; }
  bool operator==(const FaultCounts&) const = default;
};

using NamedCounts = std::vector<std::pair<std::string, std::uint64_t>>;

struct RunRecord {
  std::string scenario;  // path, as the campaign was given it
  std::string identity;  // of the resolved scenario, settings included
  std::uint64_t seed = 0;
  std::string build;  // "0.1.0 1a2b3c4"

  RunVerdict verdict = RunVerdict::kPassed;
  std::string violation;    // "safety/lost-ack"; empty unless failed
  std::string fingerprint;  // six hex digits; empty unless failed
  std::string rule;         // what the fingerprint is made of
  std::string role;
  std::string phase;
  std::string summary;

  std::uint64_t digest = 0;
  std::uint64_t events = 0;
  std::uint64_t operations = 0;
  std::uint64_t operations_ok = 0;
  std::int64_t simulated_ns = 0;
  std::vector<std::pair<std::string, FaultCounts>> faults;  // by kind
  NamedCounts marks;                                        // reached ones
  NamedCounts mutants;  // switched on, with executions

  std::int64_t real_ns = 0;  // environment: of the host
  std::int64_t cpu_ns = 0;
  std::int64_t worker = -1;  // -1: written by the collector

  bool operator==(const RunRecord&) const = default;
};

// One line, without its end.
std::string EncodeRecord(const RunRecord& record);
// kDataLoss if the line is torn or damaged, kInvalidArgument if it is whole and
// of another format.
absl::StatusOr<RunRecord> DecodeRecord(Slice line);

// "0x5eed", as seeds are written everywhere.
std::string SeedName(std::uint64_t seed);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_RUN_RECORD_H_
