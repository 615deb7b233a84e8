// Codecs of delays, key choice, pace and levels.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "sim/scenario/schema/codecs_special.h"
#include "sim/scenario/toml/suggest.h"

namespace wringer::sim {
namespace {

std::string JsonText(Slice pattern) {
  return absl::StrCat("{\"type\": \"string\", \"pattern\": \"", pattern, "\"}");
}

void Malformed(const DocValue& value, Slice what, Slice help,
               Problems* problems) {
  problems->Error(value.span,
                  absl::StrCat("\"", value.text, "\" is not ", what),
                  std::string(help));
}

// "quorum(3)" with word "quorum" gives "3"; nothing if the form is another.
std::optional<Slice> Argument(Slice text, Slice word) {
  if (absl::ConsumePrefix(&text, word) && absl::ConsumePrefix(&text, "(") &&
      absl::ConsumeSuffix(&text, ")")) {
    return text;
  }
  return std::nullopt;
}

constexpr Slice kReadLevels[] = {"local", "session", "bounded", "leader",
                                 "lease", "quorum",  "strong"};
constexpr Slice kWriteLevels[] = {"default", "mem",    "os",  "local",
                                  "k",       "quorum", "all", "any"};

template <std::size_t n>
std::optional<std::size_t> IndexOf(const Slice (&words)[n], Slice word) {
  for (std::size_t i = 0; i < n; ++i) {
    if (words[i] == word) {
      return i;
    }
  }
  return std::nullopt;
}

template <std::size_t n>
void UnknownLevel(const DocValue& value, Slice what, const Slice (&words)[n],
                  Slice extra, Problems* problems) {
  std::string help;
  if (auto near = Nearest(value.text, {words, words + n})) {
    help = absl::StrCat("did you mean \"", *near, "\"? ");
  }
  problems->Error(
      value.span, absl::StrCat("unknown ", what, " \"", value.text, "\""),
      absl::StrCat(help, "known: ", Listed({words, words + n}), extra));
}

}  // namespace

void DelayCodec::Read(const DocValue& value, const Field& field, Delay* out,
                      Problems* problems) {
  if (!value.is_string()) {
    WrongType(value, field, "a delay",
              "delays are quoted and carry a unit: \"1ms..3ms\"; units: ns, "
              "us, ms, s, min, h",
              problems);
    return;
  }
  Delay delay;
  Complaint bad = ParseDelay(value.text, &delay);
  if (!bad.ok()) {
    problems->Error(value.span, std::move(bad.message), std::move(bad.help));
    return;
  }
  *out = delay;
}
std::optional<std::string> DelayCodec::Write(const Delay& value) {
  return Quoted(FormatDelay(value));
}
std::string DelayCodec::Json(const Field&) { return "{\"type\": \"string\"}"; }

void NewBandwidthCodec::Read(const DocValue& value, const Field& field,
                             std::uint64_t* out, Problems* problems) {
  BandwidthCodec::Read(value, field, out, problems);
}
std::optional<std::string> NewBandwidthCodec::Write(
    const std::uint64_t& value) {
  return value == 0 ? std::nullopt : BandwidthCodec::Write(value);
}
std::string NewBandwidthCodec::Json(const Field& field) {
  return BandwidthCodec::Json(field);
}

void NetworkProfileCodec::Read(const DocValue& value, const Field& field,
                               NetworkSpec* out, Problems* problems) {
  if (auto i = ReadChoice(value, field, NamesOf<NetworkProfile>(), problems)) {
    out->profile = static_cast<NetworkProfile>(*i);
    out->quality = QualityOf(out->profile);
  }
}
std::optional<std::string> NetworkProfileCodec::Write(
    const NetworkSpec& value) {
  return Quoted(NameOf(value.profile));
}
std::string NetworkProfileCodec::Json(const Field&) {
  return JsonChoice(NamesOf<NetworkProfile>().Built());
}

void KeyPickCodec::Read(const DocValue& value, const Field& field, KeyPick* out,
                        Problems* problems) {
  constexpr Slice kHelp =
      "write \"uniform\" or \"zipf 0.9\" (exponent below 10, 6 decimals)";
  if (!value.is_string()) {
    WrongType(value, field, "a way to pick keys", std::string(kHelp), problems);
    return;
  }
  Slice text = value.text;
  KeyPick pick;
  if (text == "uniform") {
    *out = pick;
    return;
  }
  pick.kind = KeyPick::Kind::kZipf;
  if (!absl::ConsumePrefix(&text, "zipf ") ||
      !ParseMillionths(text, &pick.theta_millionths) ||
      pick.theta_millionths == 0 || pick.theta_millionths >= 10'000'000) {
    Malformed(value, "a way to pick keys", kHelp, problems);
    return;
  }
  *out = pick;
}
std::optional<std::string> KeyPickCodec::Write(const KeyPick& value) {
  return value.kind == KeyPick::Kind::kUniform
             ? Quoted("uniform")
             : Quoted(absl::StrCat("zipf ",
                                   FormatMillionths(value.theta_millionths)));
}
std::string KeyPickCodec::Json(const Field&) {
  return JsonText("^(uniform|zipf [0-9][.]?[0-9]*)$");
}

void PaceCodec::Read(const DocValue& value, const Field& field, PaceSpec* out,
                     Problems* problems) {
  constexpr Slice kHelp =
      "write \"closed\", \"closed 5ms\" (think time, may be a range) or "
      "\"open 500/s\" (all clients together)";
  if (!value.is_string()) {
    WrongType(value, field, "a pace", std::string(kHelp), problems);
    return;
  }
  Slice text = value.text;
  PaceSpec pace;
  if (text == "closed") {
    pace.think = {0, 0};
    *out = pace;
    return;
  }
  if (absl::ConsumePrefix(&text, "closed ")) {
    DocValue think = value;
    think.text = std::string(text);
    if (auto range = ReadRange(think, field, Dimension::kDuration, problems)) {
      pace.think = {range->low, range->high};
      *out = pace;
    }
    return;
  }
  pace.kind = PaceSpec::Kind::kOpen;
  pace.think = {0, 0};
  if (!absl::ConsumePrefix(&text, "open ") ||
      !absl::ConsumeSuffix(&text, "/s") ||
      !absl::SimpleAtoi(text, &pace.per_second) || pace.per_second == 0 ||
      pace.per_second > 10'000'000) {
    Malformed(value, "a pace", kHelp, problems);
    return;
  }
  *out = pace;
}
std::optional<std::string> PaceCodec::Write(const PaceSpec& value) {
  if (value.kind == PaceSpec::Kind::kOpen) {
    return Quoted(absl::StrCat("open ", value.per_second, "/s"));
  }
  return Quoted(absl::StrCat(
      "closed ",
      FormatRange({value.think.low, value.think.high}, Dimension::kDuration)));
}
std::string PaceCodec::Json(const Field&) {
  return JsonText("^(closed( .+)?|open [0-9]+/s)$");
}

void ReadLevelCodec::Read(const DocValue& value, const Field& field,
                          ReadLevelSpec* out, Problems* problems) {
  constexpr Slice kBounded = "; bounded takes its bound: \"bounded(100ms)\"";
  if (!value.is_string()) {
    WrongType(value, field, "a read level",
              absl::StrCat("known: ", Listed({kReadLevels, kReadLevels + 7}),
                           kBounded),
              problems);
    return;
  }
  ReadLevelSpec level;
  if (auto bound = Argument(value.text, "bounded")) {
    level.kind = ReadLevelSpec::Kind::kBounded;
    Complaint bad =
        ParseQuantity(*bound, Dimension::kDuration, &level.staleness);
    if (!bad.ok() || level.staleness <= 0) {
      Malformed(value, "a read level",
                "the bound is a duration above nought: \"bounded(100ms)\"",
                problems);
      return;
    }
    *out = level;
    return;
  }
  if (value.text == "bounded") {
    problems->Error(value.span, "read level \"bounded\" needs its bound",
                    "write \"bounded(100ms)\"");
    return;
  }
  const auto i = IndexOf(kReadLevels, value.text);
  if (!i) {
    UnknownLevel(value, "read level", kReadLevels, kBounded, problems);
    return;
  }
  level.kind = static_cast<ReadLevelSpec::Kind>(*i);
  *out = level;
}
std::optional<std::string> ReadLevelCodec::Write(const ReadLevelSpec& value) {
  if (value.kind == ReadLevelSpec::Kind::kBounded) {
    return Quoted(absl::StrCat(
        "bounded(", FormatQuantity(value.staleness, Dimension::kDuration),
        ")"));
  }
  return Quoted(kReadLevels[static_cast<std::size_t>(value.kind)]);
}
std::string ReadLevelCodec::Json(const Field&) {
  return JsonText(
      "^(local|session|bounded[(].+[)]|leader|lease|quorum|strong)$");
}

void WriteLevelCodec::Read(const DocValue& value, const Field& field,
                           WriteLevelSpec* out, Problems* problems) {
  constexpr Slice kCopies = "; k takes its number: \"k(2)\"";
  if (!value.is_string()) {
    WrongType(value, field, "a write level",
              absl::StrCat("known: ", Listed({kWriteLevels, kWriteLevels + 8}),
                           kCopies),
              problems);
    return;
  }
  WriteLevelSpec level;
  if (auto copies = Argument(value.text, "k")) {
    level.kind = WriteLevelSpec::Kind::kCount;
    if (!absl::SimpleAtoi(*copies, &level.copies) || level.copies == 0 ||
        level.copies > 999) {
      Malformed(value, "a write level",
                "the number of copies is 1 to 999: \"k(2)\"", problems);
      return;
    }
    *out = level;
    return;
  }
  if (value.text == "k") {
    problems->Error(value.span, "write level \"k\" needs its number",
                    "write \"k(2)\"");
    return;
  }
  const auto i = IndexOf(kWriteLevels, value.text);
  if (!i) {
    UnknownLevel(value, "write level", kWriteLevels, kCopies, problems);
    return;
  }
  level.kind = static_cast<WriteLevelSpec::Kind>(*i);
  *out = level;
}
std::optional<std::string> WriteLevelCodec::Write(const WriteLevelSpec& value) {
  if (value.kind == WriteLevelSpec::Kind::kCount) {
    return Quoted(absl::StrCat("k(", value.copies, ")"));
  }
  return Quoted(kWriteLevels[static_cast<std::size_t>(value.kind)]);
}
std::string WriteLevelCodec::Json(const Field&) {
  return JsonText("^(default|mem|os|local|k[(][0-9]+[)]|quorum|all|any)$");
}

void CountRangeCodec::Read(const DocValue& value, const Field& field,
                           CountRange* out, Problems* problems) {
  if (value.is_integer()) {
    if (auto n = ReadInteger(value, field, problems)) {
      *out = {static_cast<std::uint64_t>(*n), static_cast<std::uint64_t>(*n)};
    }
    return;
  }
  if (!value.is_string()) {
    WrongType(value, field, "an integer or a range", "write 3 or \"1..8\"",
              problems);
    return;
  }
  const Slice text = value.text;
  const std::size_t dots = text.find("..");
  std::int64_t low = 0;
  std::int64_t high = 0;
  const bool ok = dots == Slice::npos
                      ? absl::SimpleAtoi(text, &low) && (high = low, true)
                      : absl::SimpleAtoi(text.substr(0, dots), &low) &&
                            absl::SimpleAtoi(text.substr(dots + 2), &high);
  if (!ok) {
    Malformed(value, "a range of integers", "write 3 or \"1..8\"", problems);
  } else if (low > high) {
    problems->Error(
        value.span,
        absl::StrCat("the range \"", text, "\" begins above its end"),
        absl::StrCat("write the smaller end first: \"", high, "..", low, "\""));
  } else if (InBounds(low, std::nullopt, value, field, problems) &&
             InBounds(high, std::nullopt, value, field, problems)) {
    *out = {static_cast<std::uint64_t>(low), static_cast<std::uint64_t>(high)};
  }
}
std::optional<std::string> CountRangeCodec::Write(const CountRange& value) {
  return value.low == value.high
             ? absl::StrCat(value.low)
             : Quoted(absl::StrCat(value.low, "..", value.high));
}
std::string CountRangeCodec::Json(const Field& field) {
  return absl::StrCat("{\"anyOf\": [", JsonInteger(field),
                      ", {\"type\": \"string\", \"pattern\": "
                      "\"^[0-9]+([.][.][0-9]+)?$\"}]}");
}

}  // namespace wringer::sim
