// Majorities against a naive model that enumerates every subset of nodes.
#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/base/random.h"
#include "engine/replication/quorum.h"
#include "engine/replication/raft/membership.h"

namespace wringer::replication {
namespace {

constexpr unsigned kNodes = 5;
constexpr unsigned kSubsets = 1u << kNodes;

NodeId Node(unsigned i) { return NodeId{i + 1}; }

std::vector<NodeId> Nodes(unsigned bits) {
  std::vector<NodeId> nodes;
  for (unsigned i = 0; i < kNodes; ++i) {
    if ((bits >> i & 1u) != 0) nodes.push_back(Node(i));
  }
  return nodes;
}

std::set<NodeId> Set(unsigned bits) {
  const std::vector<NodeId> nodes = Nodes(bits);
  return {nodes.begin(), nodes.end()};
}

int Count(unsigned bits) { return __builtin_popcount(bits); }

// "More than half", the definition itself. `outgoing` 0: not joint.
bool Decides(unsigned incoming, unsigned outgoing, unsigned agreed) {
  const auto most = [agreed](unsigned all) {
    return 2 * Count(all & agreed) > Count(all);
  };
  return most(incoming) && (outgoing == 0 || most(outgoing));
}

// Calls with every voter set of `kNodes` nodes, joint ones included.
template <typename F>
void ForEachVoters(F f) {
  for (unsigned incoming = 1; incoming < kSubsets; ++incoming) {
    for (unsigned outgoing = 0; outgoing < kSubsets; ++outgoing) {
      f(incoming, outgoing, VoterSets{Nodes(incoming), Nodes(outgoing)});
    }
  }
}

TEST(QuorumArithmetic, AMajorityIsTheSmallestNumberAboveHalf) {
  for (std::size_t n = 1; n <= 100; ++n) {
    EXPECT_GT(2 * Majority(n), n);
    EXPECT_LE(2 * (Majority(n) - 1), n);
  }
}

TEST(QuorumArithmetic, HasQuorumIsMoreThanHalfOfEachSet) {
  ForEachVoters([](unsigned in, unsigned out, const VoterSets& voters) {
    for (unsigned agreed = 0; agreed < kSubsets; ++agreed) {
      ASSERT_EQ(HasQuorum(voters, Set(agreed)), Decides(in, out, agreed))
          << in << " " << out << " " << agreed;
    }
  });
}

TEST(QuorumArithmetic, NobodyDecidesForNobody) {
  EXPECT_FALSE(HasQuorum(VoterSets{}, Set(kSubsets - 1)));
  EXPECT_EQ((QuorumValue<int>(VoterSets{}, [](NodeId) { return 9; })), 0);
}

TEST(QuorumArithmetic, WhoDoesNotVoteDoesNotCount) {
  ForEachVoters([](unsigned in, unsigned out, const VoterSets& voters) {
    for (unsigned agreed = 0; agreed < kSubsets; ++agreed) {
      ASSERT_EQ(HasQuorum(voters, Set(agreed)),
                HasQuorum(voters, Set(agreed & (in | out))));
    }
  });
}

TEST(QuorumArithmetic, AQuorumValueIsTheGreatestThatAQuorumHasReached) {
  RandomStream random(1, Purpose("quorum_arithmetic"));
  ForEachVoters([&](unsigned in, unsigned out, const VoterSets& voters) {
    std::map<NodeId, std::uint64_t> values;
    for (unsigned i = 0; i < kNodes; ++i) values[Node(i)] = random.Below(6);
    std::uint64_t best = 0;
    for (std::uint64_t v = 0; v < 6; ++v) {
      unsigned reached = 0;
      for (unsigned i = 0; i < kNodes; ++i) {
        if (values[Node(i)] >= v) reached |= 1u << i;
      }
      if (Decides(in, out, reached)) best = v;
    }
    const auto value_of = [&](NodeId node) { return values.at(node); };
    ASSERT_EQ(QuorumValue<std::uint64_t>(voters, value_of), best)
        << in << " " << out;
  });
}

// ---- What the arithmetic is for: two decisions have a node in common --------

// Whether every quorum of one configuration meets every one of the other.
bool AlwaysMeet(unsigned in_a, unsigned out_a, unsigned in_b, unsigned out_b) {
  const VoterSets a{Nodes(in_a), Nodes(out_a)};
  const VoterSets b{Nodes(in_b), Nodes(out_b)};
  for (unsigned x = 0; x < kSubsets; ++x) {
    if (!HasQuorum(a, Set(x))) continue;
    // The worst opponent is everyone who is not in x.
    if (HasQuorum(b, Set(~x & (kSubsets - 1)))) return false;
  }
  return true;
}

TEST(QuorumIntersection, OneConfigurationDecidesOneThing) {
  for (unsigned in = 1; in < kSubsets; ++in) {
    for (unsigned out = 0; out < kSubsets; ++out) {
      ASSERT_TRUE(AlwaysMeet(in, out, in, out)) << in << " " << out;
    }
  }
}

TEST(QuorumIntersection, OneVoterMoreOrLessIsSafeWithoutJointConsensus) {
  // Ongaro's dissertation, Figure 4.3.
  for (unsigned a = 1; a < kSubsets; ++a) {
    for (unsigned i = 0; i < kNodes; ++i) {
      const unsigned b = a ^ (1u << i);
      if (b == 0) continue;
      ASSERT_TRUE(AlwaysMeet(a, 0, b, 0)) << a << " " << b;
    }
  }
}

TEST(QuorumIntersection, TwoVotersAtOnceAreNot) {
  // {1,2,3} and {3,4,5}: {1,2} and {4,5} decide by themselves.
  EXPECT_FALSE(AlwaysMeet(0b00111, 0, 0b11100, 0));
}

TEST(QuorumIntersection, AJointConfigurationMeetsBothItsHalves) {
  for (unsigned in = 1; in < kSubsets; ++in) {
    for (unsigned out = 1; out < kSubsets; ++out) {
      ASSERT_TRUE(AlwaysMeet(in, out, in, 0));
      ASSERT_TRUE(AlwaysMeet(in, out, out, 0));
    }
  }
}

TEST(QuorumIntersection, ReadsMeetWritesIffRPlusWExceedsN) {
  // Dynamo, section 4.5: "Setting R and W such that R + W > N yields a
  // quorum-like system."
  for (int n = 1; n <= 5; ++n) {
    for (int w = 1; w <= n; ++w) {
      for (int r = 1; r <= n; ++r) {
        bool meet = true;
        for (unsigned x = 0; x < 1u << n; ++x) {
          for (unsigned y = 0; y < 1u << n; ++y) {
            if (Count(x) == w && Count(y) == r && (x & y) == 0) meet = false;
          }
        }
        EXPECT_EQ(meet, r + w > n) << n << " " << w << " " << r;
      }
    }
  }
}

// ---- Raft's memberships -----------------------------------------------------

using raft::Membership;
using raft::MembershipLog;

Membership RandomMembership(RandomStream& random) {
  Membership m;
  m.voters.incoming = Nodes(1 + static_cast<unsigned>(random.Below(31)));
  m.voters.outgoing = Nodes(static_cast<unsigned>(random.Below(32)));
  m.learners = Nodes(static_cast<unsigned>(random.Below(32)));
  if (!m.learners.empty()) m.demoted[m.learners[0]] = 1 + random.Below(1000);
  return m;
}

TEST(RaftMembership, AllIsTheUnionInOrder) {
  RandomStream random(2, Purpose("quorum_arithmetic"));
  for (int i = 0; i < 500; ++i) {
    const Membership m = RandomMembership(random);
    std::set<NodeId> all(m.learners.begin(), m.learners.end());
    for (NodeId node : m.voters.incoming) all.insert(node);
    for (NodeId node : m.voters.outgoing) all.insert(node);
    EXPECT_EQ(m.All(), std::vector<NodeId>(all.begin(), all.end()));
  }
}

TEST(RaftMembership, ComesBackFromItsBytes) {
  RandomStream random(3, Purpose("quorum_arithmetic"));
  for (int i = 0; i < 500; ++i) {
    const Membership m = RandomMembership(random);
    std::string bytes;
    raft::EncodeMembership(m, &bytes);
    Membership back;
    ASSERT_TRUE(raft::DecodeMembership(bytes, &back).ok());
    EXPECT_EQ(back, m);
    bytes.pop_back();
    EXPECT_FALSE(raft::DecodeMembership(bytes, &back).ok());
  }
}

// A log of memberships and the same as a plain list.
class MembershipModel {
 public:
  explicit MembershipModel(std::uint64_t seed)
      : random_(seed, Purpose("membership_log")) {
    Put(LogIndex{0});
    log_.Reset(LogIndex{0}, naive_[LogIndex{0}]);
  }

