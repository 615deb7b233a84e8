// Faults of the timeline, kind by kind.
#include <string>

#include "engine/base/marks.h"
#include "gtest/gtest.h"
#include "sim/scenario/names.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

FaultSpec Fault(const std::string& rest) {
  const ParseResult result =
      Parse("[faults]\ntimeline = [\n  { id = \"f\", " + rest + " },\n]\n");
  EXPECT_TRUE(result.ok()) << Render(result.diagnostics);
  return result.ok() ? result.scenario->faults.timeline.at(0) : FaultSpec{};
}

FaultSpec Partition(const std::string& rest) {
  return Fault("at = \"1s\", do = \"partition\", " + rest);
}

TEST(FaultRows, TheKeysOfAPartitionSettleItsShape) {
  EXPECT_EQ(Partition("sides = [[\"leader\"], [\"others\"]]").partition.shape,
            PartitionShape::kSides);
  EXPECT_EQ(Partition("isolate = \"n2\"").partition.shape,
            PartitionShape::kIsolate);
  EXPECT_EQ(Partition("from = \"n1\", to = [\"n2\", \"n3\"]").partition.shape,
            PartitionShape::kOneWay);
  const FaultSpec bridge =
      Partition("bridge = \"n3\", sides = [[\"n1\"], [\"n2\"]]");
  EXPECT_EQ(bridge.partition.shape, PartitionShape::kBridge);
  EXPECT_EQ(bridge.partition.bridge, Target::Node(NodeId{3}));
}

TEST(FaultRows, FromAndToBelongToTheKindThatReadsThem) {
  const FaultSpec link = Fault(
      "at = \"1s\", do = \"link\", from = \"n1\", to = \"n2\", "
      "hold = true, for = \"2s\"");
  EXPECT_EQ(link.link.from, std::vector<Target>{Target::Node(NodeId{1})});
  EXPECT_TRUE(link.link.hold);
  EXPECT_TRUE(link.partition.from.empty());
}

TEST(FaultRows, TriggersWaitForWhatTheyName) {
  const std::string crash = ", do = \"crash\", node = \"n1\"";
  FaultTrigger mark =
      Fault(
          "when = { mark = \"wal.torn_tail\", node = \"n2\", count = 3, "
          "after = \"5ms\" }" +
          crash)
          .trigger;
  EXPECT_EQ(mark.kind, FaultTrigger::Kind::kMark);
  EXPECT_EQ(mark.mark, Mark::kWalTornTail);
  EXPECT_EQ(mark.count, 3u);
  EXPECT_EQ(mark.after, 5 * kMillisecond);
  EXPECT_EQ(mark.node, Target::Node(NodeId{2}));
  EXPECT_EQ(Fault("when = { event = \"disk-sync\" }" + crash).trigger.event,
            FaultEvent::kDiskSync);
  EXPECT_EQ(
      Fault("when = { role = \"leader\", node = \"n2\" }" + crash).trigger.kind,
      FaultTrigger::Kind::kRole);
}

TEST(FaultRows, OneFaultMayWaitForAnother) {
  const ParseResult result = Parse(
      "[faults]\ntimeline = [\n"
      "  { id = \"cut\", at = \"1s\", do = \"partition\", isolate = \"n1\", "
      "for = \"1s\" },\n"
      "  { id = \"b\", when = { fault = \"cut\" }, do = \"crash\", node = "
      "\"n2\" },\n"
      "  { id = \"c\", when = { ended = \"cut\" }, do = \"heal\", faults = "
      "[\"b\"] },\n]\n");
  ASSERT_TRUE(result.ok()) << Render(result.diagnostics);
  const auto& timeline = result.scenario->faults.timeline;
  EXPECT_EQ(timeline[1].trigger.kind, FaultTrigger::Kind::kFault);
  EXPECT_EQ(timeline[2].trigger.kind, FaultTrigger::Kind::kEnd);
  EXPECT_EQ(timeline[2].faults, std::vector<std::string>{"b"});
}

