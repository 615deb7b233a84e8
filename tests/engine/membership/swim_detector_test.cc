// SWIM: what the paper promises of it, on a network of links that can be cut.
#include "engine/membership/swim_detector.h"

#include <deque>
#include <memory>
#include <set>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace wringer::membership {
namespace {

constexpr Nanos kMs = kMillisecond;

class SwimWorld {
 public:
  explicit SwimWorld(std::uint32_t nodes, std::uint32_t indirect = 2) {
    for (std::uint32_t i = 1; i <= nodes; ++i) members_.push_back(NodeId(i));
    for (const NodeId id : members_) {
      options_.self = id;
      options_.kind = DetectorOptions::Kind::kSwim;
      options_.members = members_;
      options_.interval = 60 * kMs;
      options_.timeout = 300 * kMs;
      options_.indirect = indirect;
      options_.random_key = id.value();
      nodes_.push_back(std::make_unique<SwimDetector>(options_));
      Start(id, 1);
    }
  }
  void Start(NodeId id, std::uint32_t incarnation) {
    FailureDetector::Output out;
    At(id).Start(now_, Incarnation(incarnation), &out);
    Take(id, out);
  }
  void Restart(NodeId id, std::uint32_t incarnation) {
    options_.self = id;
    options_.random_key = id.value() + 100;
    nodes_[id.value() - 1] = std::make_unique<SwimDetector>(options_);
    dead_.erase(id);
    Start(id, incarnation);
  }
  void Run(Nanos length) {
    const Nanos end = now_ + length;
    for (; now_ < end; now_ += 1 * kMs) {
      std::deque<Packet> arrived;
      arrived.swap(packets_);
      for (const Packet& packet : arrived) {
        if (dead_.contains(packet.to)) continue;
        FailureDetector::Output out;
        At(packet.to).OnMessage(now_, packet.from, packet.body, &out);
        Take(packet.to, out);
      }
      for (const NodeId id : members_) {
        if (dead_.contains(id) || (now_ / kMs) % 10 != 0) continue;
        FailureDetector::Output out;
        At(id).OnTick(now_, &out);
        Take(id, out);
      }
    }
  }
  void Cut(NodeId a, NodeId b) {
    cut_.insert({a, b});
    cut_.insert({b, a});
  }
  void Heal() { cut_.clear(); }
  void Kill(NodeId id) { dead_.insert(id); }
  SwimDetector& At(NodeId id) { return *nodes_[id.value() - 1]; }
  int downs() const { return downs_; }
  bool AllSuspect(NodeId id) {
    for (const NodeId other : members_) {
      if (other != id && !dead_.contains(other) && !At(other).Suspects(id)) {
        return false;
      }
    }
    return true;
  }

 private:
  struct Packet {
    NodeId from;
    NodeId to;
    std::string body;
  };
  void Take(NodeId from, const FailureDetector::Output& out) {
    for (const auto& [to, body] : out.sends) {
      if (!cut_.contains({from, to})) packets_.push_back({from, to, body});
    }
    for (const auto& change : out.changes) downs_ += change.alive ? 0 : 1;
  }

  std::vector<NodeId> members_;
  DetectorOptions options_;
  std::vector<std::unique_ptr<SwimDetector>> nodes_;
  std::deque<Packet> packets_;
  std::set<std::pair<NodeId, NodeId>> cut_;
  std::set<NodeId> dead_;
  Nanos now_ = 0;
  int downs_ = 0;
};

TEST(Swim, NobodyIsAccusedWithoutAFault) {
  SwimWorld world(5);
  world.Run(10 * kSecond);
  EXPECT_EQ(world.downs(), 0);
}

TEST(Swim, TheDeadAreFoundByAll) {
  SwimWorld world(5);
  world.Kill(NodeId{3});
  world.Run(2 * kSecond);
  EXPECT_TRUE(world.AllSuspect(NodeId{3}));
  EXPECT_FALSE(world.At(NodeId{1}).Suspects(NodeId{2}));
}

// Section 4.1: the reason for ping-req.
TEST(Swim, AnIndirectPingHidesOneBadLink) {
  SwimWorld with_help(5, /*indirect=*/2);
  with_help.Cut(NodeId{1}, NodeId{2});
  with_help.Run(10 * kSecond);
  EXPECT_EQ(with_help.downs(), 0);
  EXPECT_EQ(with_help.At(NodeId{2}).incarnation(), std::uint64_t{1} << 32);

  // Without helpers the same link brings suspicion, again and again; that
  // nobody is declared dead is the work of refutation.
  SwimWorld alone(5, /*indirect=*/0);
  alone.Cut(NodeId{1}, NodeId{2});
  alone.Run(10 * kSecond);
  EXPECT_GT(alone.At(NodeId{2}).incarnation(), std::uint64_t{1} << 32);
}

// Section 4.2.
TEST(Swim, AGreaterIncarnationRefutesASuspicion) {
  DetectorOptions options;
  options.kind = DetectorOptions::Kind::kSwim;
  options.self = NodeId{1};
  options.members = {NodeId{1}, NodeId{2}, NodeId{3}};
  SwimDetector detector(options);
  FailureDetector::Output out;
  detector.Start(0, Incarnation{1}, &out);
  // A ping from n2 with the news "n1 is suspected" at n1's own incarnation.
  const std::uint64_t before = detector.incarnation();
  std::string body;
  Writer w(&body);
  w.U8(0);
  w.Varint(7);
  w.Id(NodeId{1});
  w.Varint(1);
  w.Id(NodeId{1});
  w.U8(1);
  w.Varint(before);
  w.Flush();
  detector.OnMessage(1, NodeId{2}, body, &out);
  EXPECT_EQ(detector.incarnation(), before + 1);
  // An older rumour changes nothing.
  detector.OnMessage(2, NodeId{2}, body, &out);
  EXPECT_EQ(detector.incarnation(), before + 1);
}

TEST(Swim, HealedAndRestartedMembersAreBelievedAgain) {
  SwimWorld world(4);
  for (std::uint32_t i = 1; i <= 3; ++i) world.Cut(NodeId(i), NodeId{4});
  world.Run(3 * kSecond);
  EXPECT_TRUE(world.AllSuspect(NodeId{4}));
  world.Heal();
  world.Run(3 * kSecond);
  EXPECT_FALSE(world.At(NodeId{1}).Suspects(NodeId{4}));
  EXPECT_FALSE(world.At(NodeId{4}).Suspects(NodeId{1}));

  // habitat-sh/habitat#5581: a restart must outrank the rumour of its death.
  world.Kill(NodeId{2});
  world.Run(3 * kSecond);
  EXPECT_TRUE(world.AllSuspect(NodeId{2}));
  world.Restart(NodeId{2}, 2);
  world.Run(2 * kSecond);
  EXPECT_FALSE(world.At(NodeId{1}).Suspects(NodeId{2}));
  EXPECT_FALSE(world.At(NodeId{3}).Suspects(NodeId{2}));
}

TEST(Swim, GarbageIsIgnored) {
  SwimWorld world(3);
  FailureDetector::Output out;
  for (const char* body : {"", "x", "\x02", "\x00\x01\x02\xff\xff"}) {
    world.At(NodeId{1}).OnMessage(5, NodeId{2}, body, &out);
  }
  EXPECT_TRUE(out.changes.empty());
}

}  // namespace
}  // namespace wringer::membership
