#include "reports/check/facts/newer_versions.h"

#include <algorithm>

namespace wringer::reports {

NewerVersions::NewerVersions(const HistoryIndex& index)
    : history_(index.history()), keys_(history_.key_count()) {
  std::vector<std::uint64_t> known(history_.size(), kNeverSeq);
  for (OpIndex i = 0; i < history_.size(); ++i) {
    const Operation& op = history_.op(i);
    OpIndex version = op.Writes() ? i : kNoOp;
    if (op.Observes() && op.tag_known) {
      version = index.WriterOf(op.key, op.observed_tag);
    }
    if (version == kNoOp) continue;
    known[version] = std::min(known[version], op.return_seq);
  }
  for (OpIndex i = 0; i < history_.size(); ++i) {
    const Operation& op = history_.op(i);
    if (!op.Writes()) continue;
    Key& key = keys_[op.key];
    key.by_call.push_back({op.call_seq, known[i]});
    if (!op.witness.present()) continue;
    key.by_place.push_back({{op.witness.index, op.witness.sub}, known[i]});
  }
  for (Key& key : keys_) {
    Order(&key.by_call);
    Order(&key.by_place);
  }
}

template <typename Position>
void NewerVersions::Order(std::vector<Entry<Position>>* entries) {
  std::sort(entries->begin(), entries->end(),
            [](const Entry<Position>& a, const Entry<Position>& b) {
              return a.at < b.at;
            });
  for (std::size_t i = entries->size(); i > 1; --i) {
    Entry<Position>& entry = (*entries)[i - 2];
    entry.known = std::min(entry.known, (*entries)[i - 1].known);
  }
}

template <typename Position>
bool NewerVersions::AnyAfter(const std::vector<Entry<Position>>& entries,
                             const Position& position, std::uint64_t before) {
  const auto after = std::partition_point(
      entries.begin(), entries.end(),
      [&](const Entry<Position>& entry) { return entry.at <= position; });
  return after != entries.end() && after->known < before;
}

bool NewerVersions::Any(KeyId key, OpIndex seen, std::uint64_t before) const {
  const Key& k = keys_[key];
  if (seen == kNoOp) {
    return !k.by_call.empty() && k.by_call[0].known < before;
  }
  const Operation& op = history_.op(seen);
  if (AnyAfter(k.by_call, op.return_seq, before)) return true;
  return op.witness.present() &&
         AnyAfter(k.by_place, Place(op.witness.index, op.witness.sub), before);
}

}  // namespace wringer::reports
