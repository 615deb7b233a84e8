// Delivery, order, loss, duplication, bandwidth, crashes.
#include <algorithm>

#include "tests/sim/net/net_fixture.h"

namespace wringer::sim {
namespace {

TEST(Network, AMessageArrivesOnceAfterTheLatencyOfItsLink) {
  Net net(true, Constant(100 * kMicrosecond));
  net.n1.Send(kN2, "hello");
  net.RunFor(kMillisecond);
  const Heard wanted{100 * kMicrosecond, kN1, "hello"};
  EXPECT_EQ(net.n2.heard, std::vector<Heard>{wanted});
  EXPECT_TRUE(net.n3.heard.empty());
  EXPECT_EQ(net.network.in_flight(), 0u);
}

TEST(Network, ItLeavesOnceTheSendersCpuIsDoneWithWhatCameBefore) {
  Net net(true, Constant(100 * kMicrosecond));
  net.n1.runtime().Charge(30 * kMicrosecond);
  net.n1.Send(kN2, "after work");
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 1u);
  EXPECT_EQ(net.n2.heard[0].at, 130 * kMicrosecond);
}

TEST(Network, LatencyStaysWithinItsRangeAndFillsIt) {
  Net net(false, Spread(100, 200));
  for (int i = 0; i < 2000; ++i) net.n1.Send(kN2, "x");
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 2000u);
  const auto [least, most] = std::minmax_element(
      net.n2.heard.begin(), net.n2.heard.end(),
      [](const Heard& a, const Heard& b) { return a.at < b.at; });
  EXPECT_EQ(least->at, 100);
  EXPECT_EQ(most->at, 200);
}

TEST(Network, TheExponentialTailHasTheMeanAskedFor) {
  LinkModel model = Constant(0);
  model.latency.tail = 10 * kMicrosecond;
  Net net(false, model);
  for (int i = 0; i < 20000; ++i) net.n1.Send(kN2, "x");
  net.RunFor(kSecond);
  Nanos total = 0;
  for (const Heard& h : net.n2.heard) total += h.at;
  EXPECT_NEAR(double(total) / 20000, 10000.0, 300.0);
}

TEST(Network, FifoKeepsTheOrderOfAPairWhateverTheLatencies) {
  Net net(true, Spread(0, kMillisecond));
  net.Burst(200, 10 * kMicrosecond);
  net.RunFor(10 * kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 200u);
  for (std::size_t i = 0; i < 200; ++i) {
    EXPECT_EQ(net.n2.heard[i].bytes, std::to_string(i));
  }
}

TEST(Network, AnyOrderLetsMessagesOvertake) {
  Net net(false, Spread(0, kMillisecond));
  net.Burst(200, 10 * kMicrosecond);
  net.RunFor(10 * kMillisecond);
  std::vector<std::string> words = net.n2.Words();
  ASSERT_EQ(words.size(), 200u);
  EXPECT_NE(words.front() + words[1] + words[2], "012");
}

TEST(Network, DetoursReorderAPerfectLinkOfAnyOrder) {
  LinkModel model = Constant(1000);
  model.reorder_ppm = 200'000;
  Net any(false, model);
  Net fifo(true, model);
  for (Net* net : {&any, &fifo}) {
    net->Burst(100, 10);
    net->RunFor(10 * kMillisecond);
    ASSERT_EQ(net->n2.heard.size(), 100u);
  }
  EXPECT_NE(any.n2.Words(), fifo.n2.Words());
  EXPECT_EQ(fifo.n2.heard.back().at - fifo.n2.heard.front().at, 99 * 10);
}

TEST(Network, LossTakesTheShareAskedForAndNothingElse) {
  LinkModel model = Constant(1000);
  model.loss_ppm = 100'000;
  Net net(true, model);
  for (int i = 0; i < 10000; ++i) net.n1.Send(kN2, "x");
  net.RunFor(kMillisecond);
  EXPECT_NEAR(double(net.n2.heard.size()), 9000, 100);
  EXPECT_EQ(net.network.stats().lost + net.n2.heard.size(), 10000u);
}

