// engine/replication/retransmission: growing patience, and its way back.
#include "engine/replication/retransmission.h"

#include "gtest/gtest.h"

namespace wringer::replication {
namespace {

// Heartbeats until it is due, this one included.
int Waits(Retransmission* r, std::uint64_t acknowledged) {
  int heartbeats = 1;
  while (!r->Due(acknowledged, /*complete=*/false)) ++heartbeats;
  return heartbeats;
}

TEST(Retransmission, PatienceDoublesWhileNothingIsHeard) {
  Retransmission r;
  for (const int expected : {1, 2, 4, 8, 16, 32, 64, 64}) {
    EXPECT_EQ(Waits(&r, 0), expected);
  }
}

TEST(Retransmission, EachHeartbeatWithNewsTakesAStepBack) {
  Retransmission r;
  for (int i = 0; i < 3; ++i) Waits(&r, 0);  // now eight are borne
  EXPECT_FALSE(r.Due(5, false));             // seven
  EXPECT_FALSE(r.Due(6, false));             // six
  EXPECT_EQ(Waits(&r, 6), 6);
}

TEST(Retransmission, NothingIsDueWhereAllIsAcknowledged) {
  Retransmission r;
  for (int i = 0; i < 200; ++i) EXPECT_FALSE(r.Due(0, /*complete=*/true));
  EXPECT_EQ(Waits(&r, 0), 1);
}

}  // namespace
}  // namespace wringer::replication
