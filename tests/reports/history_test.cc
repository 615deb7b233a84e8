#include "reports/history/history.h"

#include <string>

#include "gtest/gtest.h"
#include "reports/check/check_history.h"
#include "reports/history/describe.h"
#include "reports/history/jsonl.h"
#include "reports/render/result_json.h"
#include "tests/reports/failover.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

std::string Judged(const History& history) {
  std::string text;
  JsonWriter json(&text);
  WriteResults(history, CheckHistory(history), &json);
  return text;
}

// Everything an operation can carry, on keys JSON cannot.
History Everything() {
  Sketch s;
  const OpIndex put = s.Put(Slice("\xff\x00key", 5), 1, 2);
  s[put].write_asked = WriteLevel::kCopies;
  s[put].copies_asked = 2;
  s[put].write_given = WriteLevel::kLocal;
  s[put].attempts = 3;
  s[put].node = s.history.InternName("n1");
  s[put].witness = {.index = 9, .sub = 1, .term = 2};
  const OpIndex get = s.Get(Slice("\xff\x00key", 5), s.TagOf(put), 3, 4);
  s[get].read_asked = ReadLevel::kStrong;
  s[get].read_given = ReadLevel::kLease;
  s[get].witness = {.index = 9, .sub = Witness::kAfterAll, .term = 2};
  s.Delete("quote\"\n\\", 5, 0);
  const OpIndex failed = s.Cas("k", s.TagOf(put), 6, 7);
  s[failed].outcome = Outcome::kFail;
  s[failed].cas_succeeded = false;
  s[failed].error = s.history.InternName("not leader");
  s.Refused("k", 1, kInitialTag, 8, 9);
  const OpIndex untagged = s.Get("k", kInitialTag, 10, 11);
  s[untagged].tag_known = false;
  s.history.Complete(s.Put("k", 12, 0), Outcome::kUnknown, {0, 99});
  s.history.Seal();
  return s.history;
}

TEST(History, JsonlRoundTripsByteForByte) {
  for (const History& history : {Everything(), AsyncFailover(), History()}) {
    const std::string text = WriteJsonl(history);
    const absl::StatusOr<History> back = ReadJsonl(text);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(WriteJsonl(*back), text);
    EXPECT_EQ(Judged(*back), Judged(history));
  }
}

TEST(History, OwnersNeedVersionTwo) {
  History history = Everything();
  history.final_state().recorded = true;
  history.final_state().owners.push_back(
      {.key = 0, .nodes = {history.InternName("n1")}});
  const std::string text = WriteJsonl(history);
  EXPECT_EQ(text.rfind("{\"format\":\"wringer-history-2\"}", 0), 0u);
  const absl::StatusOr<History> back = ReadJsonl(text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(WriteJsonl(*back), text);
  const auto error = [](const std::string& line) {
    return std::string(ReadJsonl(line).status().message());
  };
  const std::string owners = "{\"owners\":[\"n1\"],\"key\":\"k\"}\n";
  EXPECT_NE(error("{\"format\":\"wringer-history-1\"}\n" + owners), "");
  EXPECT_EQ(error("{\"format\":\"wringer-history-2\"}\n" + owners), "");
  EXPECT_EQ(error("{\"format\":\"wringer-history-2\"}\n"
                  "{\"owners\":[],\"key\":\"k\"}\n"),
            "line 2: \"owners\" must be a list of nodes");
}

TEST(History, JsonlMistakesNameTheirLine) {
  const std::string header = "{\"format\":\"wringer-history-1\"}\n";
  const std::string op =
      "{\"op\":1,\"client\":1,\"kind\":\"put\",\"key\":\"k\",\"call\":[5,1],"
      "\"outcome\":\"ok\",\"return\":[6,2],\"value\":\"00000000000000ff\"}\n";
  const auto error = [](const std::string& text) {
    const absl::StatusOr<History> history = ReadJsonl(text);
    return history.ok() ? "" : std::string(history.status().message());
  };
  EXPECT_EQ(error(header + op), "");
  EXPECT_EQ(error(""), "line 1: no header");
  EXPECT_EQ(error("{}"), "line 1: no \"format\"");
  EXPECT_EQ(error(header + op + op),
            "line 3: \"op\" must be a number other than 0, given to no other "
            "operation");
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = op;
    text.replace(text.find(from), from.size(), to);
    return error(header + text);
  };
  EXPECT_EQ(with("put", "pot"),
            "line 2: \"kind\" must be get, put, delete or cas");
  EXPECT_EQ(with("[6,2]", "[4,2]"), "line 2: it returns before its call");
  EXPECT_EQ(with("\"client\":1,", ""), "line 2: no \"client\"");
  EXPECT_EQ(with("\"client\"", "\"klient\":1,\"client\""),
            "line 2: unknown member \"klient\"");
  EXPECT_EQ(with("00ff", "0ff"), "line 2: \"value\" must be 16 hex digits");
  EXPECT_EQ(error(header + "{\"holds\":\"n1\",\"key\":\"k\",\"tag\":1,"
                           "\"found\":false}"),
            "line 2: not below the line of its replica");
}

TEST(History, SealSortsWhatCameOutOfOrder) {
  History history;
  history.AddFault({.id = "b", .start_ns = 2});
  history.AddFault({.id = "a", .start_ns = 1});
  const NameId n = history.InternName("n1");
  history.AddNodeEvent({.ns = 5, .node = n, .kind = NodeEventKind::kDown});
  history.AddNodeEvent({.ns = 3, .node = n, .kind = NodeEventKind::kLeader});
  history.AddNodeEvent({.ns = 3, .node = n, .kind = NodeEventKind::kFollower});
  history.Seal();
  EXPECT_EQ(history.faults()[0].id, "a");
  EXPECT_EQ(history.node_events()[0].kind, NodeEventKind::kLeader);
  EXPECT_EQ(history.node_events()[1].kind, NodeEventKind::kFollower);
  EXPECT_EQ(history.node_events()[2].kind, NodeEventKind::kDown);
}

TEST(History, ACopyOwnsItsNames) {
  History copy;
  {
    const History history = AsyncFailover();
    copy = history;
  }
  EXPECT_EQ(copy.key_name(0), "k17");
  EXPECT_EQ(copy.InternKey("k17"), 0u);
}

TEST(Describe, DurationsHaveThreeDigitsAndAUnit) {
  EXPECT_EQ(DurationText(13), "13 ns");
  EXPECT_EQ(DurationText(40200), "40.2 us");
  EXPECT_EQ(DurationText(255000000), "255 ms");
  EXPECT_EQ(DurationText(1800000000), "1.8 s");
  EXPECT_EQ(DurationText(5000000000), "5 s");
  EXPECT_EQ(DurationText(100000000000), "100 s");
  EXPECT_EQ(DurationText(-1500), "-1.5 us");
  EXPECT_EQ(MomentText(7412000000), "7.412 s");
}

}  // namespace
}  // namespace wringer::reports
