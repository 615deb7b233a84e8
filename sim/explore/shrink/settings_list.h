// The settings of a design that differ from the format's defaults, by walking
// the schema: what the shrinker tries to reset, and what a shrunk scenario has
// to say.
#ifndef WR_SIM_EXPLORE_SHRINK_SETTINGS_LIST_H_
#define WR_SIM_EXPLORE_SHRINK_SETTINGS_LIST_H_

#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.h"

namespace wringer::sim {

struct ChangedSetting {
  std::string path;      // "replication.raft.keep_entries"
  std::string value;     // as TOML text
  std::string standard;  // the default, as TOML text
};

// Of cluster, storage, wal, replication, network, disk, clocks, cpu and
// workload; without what makes another system or another question of it (the
// replication model, the number of nodes and clients) and without settings of
// a model that is not the chosen one.
std::vector<ChangedSetting> ChangedSettings(const Scenario& scenario);

// The scenario with these settings at their defaults; nothing if the format
// does not allow that.
std::optional<Scenario> WithDefaults(const Scenario& scenario,
                                     const std::vector<ChangedSetting>& which);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_SHRINK_SETTINGS_LIST_H_
