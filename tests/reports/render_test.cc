// The reports' text, byte for byte: what a person sees of the house example.
#include <string>

#include "gtest/gtest.h"
#include "reports/check/check_foreign.h"
#include "reports/check/check_history.h"
#include "reports/history/import.h"
#include "reports/history/utf8.h"
#include "reports/render/check_lines.h"
#include "reports/render/result_json.h"
#include "reports/render/story.h"
#include "reports/render/timeline.h"
#include "tests/reports/failover.h"
#include "tests/reports/sketch.h"

namespace wringer::reports {
namespace {

std::vector<CheckResult> Results(const History& history) {
  return CheckHistory(history);
}

TEST(Render, CheckLines) {
  std::vector<CheckResult> results = Results(AsyncFailover());
  results[1].promised = false;
  results[4].status = CheckStatus::kInconclusive;
  results[4].notes = {"the budget of steps was used up"};
  EXPECT_EQ(
      CheckLines(results, {.ascii = true}),
      R"(  x linearizable                 key "k17" at 7.412 s                                         SAFETY
  . no acknowledged write lost   1 of 2 acknowledged writes                                 measured
  + no phantom value             3 values seen
  + converges                    2.1 s after the last fault   (limit 5 s)
  ! each request at most once    undecided: the budget of steps was used up             INCONCLUSIVE
)");
  EXPECT_EQ(CheckLines({results[2], results[0]}, {}),
            R"(  ✓ no phantom value             3 values seen
  ✗ linearizable                 key "k17" at 7.412 s                                         SAFETY
)");
}

TEST(Render, Story) {
  const History history = AsyncFailover();
  const auto results = Results(history);
  EXPECT_EQ(StoryText(history, *FirstFinding(results), {}),
            R"(What happened to k17
     7.051 s  client 2   put k17 = v871               acknowledged by n2 (leader, term 4)
     7.108 s  client 3   put k17 = v902               acknowledged by n2 (leader, term 4)
     7.233 s  n2         goes down
     7.233 s  fault lose power-loss on n2             effective: 3 unsynced WAL records gone
     7.396 s  n4         becomes leader, term 5       its log ends 1 entry before v902
     7.412 s  client 6   get k17 -> v871              answered by n4 (leader, term 5)
Why that is wrong
  1. client 2 called put k17 = v871 at 7.040 s; it was acknowledged by n2 (leader, term 4) at
     7.051 s.
  2. After that client 3 called put k17 = v902 at 7.095 s; it was acknowledged by n2 (leader, term
     4) at 7.108 s.
  3. Yet after that client 6 called get k17 -> v871 at 7.404 s; it was answered by n4 (leader, term
     5) at 7.412 s.
  4. v871 was written once and cannot come back; so v902, in between, should have been seen.
  5. Nobody ever saw v902 again: an acknowledged write was lost.
  6. Rule broken: every operation takes effect at one moment between its call and its answer
     (linearizability).
)");
}

TEST(Render, Timeline) {
  const History history = AsyncFailover();
  const auto results = Results(history);
  const Finding& finding = *FirstFinding(results);
  EXPECT_EQ(
      TimelineText(history, finding, {}),
      R"(              7.030 s              7.126 s              7.221 s              7.316 s
              ╵                    ╵                    ╵                    ╵
  client 2      ├─┤
                put k17 = v871
  client 3                  ├──┤
                            put k17 = v902
  client 6                                                                                      ├┤
                                                                                     get k17 -> v871
  n2          █4██████████████████████████████████████████××××××××××××××××××××××××××××××××××××××××××
  n4          ────────────────────────────────────────────────────────────────────────────────█5████
  lose                                      power-loss n2 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒
              █ leader, term  ─ follower  × down  ~ paused  ▒ fault  ▸ unknown
)");
  EXPECT_EQ(
      TimelineText(history, finding, {.ascii = true, .width = 80}),
      R"(              7.030 s         7.125 s         7.220 s         7.314 s
              '               '               '               '
  client 2     |-|
               put k17 = v871
  client 3              |--|
                        put k17 = v902
  client 6                                                                   ||
                                                                 get k17 -> v871
  n2          L4LLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLLxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
  n4          -------------------------------------------------------------L5LLL
  lose                            power-loss n2 %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
              L leader, term  - follower  x down  ~ paused  % fault  > unknown
)");
}

TEST(Render, Json) {
  const History history = AsyncFailover();
  std::string text;
  JsonWriter json(&text);
  WriteResults(history, {Results(history)[1]}, &json);
  EXPECT_EQ(
      text,
      R"([{"name":"lost-acks","title":"no acknowledged write lost","passed":false,"status":"violated","promised":true,"violations":1,"coverage":2,"method":"final state + later operations","steps":3,"summary":"1 of 2 acknowledged writes","notes":[],"findings":[{"kind":"lost-ack","key":"k17","at_ns":7412000000,"ops":[{"op":871,"client":2,"text":"put k17 = v871","outcome":"ok","node":"n2","call_ns":7040000000,"return_ns":7051000000,"term":4,"index":40},{"op":902,"client":3,"text":"put k17 = v902","outcome":"ok","node":"n2","call_ns":7095000000,"return_ns":7108000000,"term":4,"index":41},{"op":911,"client":6,"text":"get k17 -> v871","outcome":"ok","node":"n4","call_ns":7404000000,"return_ns":7412000000,"term":5,"index":40}],"faults":["lose"],"explanation":["client 3's put k17 = v902 was acknowledged by n2 (leader, term 4) at 7.108 s.","Later client 6's get k17 -> v871, called at 7.404 s and answered by n4 (leader, term 5), met an older version; v902 was never seen again.","Rule broken: what was acknowledged stays, until it is overwritten."]}]}])");
}

TEST(Render, ForeignStory) {
  const auto history = ImportJepsenLog(
      "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t1\n"
      "INFO  jepsen.util - 1\t:invoke\t:read\tnil\n"
      "INFO  jepsen.util - 1\t:ok\t:read\t2\n",
      {});
  ASSERT_TRUE(history.ok());
  const CheckResult result = CheckForeign(*history);
  ASSERT_EQ(result.findings.size(), 1u);
  EXPECT_EQ(ForeignStoryText(*history, result.findings[0], {}),
            R"(What happened
  process 1: read -> 2 (line 3, answered line 4)
Why that is wrong
  1. Before it the state was nil.
  2. Nothing called before its answer can have led to what it saw.
  3. process 1: read -> 2 (line 3, answered line 4) fits none of these, whatever order the
     operations pending then are given.
  4. Rule broken: every operation takes effect at one moment between its call and its answer
     (linearizability).
)");
}

TEST(Render, ColourAddsNothingButColour) {
  const History history = AsyncFailover();
  const auto results = Results(history);
  std::string painted =
      CheckLines(results, {.color = true}) +
      StoryText(history, results[0].findings[0], {.color = true});
  const std::string plain =
      CheckLines(results, {}) + StoryText(history, results[0].findings[0], {});
  EXPECT_NE(painted, plain);
  for (std::size_t at = painted.find('\033'); at != std::string::npos;
       at = painted.find('\033')) {
    painted.erase(at, painted.find('m', at) - at + 1);
  }
  EXPECT_EQ(painted, plain);
}

// No line is wider than asked and nothing but ASCII is used where it may not
// be, whatever the finding.
void ExpectFits(const std::string& text, const Style& style) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    ASSERT_NE(end, std::string::npos);
    const Slice line = Slice(text).substr(at, end - at);
    ASSERT_LE(Utf8Columns(line), static_cast<std::size_t>(style.width)) << line;
    for (const char c : line) {
      ASSERT_TRUE(!style.ascii || static_cast<unsigned char>(c) < 0x80);
    }
    at = end + 1;
  }
}