TEST(Network, DuplicationDeliversTwice) {
  LinkModel model = Constant(1000);
  model.duplicate_ppm = 1'000'000;
  Net net(true, model);
  net.n1.Send(kN2, "twice");
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.Words(), (std::vector<std::string>{"twice", "twice"}));
  EXPECT_EQ(net.network.stats().duplicated, 1u);
}

TEST(Network, BandwidthMakesMessagesQueueForTheLine) {
  LinkModel model = Constant(0);
  model.bytes_per_second = 1'000'000;  // 1 us a byte
  Net net(true, model);
  net.n1.Send(kN2, std::string(100, 'a'));
  net.n1.Send(kN2, std::string(50, 'b'));
  net.n1.Send(kN3, std::string(10, 'c'));  // another line
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 2u);
  EXPECT_EQ(net.n2.heard[0].at, 100 * kMicrosecond);
  EXPECT_EQ(net.n2.heard[1].at, 150 * kMicrosecond);
  ASSERT_EQ(net.n3.heard.size(), 1u);
  EXPECT_EQ(net.n3.heard[0].at, 10 * kMicrosecond);
}

TEST(Network, AMessageToOneselfIsNeverLost) {
  LinkModel model = Constant(kMillisecond);
  model.loss_ppm = 1'000'000;
  Net net(true, model);
  net.n1.Send(kN1, "me");
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n1.heard.size(), 1u);
  EXPECT_EQ(net.n1.heard[0].at, kMicrosecond);
}

TEST(Network, ClientsReachServersAndNotEachOther) {
  Net net;
  net.c1.Send(kN1, "request");
  net.c1.Send(kC2, "gossip");
  net.n1.Send(kC1, "reply");
  net.n1.Send(NodeId(77), "nobody");
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n1.heard.size(), 1u);
  EXPECT_EQ(net.c1.heard.size(), 1u);
  EXPECT_EQ(net.network.stats().misaddressed, 2u);
  EXPECT_FALSE(net.network.HasLink(kC1, kC2));
}

TEST(Network, OneLinkCanBeUnlikeTheOthers) {
  Net net(true, Constant(1000));
  net.network.SetModel(kN1, kN2, Constant(5000));
  net.n1.Send(kN2, "slow");
  net.n2.Send(kN1, "fast");
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.heard[0].at, 5000);
  EXPECT_EQ(net.n1.heard[0].at, 1000);
}

// ---- crashes ----

TEST(NetworkCrash, FifoLosesWhatWasInFlightToTheDead) {
  Net net(true, Constant(kMillisecond));
  net.n1.Send(kN2, "old connection");
  net.n2.Crash();
  net.n2.Boot();
  net.n1.Send(kN2, "new connection");
  net.RunFor(10 * kMillisecond);
  EXPECT_EQ(net.n2.Words(), std::vector<std::string>{"new connection"});
  EXPECT_EQ(net.network.in_flight(), 0u);
}

TEST(NetworkCrash, AnyOrderMessagesMeetTheNextIncarnation) {
  Net net(false, Constant(kMillisecond));
  net.n1.Send(kN2, "outlives");
  net.n2.Crash();
  net.n2.Boot();
  net.RunFor(10 * kMillisecond);
  EXPECT_EQ(net.n2.Words(), std::vector<std::string>{"outlives"});
}

TEST(NetworkCrash, NothingReachesANodeThatIsDown) {
  for (const bool fifo : {true, false}) {
    Net net(fifo, Constant(kMillisecond));
    net.n2.Crash();
    net.n1.Send(kN2, "too early");
    net.RunFor(2 * kMillisecond);
    net.n2.Boot();
    net.RunFor(10 * kMillisecond);
    EXPECT_TRUE(net.n2.heard.empty());
    EXPECT_EQ(net.network.stats().lost, 1u);
    EXPECT_EQ(net.network.in_flight(), 0u);
  }
}

