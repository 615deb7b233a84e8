// Names the kind of a failure, not the instance: equal for every run of one
// bug, different for different bugs, as far as an outside view can tell.
//
// It is made of the violation, the rule that was broken first, the role of the
// node that broke it and the phase it was in. Never of times, numbers of nodes,
// keys, seeds or line numbers, which differ from run to run and edit to edit.
#ifndef WR_SIM_EXPLORE_FINGERPRINT_H_
#define WR_SIM_EXPLORE_FINGERPRINT_H_

#include <string>

#include "engine/base/slice.h"

namespace wringer::sim {

struct FailureSignature {
  std::string violation;  // "safety/lost-ack"
  std::string rule;       // "oracle promise", "linearizable stale-read"
  std::string role;       // "leader"; empty if no node is to blame
  std::string phase;      // "recovering"; empty if it does not matter
};

// Six hex digits.
std::string FingerprintOf(const FailureSignature& signature);

// What of a crash's last words is equal for every run of one bug: the file and
// the condition of a failed check, without line number and figures.
//   "engine/wal/writer.cc:88: check failed: a <= b: 7 > 5 at n2"
//   -> "engine/wal/writer.cc a <= b"
std::string CrashRule(Slice last_words);

}  // namespace wringer::sim

#endif  // WR_SIM_EXPLORE_FINGERPRINT_H_
