// The network: every message between replicas, config-service members and
// clients, as opaque bytes. One event per delivery, no fiber, no allocation
// beyond the pooled message.
//
// Every directed pair of parties is a link with a state of its own in a dense
// table (clients do not talk to each other and have no link). A message leaves
// when the sender's CPU is done with what came before, queues for the link's
// bandwidth, travels, and is handed to whichever incarnation of the receiver
// is alive then.
//
// Order `fifo`, one TCP connection per directed pair:
//   * messages that arrive do so in the order in which they were sent;
//   * a cut resets the connection: what is in flight on that link is lost;
//   * the receiver's death resets it too: what was in flight to it is lost, and
//     so is what it had received and not yet handled;
//   * the sender's death loses only what had not left yet: bytes on the wire
//     arrive, and their receiver must cope with a dead sender's words;
//   * loss and duplication, where a scenario asks for them, hit single
//     messages: a harsher world than TCP's, in which a lost segment would be
//     sent again.
// Order `any`, datagrams: nothing is reset. A message is lost iff a draw says
// so, or the link is cut when it leaves or would arrive, or its receiver is
// down then; otherwise it may outlive both ends' incarnations.
// Held messages, in both orders, are outside every connection: they survive
// resets and restarts of both ends and travel on when the hold ends.
//
// A link fault is added on top of the link's model and counts what it did:
// that is the witness for the fault ledger. Faults may overlap.
#ifndef WR_SIM_NET_SIM_NETWORK_H_
#define WR_SIM_NET_SIM_NETWORK_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/mul_div.h"
#include "engine/base/random.h"
#include "engine/base/slice.h"
#include "engine/base/types.h"
#include "engine/env/trace.h"
#include "sim/core/world.h"
#include "sim/net/link_model.h"
#include "sim/net/message_pool.h"

namespace wringer::sim {

class SimBus;

struct NetworkOptions {
  bool fifo = true;
  LinkModel model{};
  // Replicas and config-service members, in any order.
  std::vector<NodeId> servers{};
  // c1 .. cN.
  std::uint32_t clients = 0;
  // A message to oneself takes this long and is never lost.
  Nanos loopback = 1 * kMicrosecond;
};

struct NetworkStats {
  std::uint64_t messages = 0;  // sent, duplicates not counted
  std::uint64_t bytes = 0;
  std::uint64_t delivered = 0;
  std::uint64_t lost = 0;  // for any reason
  std::uint64_t duplicated = 0;
  std::uint64_t misaddressed = 0;  // to a party that does not exist
};

// A directed link, by its two ends.
using LinkEnds = std::pair<NodeId, NodeId>;

class SimNetwork {
 public:
  // `world` must outlive the network.
  SimNetwork(World* world, const NetworkOptions& options);
  ~SimNetwork();
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  // ---- set-up ----
  // Replaces the model of one link. REQUIRES: HasLink(from, to).
  void SetModel(NodeId from, NodeId to, const LinkModel& model);
  const LinkModel& model(NodeId from, NodeId to) const;
  bool HasLink(NodeId from, NodeId to) const;
  // Where lines about `party` go; null for silence. Outlives incarnations.
  void SetTrace(NodeId party, env::Trace* trace);

  // ---- faults ----
  // Adds `fault` to each of `links` (duplicates and unknown ones ignored) and
  // acts at once on what is in flight there.
  LinkFaultId AddFault(const LinkFault& fault,
                       const std::vector<LinkEnds>& links);
  // Ends it: connections may be opened again, held messages travel on.
  // The effect stays readable. Ending twice does nothing.
  void RemoveFault(LinkFaultId id);
  const LinkFaultEffect& effect(LinkFaultId id) const;

  // ---- introspection ----
  const NetworkStats& stats() const { return stats_; }
  std::uint64_t in_flight() const { return pool_.live(); }
  std::uint64_t sent_on(NodeId from, NodeId to) const;
  // Messages that reached the gate of `party` and wait there (paused, busy).
  std::uint64_t WaitingFor(NodeId party) const;
  bool Connected(NodeId from, NodeId to) const;  // no cut in force

 private:
  friend class SimBus;

  // Which of a message's draws: one key each, so that a fate that is not asked
  // about shifts no other.
  enum class Draw : std::uint64_t {
    kLatency,
    kLoss,
    kDuplicate,
    kReorder,
    kExtra,
    kCorrupt,
  };

  struct Link {
    NodeId from;
    NodeId to;
    std::uint32_t from_party = 0;
    std::uint32_t to_party = 0;
    std::uint64_t key = 0;          // of its draws
    std::uint64_t latency_key = 0;  // of those that every message makes
    LinkModel model{};
    std::uint64_t sent = 0;  // ordinal of the next message
    Nanos line_free = 0;     // when its bandwidth is free again
    Nanos last_arrival = 0;  // fifo: nothing arrives before
    std::uint32_t cuts = 0;  // faults of each kind in force
    std::uint32_t holds = 0;
    MessageList in_flight;
    MessageList held;
    // Index into faults_, in order of addition. Empty nearly always.
    std::vector<std::uint32_t> faults;
  };