TEST(NetworkCrash, WordsOfADeadSenderStillArrive) {
  for (const bool fifo : {true, false}) {
    Net net(fifo, Constant(kMillisecond));
    net.n1.Send(kN2, "last words");
    net.RunFor(10);
    net.n1.Crash();
    net.RunFor(10 * kMillisecond);
    EXPECT_EQ(net.n2.Words(), std::vector<std::string>{"last words"});
  }
}

TEST(NetworkCrash, WhatHadNotLeftTheSenderDiesWithIt) {
  Net net(true, Constant(kMillisecond));
  net.n1.runtime().Charge(kMillisecond);
  net.n1.Send(kN2, "still computing");
  net.n1.Crash();
  net.RunFor(10 * kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
}

TEST(NetworkCrash, WhatStoodInLineAtAPausedNodeDiesWithIt) {
  for (const bool fifo : {true, false}) {
    Net net(fifo, Constant(kMillisecond));
    net.n2.runtime().Pause();
    net.n1.Send(kN2, "in the socket buffer");
    net.RunFor(5 * kMillisecond);
    net.n2.Crash();
    net.n2.Boot();
    net.RunFor(5 * kMillisecond);
    EXPECT_TRUE(net.n2.heard.empty());
    EXPECT_EQ(net.network.in_flight(), 0u);
  }
}

TEST(NetworkCrash, APausedNodeHearsEverythingLater) {
  Net net(true, Constant(kMillisecond));
  net.n2.runtime().Pause();
  net.n1.Send(kN2, "patience");
  net.RunFor(5 * kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  EXPECT_EQ(net.network.WaitingFor(kN2), 1u);
  net.n2.runtime().Resume();
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.heard.size(), 1u);
}

TEST(NetworkCrash, SendingFromBeyondTheGraveIsADefectAndGoesNowhere) {
  Net net;
  net.n1.bus().Fence();
  net.n1.Send(kN2, "boo");
  net.RunFor(kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  ASSERT_EQ(net.n1.runtime().defects().size(), 1u);
  EXPECT_NE(net.n1.runtime().defects()[0].find("sends to n2"),
            std::string::npos);
}

// ---- determinism ----

std::uint64_t DigestOf(std::uint64_t seed) {
  LinkModel model = Spread(100, 10000);
  model.latency.tail = 500;
  model.loss_ppm = 50'000;
  model.duplicate_ppm = 50'000;
  Net net(true, model, seed);
  net.Burst(500, 700);
  net.RunFor(kSecond);
  return net.world.digest();
}

TEST(NetworkDraws, EqualSeedsGiveEqualRunsAndOthersDoNot) {
  EXPECT_EQ(DigestOf(1), DigestOf(1));
  EXPECT_NE(DigestOf(1), DigestOf(2));
}

TEST(NetworkDraws, TrafficOnOneLinkDoesNotChangeAnother) {
  const auto arrivals = [](bool noise) {
    Net net(false, Spread(100, 100000));
    for (int i = 0; i < 100; ++i) {
      net.n1.Send(kN2, "x");
      if (noise) net.n1.Send(kN3, "y");
      if (noise) net.n2.Send(kN1, "y");
    }
    net.RunFor(kMillisecond);
    return net.n2.heard;
  };
  EXPECT_EQ(arrivals(false), arrivals(true));
}

TEST(NetworkDraws, LossDoesNotShiftTheLatenciesOfTheRest) {
  const auto arrivals = [](std::uint32_t loss) {
    LinkModel model = Spread(100, 100000);
    model.loss_ppm = loss;
    Net net(false, model);
    for (int i = 0; i < 100; ++i) net.n1.Send(kN2, std::to_string(i));
    net.RunFor(kMillisecond);
    std::vector<std::pair<std::string, Nanos>> result;
    for (const Heard& h : net.n2.heard) result.push_back({h.bytes, h.at});
    std::sort(result.begin(), result.end());
    return result;
  };
  const auto all = arrivals(0);
  const auto some = arrivals(300'000);
  ASSERT_LT(some.size(), all.size());
  EXPECT_TRUE(std::includes(all.begin(), all.end(), some.begin(), some.end()));
}

}  // namespace
}  // namespace wringer::sim
