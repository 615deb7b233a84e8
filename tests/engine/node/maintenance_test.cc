#include "engine/node/maintenance.h"

#include <gtest/gtest.h>

#include "tests/engine/node/parts_fixture.h"

namespace wringer::node {
namespace {

using testing::TestNode;
using wire::OpKind;

// A leader executes what others have made durable. A checkpoint of that, and
// then a crash, would leave a state that its own log does not lead to: what the
// log said of the membership would be gone.
TEST(Maintenance, ACheckpointWaitsForTheLogItCovers) {
  TestNode node(nullptr);
  NodeOptions options;
  options.engine.journal = false;
  Replica replica(&node, options);
  Maintenance maintenance(options, node.env(), &replica.engine, &replica.log,
                          &replica.applier, &replica.host);
  replica.Write(OpKind::kRegisterSession, 1, "", "");
  replica.Write(OpKind::kPut, 2, "k", "v");
  replica.log.durable_to = LogPosition{Term{1}, LogIndex{1}};
  bool passed = false;
  node.Run([&] {
    maintenance.AwaitLog(replica.engine.last_sequence());
    passed = true;
  });
  EXPECT_FALSE(passed);
  maintenance.OnDurable();  // of something else
  node.Wait(kSecond);
  EXPECT_FALSE(passed);
  replica.log.durable_to = replica.log.last();
  maintenance.OnDurable();
  node.Wait(kSecond);
  EXPECT_TRUE(passed);
  node.Kill();
}

}  // namespace
}  // namespace wringer::node