TEST(FaultRows, EveryKindHasARowThatReads) {
  const std::string at = "at = \"1s\", do = ";
  Fault(at + "\"crash\", node = \"n1\", for = \"1s..2s\"");
  Fault(at + "\"power-loss\", node = \"all\", keep = \"0%\"");
  Fault(at + "\"pause\", node = \"leader\", for = \"1s\"");
  Fault(at + "\"wipe\", node = \"any\", for = \"1s\"");
  Fault(at + "\"clock-step\", node = \"n1\", by = \"-400ms\"");
  Fault(at + "\"clock-drift\", node = \"n1\", rate = \"-500ppm\"");
  Fault(at + "\"clock-freeze\", node = \"n1\", for = \"1s\"");
  Fault(at + "\"disk-full\", node = \"minority\", spare = \"4KiB\"");
  Fault(at +
        "\"io-error\", node = \"n1\", on = [\"sync\"], errors = 2, "
        "files = \"wal\"");
  Fault(at + "\"slow-disk\", node = \"followers\", factor = 50");
  Fault(at + "\"bit-rot\", node = \"n1\", bits = \"1..8\"");
  Fault(at +
        "\"config\", node = \"n2\", action = \"grant\", in_sync = "
        "[\"n2\"]");
  Fault(at + "\"heal\"");
}

TEST(FaultRows, MembershipChangesUnderRaft) {
  const ParseResult result = Parse(
      "[replication]\nmodel = \"raft\"\n[faults]\ntimeline = [\n"
      "  { id = \"f\", at = \"1s\", do = \"membership\", node = \"n3\", "
      "action = \"remove\" },\n]\n");
  ASSERT_TRUE(result.ok()) << Render(result.diagnostics);
  EXPECT_EQ(result.scenario->faults.timeline[0].membership,
            MembershipAction::kRemove);
}

TEST(FaultRows, VotersAreReplacedAtOnce) {
  const std::string head = "[replication]\nmodel = \"raft\"\n";
  const std::string row =
      "[faults]\ntimeline = [\n"
      "  { id = \"f\", at = \"1s\", do = \"membership\", action = "
      "\"set-voters\", node = [\"n1\", \"leader\"] },\n]\n";
  const ParseResult result = Parse(head + row);
  ASSERT_TRUE(result.ok()) << Render(result.diagnostics);
  EXPECT_TRUE(result.diagnostics.empty()) << Render(result.diagnostics);
  EXPECT_EQ(result.scenario->faults.timeline[0].membership,
            MembershipAction::kSetVoters);
  EXPECT_EQ(result.scenario->faults.timeline[0].nodes.size(), 2u);
  // A leader that may change one voter at a time is likely to refuse.
  const ParseResult one_by_one =
      Parse(head + "raft = { joint_membership = false }\n" + row);
  ASSERT_TRUE(one_by_one.ok()) << Render(one_by_one.diagnostics);
  EXPECT_EQ(one_by_one.diagnostics.size(), 1u);
}

TEST(FaultRows, TheNemesisDrawsOnlyWhatHasAWeight) {
  const ParseResult result = Parse(
      "[faults.random]\nat_most = { down = 2, wiped = 0 }\n"
      "partition = { weight = 3, shapes = [\"halves\"], for = \"50ms..4s\" "
      "}\n");
  ASSERT_TRUE(result.ok()) << Render(result.diagnostics);
  const RandomFaultsSpec& random = *result.scenario->faults.random;
  EXPECT_EQ(random.partition.weight, 3u);
  EXPECT_TRUE(random.partition.shapes.halves);
  EXPECT_FALSE(random.partition.shapes.bridge);
  EXPECT_EQ(random.crash.weight, 0u);
  EXPECT_EQ(random.at_most.down, (NodeLimit{false, 2}));
}

}  // namespace
}  // namespace wringer::sim
