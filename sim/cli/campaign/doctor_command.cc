// wringer doctor: is this build, on this machine, fit to judge anything?
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "reports/history/json_writer.h"
#include "sim/cli/campaign/doctor_checks.h"
#include "sim/cli/commands.h"
#include "sim/cli/terminal.h"

namespace wringer::cli {
namespace {

constexpr std::size_t kNameWidth = 18;

Slice HealthName(Health health) {
  switch (health) {
    case Health::kFact:
      return "fact";
    case Health::kGood:
      return "good";
    case Health::kUnknown:
      return "unknown";
    case Health::kBad:
      break;
  }
  return "bad";
}

std::string Sign(Health health, const reports::Style& style) {
  using reports::Color;
  switch (health) {
    case Health::kFact:
      return " ";
    case Health::kGood:
      return style.Paint(Color::kGood, style.Sign("\u2713", "+"));
    case Health::kUnknown:
      return style.Paint(Color::kWarn, "!");
    case Health::kBad:
      break;
  }
  return style.Paint(Color::kBad, style.Sign("\u2717", "x"));
}

class Examination {
 public:
  explicit Examination(const CommonOptions& common)
      : common_(common),
        style_(StyleFor(common, 1)),
        live_(!common.quiet && ::isatty(STDERR_FILENO) == 1) {}

  // What is being looked at, until the next answer, for whoever watches.
  void Begin(Slice what) const {
    if (live_) Err(absl::StrCat("\r\x1b[K  . ", what, " ..."));
  }

  void Add(Diagnosis found) {
    if (live_) Err("\r\x1b[K");
    if (found.health == Health::kBad && code_ == kHeld) code_ = found.code;
    const bool shown = !common_.quiet || found.health == Health::kBad;
    if (!common_.json && shown) {
      Out(absl::StrCat("  ", Sign(found.health, style_), " ",
                       reports::PadRight(found.name, kNameWidth), " ",
                       found.text, "\n"));
    }
    all_.push_back(std::move(found));
  }
  void Add(std::vector<Diagnosis> found) {
    for (Diagnosis& one : found) Add(std::move(one));
  }

  int Conclude() const {
    if (common_.json) {
      Out(Json() + "\n");
    } else if (code_ == kHeld) {
      Out(style_.Paint(reports::Color::kGood, "PASS") + "\n");
    } else {
      Out(style_.Paint(reports::Color::kBad, "FAIL") +
          "   do not trust its verdicts until this is mended\n");
    }
    return code_;
  }

 private:
  std::string Json() const {
    std::string out;
    reports::JsonWriter json(&out);
    json.Object().Field("format", "wringer-doctor-1");
    json.Field("passed", code_ == kHeld).Key("checks").Array();
    for (const Diagnosis& one : all_) {
      json.Object().Field("name", Slice(one.name));
      json.Field("health", HealthName(one.health));
      json.Field("text", Slice(one.text)).End();
    }
    json.End().End();
    return out;
  }

  const CommonOptions& common_;
  const reports::Style style_;
  const bool live_;
  std::vector<Diagnosis> all_;
  ExitCode code_ = kHeld;
};

}  // namespace

int Doctor(const CommonOptions& common, const DoctorOptions& options) {
  if (!common.json) Out(BuildLine() + "\n");
  Examination examination(common);
  examination.Add(BuildFacts());
  examination.Add(MachineFacts());
  examination.Begin("one run, twice");
  examination.Add(CheckRepeat());
  examination.Begin("stored digests");
  examination.Add(CheckStoredDigests());
  examination.Begin("every kind of fault, with and without its teeth");
  examination.Add(CheckBites());
  examination.Begin("a planted bug, and the same worlds without it");
  examination.Add(CheckCanary());
  examination.Begin("workers that crash, hang and grow");
  examination.Add(CheckWorkers());
  if (options.deep) {
    Err("wringer: --deep builds four trees (build/release, build/matrix/*) and "
        "runs the gallery in each;\n"
        "         the first time that takes as long as four full builds\n");
    examination.Add(CheckMatrix());
  }
  return examination.Conclude();
}

}  // namespace wringer::cli
