#include "reports/render/timeline.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "reports/history/describe.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

constexpr std::size_t kLabelColumns = 12;
constexpr std::size_t kNodesMost = 9;
constexpr std::size_t kClientsMost = 12;
constexpr std::size_t kFaultsMost = 8;

// One line of cells, each a character.
class Lane {
 public:
  explicit Lane(std::size_t columns) : cells_(columns, " ") {}

  std::size_t size() const { return cells_.size(); }
  bool Free(std::size_t at, std::size_t columns) const {
    for (std::size_t i = at; i < at + columns && i < cells_.size(); ++i) {
      if (cells_[i] != " ") return false;
    }
    return true;
  }
  void Set(std::size_t at, Slice sign) {
    if (at < cells_.size()) cells_[at] = std::string(sign);
  }
  void Write(std::size_t at, Slice text) {
    while (!text.empty() && at < cells_.size()) {
      const std::size_t length = std::max<std::size_t>(1, Utf8Length(text));
      cells_[at++] = std::string(text.substr(0, length));
      text.remove_prefix(length);
    }
  }
  std::string Text(Slice label) const {
    std::string line = PadRight(Clip(label, kLabelColumns - 1), kLabelColumns);
    for (const std::string& cell : cells_) line.append(cell);
    return absl::StrCat("  ", absl::StripTrailingAsciiWhitespace(line), "\n");
  }

 private:
  std::vector<std::string> cells_;
};

class Timeline {
 public:
  Timeline(const History& history, const Finding& finding, const Style& style)
      : history_(history), finding_(finding), style_(style) {
    const auto width = static_cast<std::size_t>(std::max(60, style.width));
    columns_ = width - 2 - kLabelColumns;
    Span();
  }

  std::string Text() {
    std::string text = Axis();
    Clients(&text);
    Nodes(&text);
    Faults(&text);
    absl::StrAppend(&text, Legend());
    return text;
  }

 private:
  // From the first call to the last answer, and a little air.
  void Span() {
    start_ = history_.op(finding_.ops[0]).call_ns;
    end_ = start_;
    for (const OpIndex i : finding_.ops) {
      const Operation& op = history_.op(i);
      start_ = std::min(start_, op.call_ns);
      end_ = std::max({end_, op.call_ns,
                       op.return_ns == kNeverNs ? op.call_ns : op.return_ns});
    }
    const std::int64_t air = std::max<std::int64_t>(1, (end_ - start_) / 40);
    start_ -= std::min(start_, air);
    end_ += air;
  }

  std::size_t Column(std::int64_t ns) const {
    const std::int64_t inside = std::clamp(ns, start_, end_) - start_;
    // Divide first: a span of hours times a hundred columns still fits.
    const std::int64_t unit =
        (end_ - start_) / static_cast<std::int64_t>(columns_) + 1;
    return std::min(columns_ - 1, static_cast<std::size_t>(inside / unit));
  }

  std::int64_t TimeAt(std::size_t column) const {
    const std::int64_t unit =
        (end_ - start_) / static_cast<std::int64_t>(columns_) + 1;
    return start_ + static_cast<std::int64_t>(column) * unit;
  }

  std::string Axis() const {
    Lane axis(columns_);
    Lane ticks(columns_);
    const std::size_t step = columns_ / 4;
    for (std::size_t at = 0; at + 9 < columns_; at += step) {
      axis.Write(at, MomentText(TimeAt(at)));
      ticks.Set(at, style_.Sign("\u2575", "'"));
    }
    return absl::StrCat(axis.Text(""), ticks.Text(""));
  }

  void Clients(std::string* text) const {
    std::vector<std::uint32_t> clients;
    for (const OpIndex i : finding_.ops) {
      clients.push_back(history_.op(i).client);
    }
    std::sort(clients.begin(), clients.end());
    clients.erase(std::unique(clients.begin(), clients.end()), clients.end());
    std::size_t shown = 0;
    for (const std::uint32_t client : clients) {
      if (++shown > kClientsMost) {
        absl::StrAppend(text, "  (", clients.size() - kClientsMost,
                        " more clients)\n");
        return;
      }
      Client(client, text);
    }
  }

