// What kind of damage it was when an old version was seen after a newer one:
// was the newer write lost, was the reader behind, or were there two leaders?
// Decided on evidence in the history; the sentence names it.
#ifndef WR_REPORTS_CHECK_FACTS_CLASSIFY_H_
#define WR_REPORTS_CHECK_FACTS_CLASSIFY_H_

#include <string>

#include "reports/check/facts/index.h"

namespace wringer::reports {

struct Damage {
  std::string kind;      // "lost-ack", "stale-read", "dirty-read", ...
  std::string evidence;  // one sentence
};

// `reader` saw a version older than that of `victim`, a write of the same key
// known to be done before `reader` was called.
Damage Classify(const HistoryIndex& index, OpIndex reader, OpIndex victim);

// The reader spoke for the store: it did not ask for, and was not given, a
// weak answer, no follower gave it, and no second leader was about.
bool SpokeForTheStore(const History& history, OpIndex reader, OpIndex victim);

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_FACTS_CLASSIFY_H_
