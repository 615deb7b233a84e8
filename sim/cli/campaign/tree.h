// The checkout this tool belongs to, for what needs more than the binary:
// scripts, stored digests, regressions.
#ifndef WR_SIM_CLI_CAMPAIGN_TREE_H_
#define WR_SIM_CLI_CAMPAIGN_TREE_H_

#include <string>

namespace wringer::cli {

// Above the current folder, else above the executable; "" if neither is in one.
std::string FindTree();

}  // namespace wringer::cli

#endif  // WR_SIM_CLI_CAMPAIGN_TREE_H_