  // A bar for each operation; what it was on the next line, or on one more
  // where two texts would meet.
  void Client(std::uint32_t client, std::string* text) const {
    Lane bars(columns_);
    std::vector<Lane> texts;
    for (const OpIndex i : finding_.ops) {
      const Operation& op = history_.op(i);
      if (op.client != client) continue;
      Bar(op, &bars);
      Label(op, &texts);
    }
    text->append(bars.Text(absl::StrCat("client ", client)));
    for (const Lane& lane : texts) text->append(lane.Text(""));
  }

  void Bar(const Operation& op, Lane* lane) const {
    const bool open = op.outcome == Outcome::kUnknown;
    const std::size_t from = Column(op.call_ns);
    const std::size_t to = open ? columns_ - 1 : Column(op.return_ns);
    for (std::size_t at = from; at <= to; ++at) {
      lane->Set(at,
                open ? style_.Sign("\u2504", ".") : style_.Sign("\u2500", "-"));
    }
    if (open) {
      lane->Set(to, style_.Sign("\u25b8", ">"));
    } else {
      lane->Set(to, style_.Sign("\u2524", "|"));
    }
    lane->Set(from, from == to && !open ? style_.Sign("\u253c", "|")
                                        : style_.Sign("\u251c", "|"));
  }

  void Label(const Operation& op, std::vector<Lane>* lanes) const {
    std::string text = ActionText(history_, op);
    if (op.outcome == Outcome::kFail) absl::StrAppend(&text, " failed");
    if (op.outcome == Outcome::kUnknown) absl::StrAppend(&text, " ?");
    text = Clip(text, columns_);
    const std::size_t size = Utf8Columns(text);
    const std::size_t at = std::min(Column(op.call_ns), columns_ - size);
    for (Lane& lane : *lanes) {
      const std::size_t left = at == 0 ? 0 : at - 1;
      if (!lane.Free(left, size + 2)) continue;
      lane.Write(at, text);
      return;
    }
    lanes->emplace_back(columns_);
    lanes->back().Write(at, text);
  }

  // Those that answered, then those to which something happened meanwhile.
  std::vector<NameId> ShownNodes() const {
    std::vector<NameId> nodes;
    const auto add = [&nodes](NameId node) {
      if (node == 0 || nodes.size() >= kNodesMost) return;
      if (std::find(nodes.begin(), nodes.end(), node) == nodes.end()) {
        nodes.push_back(node);
      }
    };
    for (const OpIndex i : finding_.ops) add(history_.op(i).node);
    for (const NodeEvent& event : history_.node_events()) {
      if (event.ns >= start_ && event.ns <= end_) add(event.node);
    }
    std::sort(nodes.begin(), nodes.end(), [this](NameId a, NameId b) {
      const Slice x = history_.name(a);
      const Slice y = history_.name(b);
      return std::tuple(x.size(), x) < std::tuple(y.size(), y);
    });
    return nodes;
  }

  void Nodes(std::string* text) const {
    for (const NameId node : ShownNodes()) Node(node, text);
  }

  struct NodeState {
    bool up = true;
    bool paused = false;
    const NodeEvent* role = nullptr;
  };

  static void Advance(const NodeEvent& event, NodeState* state) {
    switch (event.kind) {
      case NodeEventKind::kUp:
        *state = NodeState{};
        break;
      case NodeEventKind::kDown:
        *state = NodeState{.up = false};
        break;
      case NodeEventKind::kPaused:
        state->paused = true;
        break;
      case NodeEventKind::kResumed:
        state->paused = false;
        break;
      default:
        state->role = &event;
    }
  }

