// Partitions, holds and worsened links, and the effects they witness.
#include <bit>

#include "engine/base/crc32c.h"
#include "tests/sim/net/net_fixture.h"

namespace wringer::sim {
namespace {

const LinkFault kCut{.kind = LinkFault::Kind::kCut};
const LinkFault kHold{.kind = LinkFault::Kind::kHold};

std::vector<LinkEnds> BothWays(NodeId a, NodeId b) { return {{a, b}, {b, a}}; }

LinkFault Worsen(const LinkWorsening& worsening) {
  return {.kind = LinkFault::Kind::kWorsen, .key = 9, .worsening = worsening};
}

TEST(Partition, StopsBothWaysAndNobodyElse) {
  Net net(true, Constant(1000));
  const LinkFaultId cut = net.network.AddFault(kCut, BothWays(kN1, kN2));
  net.n1.Send(kN2, "a");
  net.n2.Send(kN1, "b");
  net.n1.Send(kN3, "c");
  net.n3.Send(kN2, "d");
  net.RunFor(kMillisecond);
  EXPECT_TRUE(net.n1.heard.empty());
  EXPECT_EQ(net.n2.Words(), std::vector<std::string>{"d"});
  EXPECT_EQ(net.n3.Words(), std::vector<std::string>{"c"});
  EXPECT_EQ(net.network.effect(cut).stopped, 2u);
}

TEST(Partition, OneWayLetsTheOtherDirectionThrough) {
  Net net(true, Constant(1000));
  net.network.AddFault(kCut, {{kN1, kN2}});
  net.n1.Send(kN2, "a");
  net.n2.Send(kN1, "b");
  net.RunFor(kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  EXPECT_EQ(net.n1.heard.size(), 1u);
}

TEST(Partition, HealingOpensTheLinkAgain) {
  Net net(true, Constant(1000));
  const LinkFaultId cut = net.network.AddFault(kCut, BothWays(kN1, kN2));
  EXPECT_FALSE(net.network.Connected(kN1, kN2));
  net.network.RemoveFault(cut);
  EXPECT_TRUE(net.network.Connected(kN1, kN2));
  net.n1.Send(kN2, "again");
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.heard.size(), 1u);
}

TEST(Partition, OverlappingCutsAreBothToBeHealed) {
  Net net(true, Constant(1000));
  const LinkFaultId first = net.network.AddFault(kCut, {{kN1, kN2}});
  const LinkFaultId second = net.network.AddFault(kCut, {{kN1, kN2}});
  net.network.RemoveFault(first);
  EXPECT_FALSE(net.network.Connected(kN1, kN2));
  net.network.RemoveFault(second);
  EXPECT_TRUE(net.network.Connected(kN1, kN2));
}

TEST(Partition, ResetsAFifoConnectionAndCountsWhatWasInFlight) {
  Net net(true, Constant(kMillisecond));
  net.n1.Send(kN2, "in flight");
  const LinkFaultId cut = net.network.AddFault(kCut, {{kN1, kN2}});
  net.network.RemoveFault(cut);
  net.RunFor(10 * kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  EXPECT_EQ(net.network.effect(cut).reset, 1u);
}

TEST(Partition, ADatagramSurvivesACutThatIsOverBeforeItArrives) {
  Net net(false, Constant(kMillisecond));
  net.n1.Send(kN2, "lucky");
  const LinkFaultId cut = net.network.AddFault(kCut, {{kN1, kN2}});
  net.RunFor(kMillisecond / 2);
  net.network.RemoveFault(cut);
  net.RunFor(10 * kMillisecond);
  EXPECT_EQ(net.n2.heard.size(), 1u);
}

TEST(Partition, ADatagramThatArrivesDuringTheCutIsLost) {
  Net net(false, Constant(kMillisecond));
  net.n1.Send(kN2, "unlucky");
  const LinkFaultId cut = net.network.AddFault(kCut, {{kN1, kN2}});
  net.RunFor(10 * kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  EXPECT_EQ(net.network.effect(cut).stopped, 1u);
}

TEST(Hold, KeepsEveryMessageAndLetsThemGoInOrder) {
  Net net(true, Constant(1000));
  const LinkFaultId hold = net.network.AddFault(kHold, {{kN1, kN2}});
  net.Burst(5, 100);
  net.RunFor(kSecond);
  EXPECT_TRUE(net.n2.heard.empty());
  net.network.RemoveFault(hold);
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.Words(),
            (std::vector<std::string>{"0", "1", "2", "3", "4"}));
  EXPECT_EQ(net.network.effect(hold).held, 5u);
  EXPECT_EQ(net.network.effect(hold).released, 5u);
}

TEST(Hold, CatchesWhatIsAlreadyInFlight) {
  Net net(true, Constant(kMillisecond));
  net.n1.Send(kN2, "x");
  net.RunFor(kMillisecond / 4);
  const LinkFaultId hold = net.network.AddFault(kHold, {{kN1, kN2}});
  net.RunFor(kSecond);
  EXPECT_TRUE(net.n2.heard.empty());
  const Nanos released = net.world.now();
  net.network.RemoveFault(hold);
  net.RunFor(kSecond);
  ASSERT_EQ(net.n2.heard.size(), 1u);
  EXPECT_EQ(net.n2.heard[0].at, released + kMillisecond * 3 / 4);
}

TEST(Hold, HeldMessagesOutliveRestartsAndPartitions) {
  Net net(true, Constant(1000));
  const LinkFaultId hold = net.network.AddFault(kHold, {{kN1, kN2}});
  net.n1.Send(kN2, "from another life");
  net.RunFor(kMillisecond);
  net.n1.Crash();
  net.n1.Boot();
  net.n2.Crash();
  net.n2.Boot();
  const LinkFaultId cut = net.network.AddFault(kCut, {{kN1, kN2}});
  net.network.RemoveFault(cut);
  net.network.RemoveFault(hold);
  net.RunFor(kMillisecond);
  EXPECT_EQ(net.n2.Words(), std::vector<std::string>{"from another life"});
}

TEST(Worsen, AddedLatencyDelaysAndIsCounted) {
  Net net(true, Constant(1000));
  const LinkFaultId slow =
      net.network.AddFault(Worsen({.latency = {5000, 5000, 0}}), {{kN1, kN2}});
  net.n1.Send(kN2, "late");
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 1u);
  EXPECT_EQ(net.n2.heard[0].at, 6000);
  EXPECT_EQ(net.network.effect(slow).delayed, 1u);
  EXPECT_EQ(net.network.effect(slow).delay_total, 5000);
}

TEST(Worsen, AddedLossAndDuplicationAreCounted) {
  Net net(true, Constant(1000));
  const LinkFaultId loss =
      net.network.AddFault(Worsen({.loss_ppm = 1'000'000}), {{kN1, kN2}});
  const LinkFaultId twice =
      net.network.AddFault(Worsen({.duplicate_ppm = 1'000'000}), {{kN1, kN3}});
  net.n1.Send(kN2, "gone");
  net.n1.Send(kN3, "twice");
  net.RunFor(kMillisecond);
  EXPECT_TRUE(net.n2.heard.empty());
  EXPECT_EQ(net.n3.heard.size(), 2u);
  EXPECT_EQ(net.network.effect(loss).lost, 1u);
  EXPECT_EQ(net.network.effect(twice).duplicated, 1u);
}

TEST(Worsen, LessBandwidthThrottles) {
  Net net(true, Constant(0));
  const LinkFaultId narrow = net.network.AddFault(
      Worsen({.bytes_per_second = 1'000'000}), {{kN1, kN2}});
  net.n1.Send(kN2, std::string(100, 'x'));
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 1u);
  EXPECT_EQ(net.n2.heard[0].at, 100 * kMicrosecond);
  EXPECT_EQ(net.network.effect(narrow).throttled, 1u);
}

TEST(Worsen, CorruptionFlipsOneBitAndTheChecksumNotices) {
  Net net(true, Constant(1000));
  const LinkFaultId rot =
      net.network.AddFault(Worsen({.corrupt_ppm = 1'000'000}), {{kN1, kN2}});
  const std::string sent = "a frame with a checksum";
  net.n1.Send(kN2, sent);
  net.RunFor(kMillisecond);
  ASSERT_EQ(net.n2.heard.size(), 1u);
  const std::string& got = net.n2.heard[0].bytes;
  ASSERT_EQ(got.size(), sent.size());
  int flipped = 0;
  for (std::size_t i = 0; i < sent.size(); ++i) {
    flipped += std::popcount(
        static_cast<unsigned>(static_cast<unsigned char>(sent[i]) ^
                              static_cast<unsigned char>(got[i])));
  }
  EXPECT_EQ(flipped, 1);
  EXPECT_NE(Crc32c(sent), Crc32c(got));
  EXPECT_EQ(net.network.effect(rot).corrupted, 1u);
}

TEST(Worsen, AFaultTakenAwayLeavesTheOthersDraws) {
  const LinkFault loss = Worsen({.loss_ppm = 300'000});
  const auto heard = [&loss](bool also_delay) {
    Net net(false, Constant(1000));
    if (also_delay) {
      net.network.AddFault(Worsen({.latency = {10, 50, 0}}), {{kN1, kN2}});
    }
    net.network.AddFault(loss, {{kN1, kN2}});
    net.Burst(100, 100);
    net.RunFor(kMillisecond);
    return net.n2.Words();
  };
  EXPECT_EQ(heard(true), heard(false));
}

TEST(LinkFaults, AFaultThatMeetsNoTrafficHasNoEffect) {
  Net net;
  const LinkFaultId cut = net.network.AddFault(kCut, BothWays(kN1, kN2));
  net.n1.Send(kN3, "elsewhere");
  net.RunFor(kMillisecond);
  EXPECT_FALSE(net.network.effect(cut).any());
}

}  // namespace
}  // namespace wringer::sim
