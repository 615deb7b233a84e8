#include "reports/history/history.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>
#include <tuple>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wringer::reports {
namespace {

constexpr std::array<const char*, 4> kKinds = {"get", "put", "delete", "cas"};
constexpr std::array<const char*, 3> kOutcomes = {"unknown", "ok", "fail"};
constexpr std::array<const char*, 8> kWriteLevels = {
    "none", "mem", "os", "local", "k", "quorum", "all", "any"};
constexpr std::array<const char*, 8> kReadLevels = {
    "none",   "local", "session", "bounded",
    "leader", "lease", "quorum",  "strong"};
constexpr std::array<const char*, 9> kNodeEvents = {
    "up",       "down",      "paused",  "resumed", "leader",
    "follower", "candidate", "learner", "peer"};

template <typename Enum>
Slice NameOf(std::span<const char* const> names, Enum value) {
  return names[static_cast<std::size_t>(value)];
}

template <std::size_t N, typename Enum>
bool Parse(const std::array<const char*, N>& names, Slice text, Enum* out) {
  for (std::size_t i = 0; i < N; ++i) {
    if (text != names[i]) continue;
    *out = static_cast<Enum>(i);
    return true;
  }
  return false;
}

// std::stable_sort of libstdc++ 12 uses a function clang calls deprecated.
template <typename T, typename Less>
void SortStably(std::vector<T>* items, Less less) {
  if (std::is_sorted(items->begin(), items->end(), less)) return;
  std::vector<std::size_t> order(items->size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (less((*items)[a], (*items)[b])) return true;
    return a < b && !less((*items)[b], (*items)[a]);
  });
  std::vector<T> sorted;
  sorted.reserve(items->size());
  for (const std::size_t i : order) sorted.push_back(std::move((*items)[i]));
  *items = std::move(sorted);
}

}  // namespace

OpIndex History::Call(Operation op, Moment now) {
  op.call_seq = now.seq;
  op.call_ns = now.ns;
  op.return_seq = kNeverSeq;
  op.return_ns = kNeverNs;
  op.outcome = Outcome::kUnknown;
  ops_.push_back(op);
  return static_cast<OpIndex>(ops_.size() - 1);
}

void History::Complete(OpIndex index, Outcome outcome, Moment now) {
  Operation& op = ops_[index];
  op.outcome = outcome;
  op.return_ns = now.ns;
  op.return_seq = outcome == Outcome::kUnknown ? kNeverSeq : now.seq;
}

NameId History::InternName(Slice name) {
  constexpr std::size_t kMost = std::numeric_limits<NameId>::max();
  if (names_.size() >= kMost && names_.Find(name) == names_.size()) {
    return static_cast<NameId>(kMost - 1);
  }
  return static_cast<NameId>(names_.Intern(name));
}

const FinalEntry* FinalReplica::Find(KeyId key) const {
  const auto at =
      std::lower_bound(entries.begin(), entries.end(), key,
                       [](const FinalEntry& e, KeyId k) { return e.key < k; });
  return at != entries.end() && at->key == key ? &*at : nullptr;
}

bool SameToClients(const FinalEntry* a, const FinalEntry* b) {
  const bool in_a = a != nullptr && a->found;
  const bool in_b = b != nullptr && b->found;
  if (!in_a || !in_b) return in_a == in_b;
  return a->tag == b->tag && a->digest == b->digest;
}

const KeyOwners* FinalState::OwnersOf(KeyId key) const {
  const auto at =
      std::lower_bound(owners.begin(), owners.end(), key,
                       [](const KeyOwners& o, KeyId k) { return o.key < k; });
  return at != owners.end() && at->key == key ? &*at : nullptr;
}

void History::Seal() {
  SortStably(&faults_, [](const FaultWindow& a, const FaultWindow& b) {
    return a.start_ns < b.start_ns;
  });
  SortStably(&node_events_, [](const NodeEvent& a, const NodeEvent& b) {
    return a.ns < b.ns;
  });
  for (FinalReplica& replica : final_.replicas) {
    std::sort(replica.entries.begin(), replica.entries.end(),
              [](const FinalEntry& a, const FinalEntry& b) {
                return std::tie(a.key, a.tag) < std::tie(b.key, b.tag);
              });
  }
  std::sort(
      final_.owners.begin(), final_.owners.end(),
      [](const KeyOwners& a, const KeyOwners& b) { return a.key < b.key; });
}

Slice OpKindName(OpKind kind) { return NameOf(kKinds, kind); }
Slice OutcomeName(Outcome outcome) { return NameOf(kOutcomes, outcome); }
Slice ReadLevelName(ReadLevel level) { return NameOf(kReadLevels, level); }
Slice NodeEventName(NodeEventKind kind) { return NameOf(kNodeEvents, kind); }

std::string WriteLevelName(WriteLevel level, std::uint8_t copies) {
  if (level == WriteLevel::kCopies) return absl::StrCat("k(", copies, ")");
  return std::string(NameOf(kWriteLevels, level));
}

bool ParseOpKind(Slice text, OpKind* out) { return Parse(kKinds, text, out); }
bool ParseOutcome(Slice text, Outcome* out) {
  return Parse(kOutcomes, text, out);
}
bool ParseReadLevel(Slice text, ReadLevel* out) {
  return Parse(kReadLevels, text, out);
}
bool ParseNodeEvent(Slice text, NodeEventKind* out) {
  return Parse(kNodeEvents, text, out);
}

bool ParseWriteLevel(Slice text, WriteLevel* out, std::uint8_t* copies) {
  if (absl::ConsumePrefix(&text, "k(") && absl::ConsumeSuffix(&text, ")")) {
    std::uint32_t n = 0;
    if (!absl::SimpleAtoi(text, &n) || n > 255) return false;
    *out = WriteLevel::kCopies;
    *copies = static_cast<std::uint8_t>(n);
    return true;
  }
  return text != "k" && Parse(kWriteLevels, text, out);
}

}  // namespace wringer::reports