  Slice StateSign(const NodeState& state) const {
    if (!state.up) return style_.Sign("\u00d7", "x");
    if (state.paused) return "~";
    if (state.role == nullptr) return style_.Sign("\u00b7", ".");
    switch (state.role->kind) {
      case NodeEventKind::kLeader:
        return style_.Sign("\u2588", "L");
      case NodeEventKind::kCandidate:
        return "?";
      case NodeEventKind::kPeer:
        return style_.Sign("\u2550", "=");
      default:
        return style_.Sign("\u2500", "-");
    }
  }

  void Node(NameId node, std::string* text) const {
    Lane lane(columns_);
    NodeState state;
    std::vector<std::pair<std::size_t, std::string>> labels;
    std::size_t drawn = 0;
    const auto draw_to = [&](std::size_t column) {
      for (; drawn < column; ++drawn) lane.Set(drawn, StateSign(state));
    };
    const auto label = [&](std::size_t at) {
      const NodeEvent* role = state.role;
      if (role == nullptr || role->kind != NodeEventKind::kLeader) return;
      if (role->term != 0) labels.push_back({at, absl::StrCat(role->term)});
    };
    bool before = true;
    for (const NodeEvent& event : history_.node_events()) {
      if (event.node != node) continue;
      if (event.ns > end_) break;
      if (before && event.ns > start_) label(0);
      before = event.ns <= start_;
      if (!before) draw_to(Column(event.ns));
      Advance(event, &state);
      if (!before) label(Column(event.ns));
    }
    if (before) label(0);
    draw_to(columns_);
    // The term, written into the leader's bar where it begins.
    for (const auto& [at, term] : labels) lane.Write(at + 1, term);
    text->append(lane.Text(history_.name(node)));
  }

  void Faults(std::string* text) const {
    std::size_t shown = 0;
    for (const std::uint32_t i : finding_.faults) {
      const FaultWindow& fault = history_.faults()[i];
      if (fault.stop_ns < start_ || fault.start_ns > end_) continue;
      if (++shown > kFaultsMost) continue;
      Fault(fault, text);
    }
    if (shown > kFaultsMost) {
      absl::StrAppend(text, "  (", shown - kFaultsMost, " more faults)\n");
    }
  }

  void Fault(const FaultWindow& fault, std::string* text) const {
    Lane lane(columns_);
    const std::size_t from = Column(fault.start_ns);
    const std::size_t to = Column(fault.stop_ns);
    const Slice sign = fault.effective ? style_.Sign("\u2592", "%")
                                       : style_.Sign("\u2591", ":");
    for (std::size_t at = from; at <= to; ++at) lane.Set(at, sign);
    const std::string what =
        Clip(absl::StrCat(" ", fault.kind, " ", fault.target, " "), columns_);
    const std::size_t size = Utf8Columns(what);
    if (to + 1 + size <= columns_) {
      lane.Write(to + 1, what);
    } else if (size + 1 <= from) {
      lane.Write(from - size, what);
    } else if (size < to - from) {
      lane.Write(from + 1, what);
    }
    text->append(lane.Text(fault.id));
  }

  std::string Legend() const {
    const std::string legend = absl::StrCat(
        "  ", std::string(kLabelColumns, ' '), style_.Sign("\u2588", "L"),
        " leader, term  ", style_.Sign("\u2500", "-"), " follower  ",
        style_.Sign("\u00d7", "x"), " down  ~ paused  ",
        style_.Sign("\u2592", "%"), " fault  ", style_.Sign("\u25b8", ">"),
        " unknown");
    return absl::StrCat(
        style_.Paint(Color::kDim, Clip(legend, columns_ + 2 + kLabelColumns)),
        "\n");
  }

  const History& history_;
  const Finding& finding_;
  const Style& style_;
  std::size_t columns_ = 0;
  std::int64_t start_ = 0;
  std::int64_t end_ = 0;
};

}  // namespace

std::string TimelineText(const History& history, const Finding& finding,
                         const Style& style) {
  if (finding.ops.empty()) return "";
  return Timeline(history, finding, style).Text();
}

}  // namespace wringer::reports
