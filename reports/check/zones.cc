#include "reports/check/zones.h"

#include <algorithm>
#include <tuple>

#include "reports/check/facts/value_match.h"

namespace wringer::reports {

ZoneChecker::ZoneChecker(const HistoryIndex& index)
    : index_(index),
      history_(index.history()),
      cluster_of_(history_.size(), kNone) {}

ZoneVerdict ZoneChecker::Check(KeyId key, OpSpan ops) {
  key_ = key;
  verdict_ = ZoneVerdict{};
  clusters_.clear();
  zones_.clear();
  for (const OpIndex i : ops) {
    const Operation& op = history_.op(i);
    if (op.Observes() && !op.tag_known) verdict_.applicable = false;
  }
  if (index_.ids_repeat()) verdict_.applicable = false;
  if (!verdict_.applicable) return verdict_;
  MakeClusters(ops);
  AddReaders(ops);
  LinkCompareAndSets();
  BuildChains();
  CompareZones();
  return verdict_;
}

void ZoneChecker::MakeClusters(OpSpan ops) {
  // The initial version was written before the run began.
  clusters_.push_back({.first = 0, .last = 0, .live = true});
  for (const OpIndex i : ops) {
    const Operation& op = history_.op(i);
    if (!op.Writes()) continue;
    Cluster cluster{.writer = i};
    cluster.last = op.call_seq + 1;
    cluster.last_op = i;
    if (op.outcome == Outcome::kOk) {
      cluster.first = op.return_seq + 1;
      cluster.first_op = i;
      cluster.live = true;
      ++verdict_.constrained;
    }
    cluster_of_[i] = static_cast<ClusterId>(clusters_.size());
    clusters_.push_back(cluster);
  }
}

ZoneChecker::ClusterId ZoneChecker::ClusterOf(Tag tag) const {
  if (tag == kInitialTag) return 0;
  const OpIndex writer = index_.WriterOf(key_, tag);
  return writer == kNoOp ? kNone : cluster_of_[writer];
}

void ZoneChecker::AddReaders(OpSpan ops) {
  for (const OpIndex i : ops) {
    const Operation& op = history_.op(i);
    if (!op.Observes()) continue;
    ++verdict_.constrained;
    const ClusterId id = ClusterOf(op.observed_tag);
    if (id == kNone) {
      Found({.kind = ConflictKind::kNeverWritten,
             .time = op.return_seq,
             .a_write = index_.ById(op.observed_tag),
             .a_late = i});
      continue;
    }
    if (!Admit(i, id)) continue;
    Cluster& cluster = clusters_[id];
    cluster.live = true;
    if (op.return_seq + 1 < cluster.first) {
      cluster.first = op.return_seq + 1;
      cluster.first_op = i;
    }
    if (op.call_seq + 1 > cluster.last) {
      cluster.last = op.call_seq + 1;
      cluster.last_op = i;
    }
  }
}

// The reader may join the cluster: the right bytes, and not from the future.
bool ZoneChecker::Admit(OpIndex reader, ClusterId id) {
  const Operation& op = history_.op(reader);
  const OpIndex writer = clusters_[id].writer;
  Conflict conflict{.time = op.return_seq, .a_write = writer};
  conflict.a_late = reader;
  if (!ValueMatches(history_, writer, op.found, op.observed_digest)) {
    conflict.kind = ConflictKind::kWrongValue;
    Found(conflict);
    return false;
  }
  if (op.kind == OpKind::kCas && op.observed_tag == op.expected_tag) {
    conflict.kind = ConflictKind::kWrongRefusal;
    Found(conflict);
    return false;
  }
  if (writer != kNoOp && op.return_seq < history_.op(writer).call_seq) {
    conflict.kind = ConflictKind::kFutureRead;
    Found(conflict);
    return false;
  }
  return true;
}

// Links every live compare-and-set to the version it replaced, which is
// thereby live, too.
void ZoneChecker::LinkCompareAndSets() {
  std::vector<ClusterId> work;
  for (ClusterId id = 1; id < clusters_.size(); ++id) {
    if (clusters_[id].live) work.push_back(id);
  }
  // In order of call for a while, so the later of two rivals is the culprit.
  std::reverse(work.begin(), work.end());
  while (!work.empty()) {
    const ClusterId id = work.back();
    work.pop_back();
    if (history_.op(clusters_[id].writer).kind == OpKind::kCas) {
      LinkSource(id, &work);
    }
  }
}

void ZoneChecker::LinkSource(ClusterId id, std::vector<ClusterId>* work) {
  Cluster& cluster = clusters_[id];
  const Operation& cas = history_.op(cluster.writer);
  const ClusterId source_id = ClusterOf(cas.expected_tag);
  Conflict conflict{.time = std::min(cas.return_seq, cluster.first)};
  conflict.a_late = cluster.writer;
  if (source_id == kNone) {
    conflict.kind = ConflictKind::kNeverWritten;
    conflict.a_write = index_.ById(cas.expected_tag);
    Found(conflict);
    return;
  }
  Cluster& source = clusters_[source_id];
  if (source.successor != kNone) {
    conflict.kind = ConflictKind::kLostUpdate;
    conflict.a_write = source.writer;
    conflict.b_late = clusters_[source.successor].writer;
    Found(conflict);
    return;
  }
  source.successor = id;
  cluster.source = source_id;
  if (source.live) return;
  source.live = true;
  work->push_back(source_id);
}

void ZoneChecker::BuildChains() {
  for (ClusterId id = 0; id < clusters_.size(); ++id) {
    const Cluster& cluster = clusters_[id];
    if (cluster.live && cluster.source == kNone)
      zones_.push_back(WalkChain(id));
  }
  for (ClusterId id = 1; id < clusters_.size(); ++id) {
    Cluster& cluster = clusters_[id];
    if (!cluster.live || cluster.placed) continue;
    Conflict conflict{.kind = ConflictKind::kCasCycle, .time = cluster.last};
    conflict.a_late = cluster.writer;
    conflict.a_write = clusters_[cluster.source].writer;
    Found(conflict);
    for (ClusterId at = id; !clusters_[at].placed;) {
      clusters_[at].placed = true;
      at = clusters_[at].source;
    }
  }
}

ZoneChecker::Zone ZoneChecker::WalkChain(ClusterId head) {
  Zone zone;
  for (ClusterId id = head; id != kNone; id = clusters_[id].successor) {
    Cluster& cluster = clusters_[id];
    cluster.placed = true;
    // This one must follow all before it in the chain.
    if (zone.last_cluster != kNone && cluster.first < zone.last) {
      const Zone later{cluster.first, cluster.last, id, id};
      const Zone earlier{0, zone.last, kNone, zone.last_cluster};
      OutOfOrder(earlier, later);
    }
    if (cluster.first < zone.first || zone.first_cluster == kNone) {
      zone.first = cluster.first;
      zone.first_cluster = id;
    }
    if (cluster.last > zone.last || zone.last_cluster == kNone) {
      zone.last = cluster.last;
      zone.last_cluster = id;
    }
  }
  return zone;
}

void ZoneChecker::CompareZones() {
  std::sort(zones_.begin(), zones_.end(), [](const Zone& a, const Zone& b) {
    return std::tie(a.first, a.first_cluster) <
           std::tie(b.first, b.first_cluster);
  });
  // Forward zones by f, each with the one reaching furthest so far.
  std::vector<std::size_t> forward;
  std::vector<std::size_t> furthest;
  for (std::size_t i = 0; i < zones_.size(); ++i) {
    const Zone& zone = zones_[i];
    if (zone.first >= zone.last) continue;
    const bool any = !furthest.empty();
    if (any && zone.first < zones_[furthest.back()].last) {
      OutOfOrder(zones_[furthest.back()], zone);
    }
    const bool further = !any || zone.last > zones_[furthest.back()].last;
    furthest.push_back(further ? i : furthest.back());
    forward.push_back(i);
  }
  for (const Zone& zone : zones_) {
    if (zone.first < zone.last) continue;
    // The last forward zone that begins before this one is called.
    const auto after = std::partition_point(
        forward.begin(), forward.end(),
        [&](std::size_t i) { return zones_[i].first < zone.last; });
    if (after == forward.begin()) continue;
    const auto at = static_cast<std::size_t>(after - forward.begin()) - 1;
    const Zone& around = zones_[furthest[at]];
    if (zone.first < around.last) OutOfOrder(around, zone);
  }
}

void ZoneChecker::OutOfOrder(const Zone& a, const Zone& b) {
  Conflict conflict{.kind = ConflictKind::kOutOfOrder};
  conflict.chained = a.first_cluster == kNone;
  conflict.time = std::max(a.first, b.first);
  if (!conflict.chained) {
    conflict.a_first = clusters_[a.first_cluster].first_op;
  }
  conflict.a_late = clusters_[a.last_cluster].last_op;
  conflict.a_write = clusters_[a.last_cluster].writer;
  conflict.b_first = clusters_[b.first_cluster].first_op;
  conflict.b_write = clusters_[b.first_cluster].writer;
  if (!conflict.chained) {
    conflict.b_late = clusters_[b.last_cluster].last_op;
  }
  Found(conflict);
}

void ZoneChecker::Found(const Conflict& conflict) {
  ++verdict_.conflicts;
  if (verdict_.conflicts == 1 || conflict.time < verdict_.first.time) {
    verdict_.first = conflict;
  }
}

}  // namespace wringer::reports