  void Step() {
    const std::uint64_t what = random_.Below(10);
    if (what < 6) {
      last_ += 1 + random_.Below(3);
      Put(LogIndex{last_});
      log_.Append(LogIndex{last_}, naive_[LogIndex{last_}]);
    } else if (what < 8) {
      last_ = base_ + random_.Below(last_ - base_ + 1);
      std::erase_if(naive_, [this](const auto& item) {
        return item.first.value() > last_;
      });
      log_.TruncateAfter(LogIndex{last_});
    } else {
      base_ += random_.Below(last_ - base_ + 1);
      log_.DropPrefix(LogIndex{base_});
    }
  }

  void Check() const {
    EXPECT_EQ(log_.current(), InForce(last_));
    for (std::uint64_t i = base_; i <= last_; ++i) {
      ASSERT_EQ(log_.At(LogIndex{i}), InForce(i)) << i;
    }
  }

 private:
  void Put(LogIndex at) { naive_[at] = RandomMembership(random_); }
  // The last change at or before `index`.
  Membership InForce(std::uint64_t index) const {
    Membership found;
    for (const auto& [at, membership] : naive_) {
      if (at.value() <= index) found = membership;
    }
    return found;
  }

  RandomStream random_;
  MembershipLog log_;
  std::map<LogIndex, Membership> naive_;
  std::uint64_t base_ = 0;
  std::uint64_t last_ = 0;
};

TEST(RaftMembership, TheLogKnowsWhatWasInForceAtEveryIndex) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    MembershipModel model(seed);
    for (int i = 0; i < 60; ++i) {
      model.Step();
      model.Check();
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace wringer::replication