TEST(Render, EveryFindingFits) {
  Sketch degenerate;
  degenerate.Get(std::string(300, 'x'), 77, 0, 0);
  degenerate[0].outcome = Outcome::kOk;  // called, answered at one moment
  degenerate[0].return_seq = 0;
  degenerate[0].return_ns = 0;
  Sketch open;
  const OpIndex lost = open.Put("k", 1, 0);
  open.Get("k", open.TagOf(lost), 2, 3);
  open.Get("k", kInitialTag, 4, 5);
  Sketch crowd;
  for (std::uint32_t i = 0; i < 40; ++i) {
    crowd[crowd.Put("k", 1 + i, 100 + i)].tag_known = true;
  }
  const OpIndex odd = crowd.Get("k", 0, 200, 201);
  crowd[odd].tag_known = false;
  crowd[odd].found = true;
  for (const History& history :
       {AsyncFailover(), degenerate.history, open.history, crowd.history}) {
    for (const Style& style :
         {Style{.width = 60}, Style{.ascii = true, .width = 100}}) {
      const auto results = Results(history);
      ExpectFits(CheckLines(results, style), style);
      for (const CheckResult& result : results) {
        for (const Finding& finding : result.findings) {
          ExpectFits(StoryText(history, finding, style), style);
          ExpectFits(TimelineText(history, finding, style), style);
        }
      }
    }
  }
}

}  // namespace
}  // namespace wringer::reports
