// What a sweep shows while it runs: on a terminal one line redrawn, in a log
// the same line each half minute, and a line for each new kind of failure.
#ifndef WR_SIM_CLI_CAMPAIGN_SWEEP_SCREEN_H_
#define WR_SIM_CLI_CAMPAIGN_SWEEP_SCREEN_H_

#include <cstdint>
#include <optional>
#include <string>

#include "reports/render/style.h"
#include "sim/cli/commands.h"
#include "sim/explore/tally.h"

namespace wringer::cli {

class SweepScreen {
 public:
  // `runs` and `real_ns`: how much there is to do, if that is known.
  SweepScreen(const CommonOptions& common, const sim::Tally* tally,
              std::uint64_t resumed, std::optional<std::uint64_t> runs,
              std::optional<std::int64_t> real_ns);

  // Draws if it is time to.
  void Tick();
  void OnRecord(const sim::RunRecord& record, bool new_kind);
  // Takes the redrawn line away.
  void Clear() const;

  std::int64_t real_ns() const;  // since this was made

 private:
  std::string Line() const;
  std::string Progress() const;

  const bool quiet_;
  const sim::Tally& tally_;
  const std::uint64_t resumed_;
  const std::optional<std::uint64_t> runs_;
  const std::optional<std::int64_t> budget_ns_;
  const reports::Style style_;
  const bool live_;
  const std::int64_t began_ns_;
  const std::int64_t simulated_before_ns_;
  std::int64_t drawn_ns_ = 0;
  std::int64_t new_mark_ns_ = 0;  // when the last new mark was reached
  std::size_t marks_ = 0;
};

// "03:12", "1:00:07".
std::string ClockText(std::int64_t ns);

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_SWEEP_SCREEN_H_
