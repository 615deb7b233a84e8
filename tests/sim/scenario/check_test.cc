// Checks across tables that must stay silent, beside those that the malformed
// files pin.
#include <string>

#include "gtest/gtest.h"
#include "tests/sim/scenario/testing.h"

namespace wringer::sim {
namespace {

std::string Timeline(const std::string& rows) {
  return "[faults]\ntimeline = [\n" + rows + "]\n";
}

void ExpectSilence(const std::string& body) {
  EXPECT_EQ(Messages(Parse(body)), "");
}

TEST(Checks, ANodeThatIsBackMayBeHitAgain) {
  ExpectSilence(Timeline(
      "{ id = \"a\", at = \"1s\", do = \"crash\", node = \"n2\", for = "
      "\"1s\" },\n"
      "{ id = \"b\", at = \"2s\", do = \"crash\", node = \"n2\", for = "
      "\"1s\" },\n"));
}

TEST(Checks, AHealBringsNodesBack) {
  ExpectSilence(Timeline(
      "{ id = \"a\", at = \"1s\", do = \"wipe\", node = \"n2\" },\n"
      "{ id = \"h\", at = \"2s\", do = \"heal\", faults = [\"a\"] },\n"
      "{ id = \"b\", at = \"3s\", do = \"pause\", node = \"n2\" },\n"));
}

TEST(Checks, PowerMayFailUnderACrashedNode) {
  ExpectSilence(Timeline(
      "{ id = \"a\", at = \"1s\", do = \"crash\", node = \"n2\", for = "
      "\"3s\" },\n"
      "{ id = \"b\", at = \"2s\", do = \"power-loss\", node = \"n2\" },\n"));
}

TEST(Checks, TheTimelineMayReachTheNemesisLimits) {
  ExpectSilence(
      Timeline("{ id = \"a\", at = \"1s\", do = \"crash\", node = \"n1\", "
               "for = \"1s\" },\n"
               "{ id = \"b\", at = \"2s\", do = \"crash\", node = \"n2\", "
               "for = \"1s\" },\n") +
      "[faults.random]\nat_most = { down = 1 }\ncrash = { weight = 1 }\n");
}

TEST(Checks, WrongDiskPromisesAreFineUntilSomeoneRestsOnThem) {
  ExpectSilence(
      "[wal]\nsync = \"none\"\n[replication.primary_backup]\n"
      "acked_by = \"remote-write\"\n");
  ExpectSilence(
      "[wal]\nsync = \"none\"\n[replication.primary_backup]\n"
      "ack = \"async\"\n");
}

TEST(Checks, RolesOfTheLeaderlessModelAreAWarning) {
  const ParseResult result = Parse(
      "[replication]\nmodel = \"quorum\"\nquorum = { versions = \"abd\" }\n" +
      Timeline("{ id = \"a\", at = \"1s\", do = \"crash\", node = \"leader\" "
               "},\n"));
  EXPECT_TRUE(result.ok());
  EXPECT_EQ(Messages(result),
            "the quorum model has no \"leader\": this fault hits nobody\n");
}

TEST(Checks, ConfigMembersExistWithARaftConfigService) {
  const std::string crash =
      Timeline("{ id = \"a\", at = \"1s\", do = \"crash\", node = \"m3\" },\n");
  ExpectSilence("[cluster]\nconfig_service = \"raft\"\n" + crash);
  EXPECT_FALSE(Parse("[cluster]\nconfig_service = \"raft\"\n"
                     "config_nodes = 1\n" +
                     crash)
                   .ok());
}

TEST(Checks, MatrixValuesAreReadLikeTheKeysTheyName) {
  ExpectSilence(
      "[matrix]\naxes = { \"workload.clients\" = [1, 8], \"wal.sync\" = "
      "[\"every\"] }\nbaseline = { \"workload.clients\" = 8 }\n");
  EXPECT_FALSE(
      Parse("[matrix]\naxes = { \"workload.clients\" = [\"many\"] }\n").ok());
  EXPECT_FALSE(Parse("[matrix]\naxes = { \"faults.timeline\" = [1] }\n").ok());
}

}  // namespace
}  // namespace wringer::sim
