// Foreign formats: what they mean, and what is refused, line by line.
#include "reports/history/import.h"

#include <random>
#include <string>

#include "gtest/gtest.h"
#include "reports/check/check_foreign.h"
#include "reports/history/edn_reader.h"
#include "reports/history/json_reader.h"
#include "reports/history/jsonl.h"

namespace wringer::reports {
namespace {

CheckStatus Verdict(const absl::StatusOr<ForeignHistory>& history) {
  EXPECT_TRUE(history.ok()) << history.status();
  return CheckForeign(*history).status;
}

CheckStatus Edn(const std::string& text,
                ForeignModel model = ForeignModel::kCasRegister) {
  return Verdict(ImportJepsenEdn(text, {.model = model}));
}

CheckStatus Log(const std::string& lines) {
  std::string text;
  for (const char c : lines) {
    text += c == ' ' ? "\t" : std::string(1, c);
  }
  std::string log;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    log += "INFO  jepsen.util - " + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return Verdict(ImportJepsenLog(log, {}));
}

std::string ErrorOf(const absl::StatusOr<ForeignHistory>& history) {
  return history.ok() ? "" : std::string(history.status().message());
}

constexpr CheckStatus kYes = CheckStatus::kHolds;
constexpr CheckStatus kNo = CheckStatus::kViolated;

TEST(JepsenEdn, EventsMayStandAloneOrInAVector) {
  const std::string events =
      "{:process 0 :type :invoke :f :write :value 3}\n"
      "{:process 0, :type :ok, :f :write, :value 3} ; done\n"
      "{:process 1 :type :invoke :f :read :value nil}\n"
      "#_{:ignored true}\n"
      "#jepsen.history.Op{:process 1 :type :ok :f :read :value 3}\n";
  EXPECT_EQ(Edn(events), kYes);
  EXPECT_EQ(Edn("[" + events + "]"), kYes);
  EXPECT_EQ(Edn("(" + events + ")"), kYes);
}

TEST(JepsenEdn, AFailedCompareAndSetTellsNothing) {
  EXPECT_EQ(Edn("{:process 0 :type :invoke :f :cas :value [0 1]}"
                "{:process 0 :type :fail :f :cas :value [0 1]}"),
            kYes);
}

TEST(JepsenEdn, ANilReadSaysNothingUnlessAsked) {
  const std::string text =
      "{:process 0 :type :invoke :f :write :value 3}"
      "{:process 0 :type :ok :f :write :value 3}"
      "{:process 1 :type :invoke :f :read :value nil}"
      "{:process 1 :type :ok :f :read :value nil}";
  EXPECT_EQ(Edn(text), kYes);
  ImportOptions strict;
  strict.nil_read_is_absent = true;
  EXPECT_EQ(Verdict(ImportJepsenEdn(text, strict)), kNo);
}

TEST(JepsenEdn, IndependentKeysAreTold) {
  const std::string write =
      "{:process 0 :type :invoke :f :write :value [7 3]}"
      "{:process 0 :type :ok :f :write :value [7 3]}"
      "{:process 0 :type :invoke :f :cas :value [7 [3 4]]}"
      "{:process 0 :type :ok :f :cas :value [7 [3 4]]}"
      "{:process 1 :type :invoke :f :read :value [KEY nil]}"
      "{:process 1 :type :ok :f :read :value [KEY 4]}";
  const auto with = [&write](const std::string& key) {
    std::string text = write;
    while (text.find("KEY") != std::string::npos) {
      text.replace(text.find("KEY"), 3, key);
    }
    return text;
  };
  EXPECT_EQ(Edn(with("7")), kYes);
  EXPECT_EQ(Edn(with("8")), kNo);
}

TEST(JepsenEdn, AnUnknownWriteMayHappenLateOrNever) {
  const std::string text =
      "{:process 0 :type :invoke :f :write :value 3}"
      "{:process 0 :type :info :f :write :value :timeout}"
      "{:process 1 :type :invoke :f :read :value nil}"
      "{:process 1 :type :ok :f :read :value 0}"
      "{:process 1 :type :invoke :f :read :value nil}"
      "{:process 1 :type :ok :f :read :value 3}";
  EXPECT_EQ(Edn(text), kYes);
  EXPECT_EQ(Edn(text + "{:process 1 :type :invoke :f :read :value nil}"
                       "{:process 1 :type :ok :f :read :value 0}"),
            kNo);
}

TEST(JepsenEdn, AMutexIsHeldOnce) {
  const std::string text =
      "{:process 0 :type :invoke :f :acquire}"
      "{:process 0 :type :ok :f :acquire}";
  EXPECT_EQ(Edn(text, ForeignModel::kMutex), kYes);
  EXPECT_EQ(Edn(text + "{:process 1 :type :invoke :f :acquire}"
                       "{:process 1 :type :ok :f :acquire}",
                ForeignModel::kMutex),
            kNo);
}

TEST(JepsenEdn, ATransactionSeesAllRegistersAtOnce) {
  const auto text = [](const char* y) {
    return std::string(
               "{:process 0 :type :invoke :f :txn :value [[:write :x 1] "
               "[:write :y 1]]}"
               "{:process 0 :type :ok :f :txn :value [[:write :x 1] [:write "
               ":y 1]]}"
               "{:process 1 :type :invoke :f :txn :value [[:read :x nil] "
               "[:read :y nil]]}"
               "{:process 1 :type :ok :f :txn :value [[:read :x 1] [:read "
               ":y ") +
           y + "]]}";
  };
  EXPECT_EQ(Edn(text("1"), ForeignModel::kMultiRegister), kYes);
  EXPECT_EQ(Edn(text("0"), ForeignModel::kMultiRegister), kNo);
}

TEST(JepsenEdn, MistakesNameTheirLine) {
  const auto error = [](const std::string& text) {
    return ErrorOf(ImportJepsenEdn(text, {}));
  };
  EXPECT_EQ(error("\n{:process 0 :type :invoke :f :write"),
            "line 2: no closing '}' for the form of line 2");
  EXPECT_EQ(error("{:process 0 :type :invoke :f :append :value 1}"),
            "line 1: :f is not an operation of model cas-register");
  EXPECT_EQ(error("\n\n{:process 0 :type :ok :f :write :value 1}"),
            "line 3: process 0 completes, but nothing is open");
  EXPECT_EQ(error("{:process 0 :type :invoke :f :cas :value 1}"),
            "line 1: a cas needs :value [old new]");
  EXPECT_EQ(error("{:process 0 :type :maybe :f :cas}"),
            "line 1: :type must be :invoke :ok :fail or :info");
  EXPECT_EQ(error("{:type :ok}"), "line 1: no :process");
  EXPECT_EQ(error("17"), "line 1: expected a map {:process ...}");
  EXPECT_EQ(error("{:process 0 :type :invoke :f :read}\n"
                  "{:process 0 :type :invoke :f :read}"),
            "line 2: process 0 calls again; its call of line 1 is still open");
}

TEST(JepsenEdn, DepthIsLimitedNotTheStack) {
  for (const char* open : {"[", "{:a ", "#_ ", "#t ", "#{"}) {
    std::string text;
    for (int i = 0; i < 100000; ++i) text += open;
    EXPECT_FALSE(ParseEdn(text).ok()) << open;
  }
}

TEST(JepsenLog, AFailedCompareAndSetSawSomethingElse) {
  EXPECT_EQ(Log("0 :invoke :write 1\n0 :ok :write 1\n"
                "1 :invoke :cas [1 2]\n1 :fail :cas [1 2]"),
            kNo);
  EXPECT_EQ(Log("0 :invoke :write 1\n0 :ok :write 1\n"
                "1 :invoke :cas [3 2]\n1 :fail :cas [3 2]"),
            kYes);
}

TEST(JepsenLog, TimeoutsAreUnknownAndFailedReadsNothing) {
  EXPECT_EQ(Log("0 :invoke :write 1\n0 :info :write :timed-out\n"
                "1 :invoke :read nil\n1 :fail :read :timed-out\n"
                "1 :invoke :read nil\n1 :ok :read nil\n"
                "1 :invoke :read nil\n1 :ok :read 1"),
            kYes);
}

TEST(JepsenLog, MistakesNameTheirLine) {
  const auto error = [](const std::string& text) {
    return ErrorOf(ImportJepsenLog(text, {}));
  };
  EXPECT_EQ(error("INFO ok\nrubbish\n"), "line 2: not a line of a Jepsen log");
  EXPECT_EQ(error("INFO  jepsen.util - x\t:ok\t:read\t1"),
            "line 1: the process is not a number");
  EXPECT_EQ(error("INFO  jepsen.util - 1\t:invoke\t:steal\t1"),
            "line 1: unknown operation :steal");
  EXPECT_EQ(error("INFO  jepsen.util - 1\t:invoke\t:write\t[}"),
            "line 1: bad value [}");
}

TEST(PorcupineKv, AppendsConcatenate) {
  const auto text = [](const char* saw) {
    return std::string(
               "{:process 0, :type :invoke, :f :append, :key \"k\", :value "
               "\"a\"}\n"
               "{:process 0, :type :ok, :f :append, :key \"k\", :value "
               "\"a\"}\n"
               "{:process 0, :type :invoke, :f :append, :key \"k\", :value "
               "\"b\"}\n"
               "{:process 0, :type :ok, :f :append, :key \"k\", :value "
               "\"b\"}\n"
               "{:process 0, :type :invoke, :f :get, :key \"k\", :value "
               "\"\"}\n"
               "{:process 0, :type :ok, :f :get, :key \"k\", :value \"") +
           saw + "\"}\n";
  };
  EXPECT_EQ(Verdict(ImportPorcupineKv(text("ab"))), kYes);
  EXPECT_EQ(Verdict(ImportPorcupineKv(text("ba"))), kNo);
  EXPECT_EQ(Verdict(ImportPorcupineKv(text(""))), kNo);
  EXPECT_EQ(Verdict(ImportPorcupineKv(text("nil"))), kNo);
}

TEST(Importers, AnEmptyFileIsAnEmptyHistory) {
  EXPECT_EQ(Edn(""), kYes);
  EXPECT_EQ(Edn("[]"), kYes);
  EXPECT_EQ(Log(""), kYes);
  EXPECT_EQ(Verdict(ImportPorcupineKv("")), kYes);
}

TEST(JsonReader, StrictAndComplete) {
  for (const char* good :
       {"0", "-12", "1.5e3", "\"\\u00e9\\ud83d\\ude00\"", "[1,{\"a\":null}]",
        " { } ", "18446744073709551615"}) {
    EXPECT_TRUE(ParseJson(good).ok()) << good;
  }
  for (const char* bad :
       {"", "01", "1.", "[1,]", "{\"a\":1,\"a\":2}", "\"\\ud800\"", "tru",
        "nul", "1 2", "\"\x01\"", "\"\xff\"", "{a:1}", "[", "\"", "-"}) {
    EXPECT_FALSE(ParseJson(bad).ok()) << bad;
  }
  EXPECT_FALSE(ParseJson(std::string(100000, '[')).ok());
}

// Not a fuzzer, but everywhere: real files, mangled. Nothing may crash, and
// what is accepted can be judged.
TEST(Importers, MangledFilesNeverCrash) {
  const std::string seeds[] = {
      "{:process 0, :type :invoke, :f :append, :key \"k\", :value \"a\"}\n"
      "{:process 0, :type :ok, :f :append, :key \"k\", :value \"a\"}\n",
      "[{:process 0 :type :invoke :f :cas :value [1 2] :time 12N}\n"
      " {:process 0 :type :info :f :cas :value [1 2] :error #{:a \\b}}]",
      "INFO  jepsen.util - 0\t:invoke\t:write\t1\n"
      "INFO  jepsen.util - 0\t:ok\t:write\t1\n",
      "{\"format\":\"wringer-history-1\"}\n"
      "{\"op\":1,\"client\":1,\"kind\":\"put\",\"key\":\"k\",\"call\":[1,1],"
      "\"outcome\":\"ok\",\"return\":[2,2],\"value\":\"00000000000000ff\"}\n"
      "{\"final\":true,\"healed\":1,\"limit\":2}\n"
      "{\"replica\":\"n1\",\"applied\":3,\"reachable\":true,"
      "\"authoritative\":true}\n"};
  std::mt19937_64 rng(5);
  for (int round = 0; round < 20000; ++round) {
    std::string text = seeds[rng() % 4];
    for (std::uint64_t n = 1 + rng() % 4; n > 0 && !text.empty(); --n) {
      const std::size_t at = rng() % text.size();
      switch (rng() % 4) {
        case 0:
          text[at] = static_cast<char>(rng() % 256);
          break;
        case 1:
          text.erase(at, 1 + rng() % 8);
          break;
        case 2:
          text.insert(at, text.substr(rng() % text.size(), rng() % 16));
          break;
        default:
          text.resize(at);
      }
    }
    for (const ForeignModel model :
         {ForeignModel::kCasRegister, ForeignModel::kMultiRegister,
          ForeignModel::kMutex, ForeignModel::kKv}) {
      const auto history = ImportJepsenEdn(text, {.model = model});
      if (history.ok()) CheckForeign(*history, {.steps = 10000});
    }
    const auto log = ImportJepsenLog(text, {});
    if (log.ok()) CheckForeign(*log, {.steps = 10000});
    if (ReadJsonl(text).ok()) SUCCEED();
  }
}

}  // namespace
}  // namespace wringer::reports
