// The zone test: linearizability of one key whose values are unique.
//
// All operations that wrote or saw one version form its cluster. f is the
// earliest return in it, s the latest call. If f < s the version must have
// been current at both ends of [f, s] (a forward zone); otherwise it was
// current somewhere in [s, f] (a backward zone). The key is linearizable iff
// every version seen was written, none was seen before its write was called,
// no two forward zones overlap, and no backward zone lies inside a forward one
// (Gibbons & Korach, "Testing Shared Memories", 1997). Deletes write versions
// of their own (tombstones), so absences are told apart.
//
// A successful compare-and-set from a to b forces b's cluster to follow a's
// directly. Clusters so linked form a chain, which must be contiguous: inside
// it nothing may return before something earlier in it is called, no version
// may have two successors, and the chain as a whole is one zone.
//
// Operations of unknown outcome cost nothing: one whose version somebody saw
// happened, any other is dropped. O(n log n) for the sort of the zones.
#ifndef WR_REPORTS_CHECK_ZONES_H_
#define WR_REPORTS_CHECK_ZONES_H_

#include <cstdint>
#include <vector>

#include "reports/check/facts/index.h"

namespace wringer::reports {

enum class ConflictKind : std::uint8_t {
  kNeverWritten,  // reader saw, or a cas replaced, a version nobody made
  kWrongValue,    // reader got the tag of one version, other bytes
  kFutureRead,    // reader returned before the write was called
  kWrongRefusal,  // a cas was refused though it saw what it expected
  kLostUpdate,    // two compare-and-sets replaced the same version
  kCasCycle,      // compare-and-sets replace each other in a circle
  kOutOfOrder,    // two versions must be in both orders at once
};

// A version, or kInitialTag's, as the operations that carry the proof.
struct Conflict {
  ConflictKind kind = ConflictKind::kOutOfOrder;
  // kOutOfOrder inside a chain: A comes before B because compare-and-sets
  // lead from one to the other; a_first and b_late are not set.
  bool chained = false;
  std::uint64_t time = 0;  // call or return that completes the proof
  // kOutOfOrder: a_first returned before b_late was called, so version A came
  // before B; b_first returned before a_late was called, so B before A. The
  // initial version has no operations: kNoOp. Others: a_late is the reader
  // (kLostUpdate: the later compare-and-set, b_late the earlier one).
  OpIndex a_write = kNoOp;
  OpIndex a_first = kNoOp;
  OpIndex a_late = kNoOp;
  OpIndex b_write = kNoOp;
  OpIndex b_first = kNoOp;
  OpIndex b_late = kNoOp;
};

struct ZoneVerdict {
  bool applicable = true;  // false: some answer came without a tag
  std::uint64_t conflicts = 0;
  std::uint64_t constrained = 0;  // operations in a cluster
  Conflict first;                 // the one that showed earliest
};

// Space for one key after another; holds a few words for each operation.
class ZoneChecker {
 public:
  explicit ZoneChecker(const HistoryIndex& index);

  // `ops` are those of one key that are to be ordered.
  ZoneVerdict Check(KeyId key, OpSpan ops);

 private:
  using Time = std::uint64_t;  // event number plus one; 0: before the run
  using ClusterId = std::uint32_t;
  static constexpr ClusterId kNone = ~ClusterId{0};

  struct Cluster {
    Time first = kNeverSeq;  // earliest return
    Time last = 0;           // latest call
    OpIndex writer = kNoOp;  // kNoOp: the initial version
    OpIndex first_op = kNoOp;
    OpIndex last_op = kNoOp;
    ClusterId source = kNone;     // replaced by this one's cas
    ClusterId successor = kNone;  // the cas that replaced this one
    bool live = false;            // it was certainly there
    bool placed = false;          // in a chain already
  };
  struct Zone {
    Time first = kNeverSeq;
    Time last = 0;
    ClusterId first_cluster = kNone;  // holding the extremes
    ClusterId last_cluster = kNone;
  };

  void MakeClusters(OpSpan ops);
  void AddReaders(OpSpan ops);
  bool Admit(OpIndex reader, ClusterId cluster);
  void LinkCompareAndSets();
  void LinkSource(ClusterId id, std::vector<ClusterId>* work);
  void BuildChains();
  Zone WalkChain(ClusterId head);
  void CompareZones();
  ClusterId ClusterOf(Tag tag) const;
  void Found(const Conflict& conflict);
  void OutOfOrder(const Zone& a, const Zone& b);

  const HistoryIndex& index_;
  const History& history_;
  std::vector<ClusterId> cluster_of_;  // by writing operation

  KeyId key_ = 0;
  std::vector<Cluster> clusters_;  // 0 is the initial version's
  std::vector<Zone> zones_;
  ZoneVerdict verdict_;
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_CHECK_ZONES_H_
