// Nodes under random faults: whatever was acknowledged is there, nothing is
// executed twice, and replicas that have executed the same entries agree.
#include <gtest/gtest.h>

#include "engine/base/random.h"
#include "tests/engine/node/test_cluster.h"

namespace wringer::node {
namespace {

using client::Completion;
using client::Fate;
using wire::OpKind;

// A register that is only ever changed by compare-and-set to the tag it had:
// the chain of tags breaks at the first lost or doubled write.
class Chain {
 public:
  explicit Chain(TestCluster* cluster) : cluster_(cluster) {}

  // Starts the next operation, or looks whether the latest is done.
  void Step() {
    if (current_ == OpId{}) {
      current_ = in_doubt_ == OpId{}
                     ? cluster_->Start(OpKind::kCas, "chain", "v", tag_)
                     : cluster_->Start(OpKind::kGet, "chain");
    }
    const auto done = cluster_->done.find(current_);
    if (done == cluster_->done.end()) return;
    if (in_doubt_ == OpId{}) {
      Judge(done->second);
    } else {
      Resolve(done->second);
    }
    current_ = {};
  }
  std::uint64_t links() const { return links_; }

 private:
  void Judge(const Completion& cas) {
    if (cas.fate == Fate::kFailed) return;
    if (cas.fate == Fate::kUnknown) {
      in_doubt_ = cas.op;
      return;
    }
    if (!cas.reply.cas_applied) {
      EXPECT_EQ(cas.reply.tag, late_);
      tag_ = cas.reply.tag;
      late_ = kNone;
      return;
    }
    tag_ = cas.op;
    late_ = kNone;
    ++links_;
  }
  // The register holds one of the two tags. If the compare-and-set in doubt
  // has not happened yet, it still may until the next write, which tells the
  // cluster that it was given up.
  void Resolve(const Completion& get) {
    if (get.fate != Fate::kOk) return;
    const OpId now = get.reply.tag;
    EXPECT_TRUE(now == tag_ || now == in_doubt_) << "saw tag " << now;
    if (now == tag_) late_ = in_doubt_;
    tag_ = now;
    in_doubt_ = {};
  }

  static constexpr OpId kNone{~std::uint64_t{0}};

  TestCluster* cluster_;
  OpId tag_;
  OpId current_;       // under way; 0: none
  OpId in_doubt_;      // its outcome is unknown; 0: none
  OpId late_ = kNone;  // had not happened when last seen
  std::uint64_t links_ = 0;
};

// Kills, power losses and restarts of at most a minority, for a while.
void Torture(TestCluster& cluster, RandomStream& random, std::uint32_t nodes,
             Chain& chain) {
  NodeId down;
  for (int step = 0; step < 60; ++step) {
    const Nanos until =
        cluster.world().now() + random.Between(1, 200) * kMillisecond;
    while (cluster.world().now() < until) {
      chain.Step();
      cluster.Run(2 * kMillisecond);
    }
    if (down != kNoNode) {
      cluster.Boot(down);
      down = kNoNode;
      continue;
    }
    const NodeId victim{1 + static_cast<std::uint32_t>(random.Below(nodes))};
    if (random.Chance(500'000)) {
      cluster.Kill(victim);
    } else {
      cluster.PowerLoss(victim);
    }
    down = victim;
  }
  if (down != kNoNode) cluster.Boot(down);
}

TestClusterOptions Small(const char* model, std::uint32_t nodes,
                         std::uint64_t seed) {
  TestClusterOptions options;
  options.model = model;
  options.nodes = nodes;
  options.seed = seed;
  options.link.duplicate_ppm = 20'000;
  options.link.loss_ppm = 10'000;
  options.adjust = [](NodeOptions* node) {
    node->checkpoint_bytes = 1 << 10;
    node->engine.checkpoint_bytes = 1 << 10;
    node->log.wal.segment_bytes = 64 << 10;
    node->limits.apply_slice_entries = 1;
    node->replication.raft.snapshot_every = 20;
    node->replication.raft.keep_entries = 5;
    node->replication.raft.snapshot_chunk_bytes = 200;
  };
  options.adjust_client = [](client::ClientOptions* client) {
    client->links_duplicate = true;
  };
  return options;
}

TEST(Faults, ASingleNodeKeepsItsChainThroughCrashes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    TestCluster cluster(Small("single", 1, seed));
    cluster.BootAll();
    RandomStream random(seed, Purpose("test"));
    Chain chain(&cluster);
    Torture(cluster, random, 1, chain);
    EXPECT_GT(chain.links(), 30u) << seed;
    EXPECT_EQ(cluster.recorder().states_differ, 0u) << seed;
    EXPECT_EQ(cluster.recorder().payloads_differ, 0u) << seed;
    EXPECT_EQ(cluster.defects(), 0u) << seed;
  }
}

TEST(Faults, RaftNodesKeepTheirChainThroughCrashes) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    TestCluster cluster(Small("raft", 3, seed));
    cluster.BootAll();
    RandomStream random(seed, Purpose("test"));
    Chain chain(&cluster);
    Torture(cluster, random, 3, chain);
    EXPECT_GT(chain.links(), 30u) << seed;
    EXPECT_TRUE(cluster.recorder().halts.empty()) << seed;
    EXPECT_EQ(cluster.recorder().states_differ, 0u) << seed;
    EXPECT_EQ(cluster.recorder().payloads_differ, 0u) << seed;
    EXPECT_EQ(cluster.defects(), 0u) << seed;
  }
}

TEST(Faults, DamageInTheLogIsSurvivedOrRefusedNeverServed) {
  std::uint64_t refused = 0;
  for (std::uint64_t key = 1; key <= 30; ++key) {
    TestCluster cluster({.seed = key});
    cluster.BootAll();
    for (int i = 0; i < 20; ++i) {
      cluster.Put("k" + std::to_string(i), "value " + std::to_string(i));
    }
    // The last record of a busy log cannot be told from one that was being
    // written; an idle log has marked it as durable.
    cluster.Run(5 * kSecond);
    cluster.PowerLoss(NodeId{1});
    cluster.disk(NodeId{1}).FlipBitsSomewhere("/log", 3, {}, key);
    cluster.Boot(NodeId{1});
    cluster.Run(1 * kSecond);
    for (int i = 0; i < 20; ++i) {
      const Completion get = cluster.Get("k" + std::to_string(i));
      if (get.fate != Fate::kOk) {
        ++refused;
        break;
      }
      EXPECT_EQ(get.reply.value, "value " + std::to_string(i)) << key;
    }
  }
  EXPECT_GT(refused, 0u);
}

}  // namespace
}  // namespace wringer::node
