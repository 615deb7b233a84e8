// The config service's opinion: who is alive, who may lead, and when it is
// time for a new primary. It decides by the heartbeats it hears, so a primary
// that is cut off from it is replaced although it still runs: fencing, not
// detection, keeps the data safe.
//
// Soft state: nothing of it is replicated or durable. Whoever comes to lead the
// config group begins with an empty one. What it decides is a ConfigCommand,
// which has an effect only when it is executed on the ConfigState.
//
// Failover rule. When nobody has claimed to lead the epoch for
// `failover_after`, the next one goes to the in-sync member with the greatest
// durable position among those heard from recently. A member whose durable
// position went back, or that says that it forgot, is no candidate until it has
// caught up.
//
// Where an acknowledged write is on the primary and `copies` of the in-sync
// backups only (semi-synchronous), that member may not hold it. Three rules
// make sure that it does:
//   seal    a primary that is merely not heard may go on, and positions heard
//           before it stopped prove nothing. So first the epoch is sealed:
//           nobody leads the next one, and only members that have it on disk,
//           and accept nothing older, are compared. A primary that was heard
//           to lead no more needs no seal.
//   count   any in_sync - copies members include one of those copies + 1
//   floor   writes of former epochs were counted in former in-sync sets. Every
//           primary had them all when it was appointed, and perhaps it alone:
//           the next one must hold at least what this one held then.
// With copies == 0 (asynchronous) an acknowledged suffix may be lost: that is
// the model's bargain. When all in-sync backups hold every acknowledged write
// (synchronous) any one of them may follow.
//
// Where copies are not synced, a power loss of all may leave nobody that holds
// what was acknowledged. Waiting for it would be waiting for ever: once every
// in-sync member is heard and none may lead by these rules, the one with the
// greatest position does. Nobody has more.
//
// Lease rule. A primary that claims to lead is told that nobody else will be
// appointed for `lease` after it asked; until then no other one is. A judge
// that succeeds another takes it that a lease was granted the instant before.
//
// The detector's advice takes the place of `failover_after` if it is phi: then
// a party is silent once its suspicion level says so.
#ifndef WR_ENGINE_MEMBERSHIP_CONFIG_JUDGE_H_
#define WR_ENGINE_MEMBERSHIP_CONFIG_JUDGE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/base/types.h"
#include "engine/membership/config_messages.h"
#include "engine/membership/config_state.h"
#include "engine/membership/phi_estimator.h"

namespace wringer::membership {

struct ConfigServiceOptions {
  std::vector<NodeId> members{};  // ascending
  NodeId first_primary{};
  Nanos failover_after = 500 * kMillisecond;
  // In-sync backups that hold every acknowledged write; 0: none need to.
  std::uint32_t copies = 0;
  // True: every in-sync backup holds every acknowledged write, so any one of
  // them may take over.
  bool all_copies = false;
  // Replicas acknowledge what a power loss may take from all of them at once.
  bool unsynced = false;
  bool automatic = true;  // false: only an operator changes the primary
  Nanos lease = 0;        // 0: none is granted
  // Replicas' heartbeats are expected this often; judged by phi if > 0.
  Nanos heartbeat = 50 * kMillisecond;
  std::uint32_t phi = 0;
};

class ConfigJudge {
 public:
  using View = replication::ClusterView;

  explicit ConfigJudge(const ConfigServiceOptions& options);

  // Judges from now on, remembering nothing. `successor`: another judge may
  // have granted a lease until this instant.
  void Begin(Nanos now, bool successor);

  // A replica spoke; `view` is in force. What it leads to, if anything.
  std::optional<ConfigCommand> OnRequest(Nanos now,
                                         const ConfigRequest& request,
                                         const View& view);
  // Time passes. Call at least every failover_after / 4.
  std::optional<ConfigCommand> OnTick(Nanos now, const View& view);
  // An operator wants `primary`, at once or when the lease in force has run
  // out (OnTick). `in_sync` empty: as the judge sees it. False if the rules
  // forbid it.
  bool Appoint(const View& view, NodeId primary, std::vector<NodeId> in_sync);

  // Whether the sender of `request` gets the lease it asks for, counted from
  // the asking; then no other primary is proposed before it has run out.
  bool GrantLease(Nanos now, const ConfigRequest& request, const View& view);
  // `command` was executed.
  void OnInstalled(Nanos now, const ConfigCommand& command);

  Nanos lease() const { return options_.lease; }

 private:
  struct Member {
    explicit Member(Nanos heartbeat) : arrivals(heartbeat) {}
    Nanos heard_at = -1;
    // As last heard.
    Epoch known;
    Epoch kept;
    bool leads = false;
    LogPosition durable;
    // The durable position went back from here: promises were forgotten.
    LogPosition forgot;
    bool amnesiac = false;
    bool says_forgot = false;
    PhiEstimator arrivals;
  };
  struct Wish {
    NodeId primary;
    std::vector<NodeId> in_sync;
  };

  void Hear(Nanos now, const ConfigRequest& request, const View& view);
  bool Silent(Nanos now, Nanos heard_at, const PhiEstimator& arrivals) const;
  bool MayLead(NodeId node, Nanos now) const;
  // Acknowledged writes are on some of the in-sync backups: they are counted.
  bool Counts() const { return options_.copies > 0 && !options_.all_copies; }
  // The primary knows that it was appointed and does not lead: it has stopped
  // for good, as nobody resumes an epoch. One that has not heard yet may begin
  // at any moment.
  bool Resigned(Nanos now, const View& view) const;
  // The member to appoint, or kNoNode while that would not be safe. `fenced`:
  // only of those that have the epoch in force on disk.
  NodeId Candidate(Nanos now, const View& view, bool fenced) const;
  // Likewise where no member is one, though all are heard.
  NodeId LastResort(Nanos now, const View& view, bool fenced) const;
  std::optional<ConfigCommand> Propose(Nanos now, NodeId primary,
                                       std::vector<NodeId> in_sync,
                                       const View& view);

  const ConfigServiceOptions options_;
  std::map<NodeId, Member> members_;
  std::optional<Wish> wish_;
  Nanos started_at_ = -1;
  Nanos led_at_ = -1;  // the primary last claimed to lead the epoch in force
  PhiEstimator claims_;
  // No other primary before this. Own clock.
  Nanos leased_until_ = -1;
};

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_CONFIG_JUDGE_H_
