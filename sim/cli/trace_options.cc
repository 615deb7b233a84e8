#include "sim/cli/trace_options.h"

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "sim/cli/terminal.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::cli {
namespace {

// "n2", "m1", "c3"; 0 if it is no node's name.
NodeId NodeOf(Slice word) {
  std::uint32_t number = 0;
  if (word.size() < 2 || !absl::SimpleAtoi(word.substr(1), &number)) {
    return kNoNode;
  }
  switch (word[0]) {
    case 'n':
      return NodeId(number);
    case 'm':
      return NodeId(kConfigNodeBase + number);
    case 'c':
      return NodeId(kClientNodeBase + number);
    default:
      return kNoNode;
  }
}

bool ParseFilter(const std::vector<std::string>& words,
                 sim::TraceFilter* filter) {
  for (const std::string& word : words) {
    if (word == "all") continue;
    env::Component component = env::Component::kNode;
    if (sim::FindComponent(word, &component)) {
      filter->components.push_back(component);
    } else if (const NodeId node = NodeOf(word); node != kNoNode) {
      filter->nodes.push_back(node);
    } else {
      std::vector<Slice> known = {"all"};
      for (int i = 0; i < int(env::Component::kCount); ++i) {
        known.push_back(env::ComponentName(env::Component(i)));
      }
      const auto near = sim::Nearest(word, known);
      Complain(
          absl::StrCat("--log: no node and no part is called \"", word, "\""),
          near ? absl::StrCat("did you mean \"", *near, "\"?")
               : absl::StrCat("nodes are n1, m1, c1...; parts are ",
                              sim::Listed(known)));
      return false;
    }
  }
  return true;
}

}  // namespace

bool AddTraceOptions(const RunOptionsCli& options, sim::RunOptions* run) {
  if (!ParseFilter(options.log, &run->trace_filter)) return false;
  const bool window = options.log_from || options.log_to;
  if (options.log.empty() && !window) return true;
  const Nanos from = options.log_from.value_or(0);
  const Nanos to = options.log_to.value_or(INT64_MAX);
  run->trace_sink = [from, to](const sim::TraceLine& line) {
    if (line.at < from || line.at > to) return;
    Out(sim::TraceText(line) + "\n");
  };
  return true;
}

}  // namespace wringer::cli
