#include "sim/core/trace.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wringer::sim {
namespace {

using env::Component;

class TraceTest : public testing::Test {
 protected:
  void Listen(TraceFilter filter) {
    hub_.Listen(std::move(filter), [this](const TraceLine& line) {
      lines_.push_back(TraceText(line));
    });
  }
  World world_{WorldOptions{}};
  TraceHub hub_{&world_};
  NodeTrace* n1_ = hub_.ForNode(NodeId{1});
  NodeTrace* n2_ = hub_.ForNode(NodeId{2});
  std::vector<std::string> lines_;
};

TEST_F(TraceTest, NobodyListensAtFirst) {
  EXPECT_FALSE(n1_->on(Component::kNode));
  n1_->Log(Component::kNode, "boot", "");
  EXPECT_TRUE(lines_.empty());
}

TEST_F(TraceTest, ALineStartsWithTimeNodeAndComponent) {
  Listen({});
  world_.RunUntil(0);
  n2_->Log(Component::kReplication, "pb.promote", "epoch 3, from n1");
  EXPECT_EQ(lines_, (std::vector<std::string>{
                        "0.000000000 n2   replication pb.promote  epoch 3, "
                        "from n1"}));
}

TEST_F(TraceTest, FiltersByNodeAndByComponent) {
  Listen({.nodes = {NodeId{2}}, .components = {Component::kReplication}});
  EXPECT_FALSE(n1_->on(Component::kReplication));
  EXPECT_TRUE(n2_->on(Component::kReplication));
  EXPECT_FALSE(n2_->on(Component::kDisk));
  EXPECT_FALSE(hub_.ForNode(NodeId{3})->on(Component::kReplication));
}

TEST_F(TraceTest, SilenceIsSilent) {
  Listen({});
  EXPECT_TRUE(n1_->on(Component::kDisk));
  hub_.Silence();
  EXPECT_FALSE(n1_->on(Component::kDisk));
}

TEST_F(TraceTest, OneTraceServesANodeForItsWholeLife) {
  EXPECT_EQ(hub_.ForNode(NodeId{1}), n1_);
}

TEST_F(TraceTest, ComponentsAreFoundByName) {
  Component component = Component::kNode;
  EXPECT_TRUE(FindComponent("disk", &component));
  EXPECT_EQ(component, Component::kDisk);
  EXPECT_FALSE(FindComponent("dusk", &component));
}

}  // namespace
}  // namespace wringer::sim
