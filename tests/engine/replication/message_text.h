// How the messages of the log models read in data-driven tests.
#ifndef WR_TESTS_ENGINE_REPLICATION_MESSAGE_TEXT_H_
#define WR_TESTS_ENGINE_REPLICATION_MESSAGE_TEXT_H_

#include "tests/engine/replication/replica_group.h"

namespace wringer::replication {

// "Append t2 prev=1/3 commit=2 round=1 [2/4 a]". The first word is the kind.
ReplicaGroup::Words RaftWords();
ReplicaGroup::Words PrimaryBackupWords();

}  // namespace wringer::replication

#endif  // WR_TESTS_ENGINE_REPLICATION_MESSAGE_TEXT_H_
