#include "reports/render/story.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "reports/history/describe.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

constexpr std::size_t kNodeEventsMost = 8;
constexpr std::size_t kFaultsMost = 8;

struct Row {
  std::int64_t ns = 0;
  int rank = 0;  // at one time: nodes, faults, operations
  std::string who;
  std::string what;
  std::string then;
};

// When its outcome was known; of an open one, when it was called.
std::int64_t RowTime(const Operation& op) {
  return op.outcome == Outcome::kUnknown ? op.call_ns : op.return_ns;
}

std::string Title(const Finding& finding, const Style& style) {
  std::string title = "What happened";
  if (!finding.key_text.empty()) {
    absl::StrAppend(&title, " to ", finding.key_text);
  }
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  return absl::StrCat(style.Paint(Color::kBold, Clip(title, width)), "\n");
}

class Story {
 public:
  Story(const History& history, const Finding& finding, const Style& style)
      : history_(history), finding_(finding), style_(style) {}

  std::string Text() {
    for (const OpIndex i : finding_.ops) Op(history_.op(i));
    Faults();
    NodeEvents();
    std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
      return std::tie(a.ns, a.rank, a.who, a.what) <
             std::tie(b.ns, b.rank, b.who, b.what);
    });
    std::string text = Title(finding_, style_);
    for (const Row& row : rows_) text.append(Line(row));
    return text;
  }

 private:
  void Op(const Operation& op) {
    const std::int64_t end =
        op.return_ns == kNeverNs ? op.call_ns : op.return_ns;
    start_ = rows_.empty() ? op.call_ns : std::min(start_, op.call_ns);
    end_ = std::max(end_, end);
    rows_.push_back({RowTime(op), 2, ClientText(op), ActionText(history_, op),
                     OutcomeText(history_, op)});
  }

  void Faults() {
    std::size_t shown = 0;
    for (const std::uint32_t i : finding_.faults) {
      const FaultWindow& fault = history_.faults()[i];
      if (!fault.effective || ++shown > kFaultsMost) continue;
      std::string what = absl::StrCat(fault.kind, " on ", fault.target);
      std::string then = "effective";
      if (!fault.effect.empty()) absl::StrAppend(&then, ": ", fault.effect);
      rows_.push_back({fault.start_ns, 1, absl::StrCat("fault ", fault.id),
                       std::move(what), std::move(then)});
    }
  }

  void NodeEvents() {
    std::size_t shown = 0;
    for (const NodeEvent& event : history_.node_events()) {
      if (event.ns < start_ || event.ns > end_) continue;
      const std::string what = EventText(event);
      if (what.empty() || ++shown > kNodeEventsMost) continue;
      rows_.push_back({event.ns, 0, std::string(history_.name(event.node)),
                       what, event.note});
    }
  }

  // Empty for events that would only be noise.
  static std::string EventText(const NodeEvent& event) {
    switch (event.kind) {
      case NodeEventKind::kLeader:
        return event.term == 0
                   ? "becomes leader"
                   : absl::StrCat("becomes leader, term ", event.term);
      case NodeEventKind::kDown:
        return "goes down";
      case NodeEventKind::kUp:
        return "is up again";
      case NodeEventKind::kPaused:
        return "is paused";
      case NodeEventKind::kResumed:
        return "runs again";
      default:
        return "";
    }
  }

  std::string Line(const Row& row) const {
    const auto width = static_cast<std::size_t>(std::max(60, style_.width));
    std::string line = absl::StrCat("  ", PadLeft(MomentText(row.ns), 10), "  ",
                                    PadRight(Clip(row.who, 14), 10), " ",
                                    PadRight(row.what, 28));
    if (!row.then.empty()) absl::StrAppend(&line, " ", row.then);
    return absl::StrCat(Clip(absl::StripTrailingAsciiWhitespace(line), width),
                        "\n");
  }

  const History& history_;
  const Finding& finding_;
  const Style& style_;
  std::vector<Row> rows_;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
};

// A number and its unit stay on one line.
bool IsUnit(Slice word) {
  while (!word.empty() &&
         absl::ascii_ispunct(static_cast<unsigned char>(word.back()))) {
    word.remove_suffix(1);
  }
  return word == "s" || word == "ms" || word == "us" || word == "ns";
}

// `sentence` below a number, folded to the width.
void AppendNumbered(std::size_t number, const std::string& sentence,
                    const Style& style, std::string* text) {
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::vector<std::string> words;
  for (const Slice word : absl::StrSplit(sentence, ' ')) {
    if (IsUnit(word) && !words.empty()) {
      absl::StrAppend(&words.back(), " ", word);
    } else {
      words.emplace_back(word);
    }
  }
  std::string line = absl::StrCat("  ", number, ". ");
  const std::string indent(line.size(), ' ');
  bool empty = true;
  for (const std::string& whole : words) {
    const std::string word = Clip(whole, width - indent.size());
    if (!empty && Utf8Columns(line) + 1 + Utf8Columns(word) > width) {
      absl::StrAppend(text, line, "\n");
      line = indent;
      empty = true;
    }
    absl::StrAppend(&line, empty ? "" : " ", word);
    empty = false;
  }
  absl::StrAppend(text, line, "\n");
}

std::string Why(const Finding& finding, const Style& style) {
  std::string text;
  for (std::size_t i = 0; i < finding.explanation.size(); ++i) {
    AppendNumbered(i + 1, finding.explanation[i], style, &text);
  }
  return text;
}

}  // namespace

std::string StoryText(const History& history, const Finding& finding,
                      const Style& style) {
  return absl::StrCat(Story(history, finding, style).Text(),
                      style.Paint(Color::kBold, "Why that is wrong"), "\n",
                      Why(finding, style));
}

std::string ForeignStoryText(const ForeignHistory& history,
                             const Finding& finding, const Style& style) {
  constexpr std::size_t kOpsMost = 24;
  const auto width = static_cast<std::size_t>(std::max(60, style.width));
  std::string text = Title(finding, style);
  const std::size_t count = finding.ops.size();
  const std::size_t skipped = count > kOpsMost ? count - kOpsMost : 0;
  if (skipped > 0) {
    absl::StrAppend(&text, "  (", skipped, " earlier ones not shown)\n");
  }
  for (std::size_t i = skipped; i < count; ++i) {
    const ForeignOp& op = history.ops[finding.ops[i]];
    absl::StrAppend(&text,
                    Clip(absl::StrCat("  ", ForeignOpText(history, op)), width),
                    "\n");
  }
  return absl::StrCat(text, style.Paint(Color::kBold, "Why that is wrong"),
                      "\n", Why(finding, style));
}

}  // namespace wringer::reports
