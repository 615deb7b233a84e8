#include "engine/node/contract/recent_requests.h"

#include "gtest/gtest.h"

namespace wringer::node {
namespace {

wire::ClientRequest Request(std::uint64_t client, std::uint64_t seq,
                            std::uint32_t attempt) {
  wire::ClientRequest request;
  request.command.client = ClientId{client};
  request.command.seq = RequestSeq{seq};
  request.attempt = attempt;
  return request;
}

TEST(RecentRequests, KnowADoubleButNotAnotherAttemptOrClient) {
  RecentRequests recent(8);
  EXPECT_TRUE(recent.Note(Request(1, 1, 1)));
  EXPECT_FALSE(recent.Note(Request(1, 1, 1)));
  EXPECT_TRUE(recent.Note(Request(1, 1, 2)));
  EXPECT_TRUE(recent.Note(Request(2, 1, 1)));
  EXPECT_TRUE(recent.Note(Request(1, 2, 1)));
}

TEST(RecentRequests, ForgetTheOldestBeyondTheirBound) {
  RecentRequests recent(3);
  for (std::uint64_t seq = 1; seq <= 4; ++seq) {
    EXPECT_TRUE(recent.Note(Request(1, seq, 1)));
  }
  EXPECT_FALSE(recent.Note(Request(1, 2, 1)));
  EXPECT_TRUE(recent.Note(Request(1, 1, 1)));
}

}  // namespace
}  // namespace wringer::node
