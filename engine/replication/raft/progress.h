// What a Raft leader knows of one member.
#ifndef WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_
#define WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_

#include <cstdint>

#include "engine/replication/shipping.h"

namespace wringer::replication::raft {

struct Progress : Shipping {
  std::uint64_t round = 0;        // newest round answered
  bool heard = false;             // answered since the last quorum check
  bool forgot = false;            // lost its disk; its answers decide nothing
  std::uint64_t forgot_life = 0;  // the life that said so
};

}  // namespace wringer::replication::raft

#endif  // WR_ENGINE_REPLICATION_RAFT_PROGRESS_H_
