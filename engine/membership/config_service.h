// The config service: who is primary, in which epoch, and who is in sync.
//
// This is the scripted one, for teaching: a single party of perfect memory that
// grants epochs by simple rules, or by an operator's script (`Grant`). It is
// the authority that makes failover fenced: an epoch is granted to one primary,
// once, and epochs only grow. It decides by the heartbeats it hears, so a
// primary that is cut off from it is replaced although it still runs: fencing,
// not detection, keeps the data safe.
//
// Failover rule. When nobody has claimed to lead the epoch for
// `failover_after`, the next epoch goes to the in-sync member with the greatest
// durable position among those heard from recently, provided that enough of
// them were heard to be sure that every acknowledged write is among what they
// hold: the old primary itself, or all but copies - 1 of the in-sync backups,
// as an acknowledged write is on at least `copies` of them. With copies == 0
// (asynchronous replication) any one is enough and an acknowledged suffix may
// be lost: that is the model's bargain. A member whose durable position went
// back has lost its disk and is no candidate until it has caught up.
//
// Pure: inputs are heartbeats, proposals and the passing of time; outputs are
// the replies to send.
#ifndef WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_
#define WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "engine/base/types.h"
#include "engine/membership/config_messages.h"
#include "engine/replication/replicator.h"

namespace wringer::membership {

struct ConfigServiceOptions {
  std::vector<NodeId> members;  // ascending
  NodeId first_primary;
  Nanos failover_after = 500 * kMillisecond;
  // In-sync backups that hold every acknowledged write; 0: none need to.
  std::uint32_t copies = 0;
  // True: every in-sync backup holds every acknowledged write, so any one of
  // them may take over.
  bool all_copies = false;
  bool automatic = true;  // false: only Grant() changes the primary
};

class ConfigService {
 public:
  using Output = std::vector<std::pair<NodeId, ConfigReply>>;

  explicit ConfigService(const ConfigServiceOptions& options);

  // A replica spoke at monotonic time `now`.
  void OnRequest(Nanos now, const ConfigRequest& request, Output* out);
  // Call at least every failover_after / 4.
  void OnTick(Nanos now, Output* out);
  // An operator appoints `primary` in the next epoch, whatever it holds.
  void Grant(Nanos now, NodeId primary, Output* out);

  const replication::ClusterView& view() const { return view_; }

 private:
  struct Member {
    Nanos heard_at = -1;
    LogPosition durable;
    // The durable position went back from here: promises were forgotten.
    LogPosition forgot;
    bool amnesiac = false;
  };

  void Hear(Nanos now, const ConfigRequest& request);
  bool HeardRecently(NodeId node, Nanos now) const;
  bool MayLead(NodeId node, Nanos now) const;
  // The member to appoint, or kNoNode while that would not be safe.
  NodeId Candidate(Nanos now) const;
  void Install(replication::ClusterView view, Output* out);

  ConfigServiceOptions options_;
  replication::ClusterView view_;
  std::map<NodeId, Member> members_;
  Nanos started_at_ = -1;
  Nanos led_at_ = -1;  // the primary last claimed to lead the epoch in force
};

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_CONFIG_SERVICE_H_