  struct Party {
    NodeId id;
    SimBus* bus = nullptr;  // null while down
    env::Trace* trace = nullptr;
  };

  struct ActiveFault {
    LinkFault fault;
    std::vector<std::uint32_t> links{};
    LinkFaultEffect effect{};
    bool ended = false;
  };

  static constexpr std::uint32_t kNoIndex = ~std::uint32_t{0};

  // For SimBus.
  void Attach(SimBus* bus);
  void Detach(SimBus* bus);
  void Send(SimBus* bus, NodeId to, std::string&& bytes);

  std::uint32_t PartyIndex(NodeId id) const;
  std::uint32_t LinkIndex(std::uint32_t from, std::uint32_t to) const;
  std::uint32_t FindLink(NodeId from, NodeId to) const;
  static std::uint64_t DrawKey(const Link& link, Draw draw) {
    return Mix64(link.key + static_cast<std::uint64_t>(draw));
  }
  static RandomDraw DrawFor(const Link& link, std::uint64_t ordinal,
                            Draw draw) {
    return {DrawKey(link, draw), ordinal};
  }

  Nanos TravelTime(Link& link, std::uint64_t ordinal, Nanos departs,
                   std::size_t bytes);
  Nanos QueueForBandwidth(Link& link, Nanos departs, std::size_t bytes) {
    std::uint64_t rate = link.model.bytes_per_second;
    if (!link.faults.empty()) rate = RateUnderFaults(link);
    if (rate == 0) return 0;
    const auto transmission =
        static_cast<Nanos>(MulDiv(bytes, std::uint64_t{kSecond}, rate));
    link.line_free = std::max(departs, link.line_free) + transmission;
    return link.line_free - departs;
  }
  // Bytes a second; 0: unlimited. Counts the message if a fault slows it.
  std::uint64_t RateUnderFaults(const Link& link);
  Nanos FaultDelay(Link& link, std::uint64_t ordinal);
  Nanos Detour(Link& link, std::uint64_t ordinal);
  bool DrawLoss(Link& link, std::uint64_t ordinal) {
    return Possible(link, link.model.loss_ppm) &&
           ChanceWithFaults(link, Draw::kLoss, ordinal, link.model.loss_ppm,
                            &LinkWorsening::loss_ppm, &LinkFaultEffect::lost);
  }
  bool DrawDuplicate(Link& link, std::uint64_t ordinal) {
    return Possible(link, link.model.duplicate_ppm) &&
           ChanceWithFaults(
               link, Draw::kDuplicate, ordinal, link.model.duplicate_ppm,
               &LinkWorsening::duplicate_ppm, &LinkFaultEffect::duplicated);
  }
  // Whether a fate is worth a draw. To oneself nothing happens.
  static bool Possible(const Link& link, std::uint32_t base_ppm) {
    return (base_ppm > 0 || !link.faults.empty()) &&
           link.from_party != link.to_party;
  }
  void MaybeCorrupt(Link& link, std::uint64_t ordinal, std::string* bytes);
  bool ChanceWithFaults(Link& link, Draw draw, std::uint64_t ordinal,
                        std::uint32_t base_ppm,
                        std::uint32_t LinkWorsening::* added,
                        std::uint64_t LinkFaultEffect::* count);

  Message* Launch(Link& link, std::string&& bytes, Nanos departs, Nanos travel);
  void LaunchCopy(Link& link, const Message& original, std::uint64_t ordinal,
                  Nanos departs);
  void Hold(Message* message);
  void Release(std::uint32_t link);
  void ScheduleArrival(Message* message);
  static void OnArrival(void* message, std::uint64_t);
  static void OnGateDropped(void* message, std::uint64_t);
  void Arrive(Message* message);
  void Deliver(Message* message);
  // Takes an in-flight message away; `why` goes into the trace.
  void Lose(Message* message, Slice why);
  // Counts a message that a cut in force has stopped.
  void CountStopped(const Link& link);
  void Reset(std::uint32_t link, LinkFaultEffect* effect);
  void ReceiverDied(std::uint32_t link);
  void SenderDied(std::uint32_t link);

  bool Traced(std::uint32_t party) const {
    env::Trace* const trace = parties_[party].trace;
    return trace != nullptr && trace->on(env::Component::kNetwork);
  }
  // REQUIRES: Traced.
  void TraceSend(const Link& link, std::uint64_t id, std::size_t bytes);
  void TraceReceive(const Link& link, const Message& message);
  void TraceLost(const Link& link, std::uint64_t id, Slice why);

  World* world_;
  bool fifo_;
  Nanos loopback_;
  std::uint32_t server_count_ = 0;
  std::vector<Party> parties_;  // servers ascending, then clients
  std::vector<Link> links_;
  std::vector<ActiveFault> faults_;
  MessagePool pool_;
  std::uint64_t next_id_ = 1;
  NetworkStats stats_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_NET_SIM_NETWORK_H_
