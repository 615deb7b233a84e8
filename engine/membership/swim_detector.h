// SWIM (Das, Gupta, Motivala: "SWIM: Scalable Weakly-consistent Infection-style
// Process Group Membership Protocol", DSN 2002), for a fixed set of members.
//
//   4.1  One member is pinged in each protocol period; if it does not answer
//        in a third of it, `indirect` others are asked to ping it (ping-req).
//        So one bad link alone accuses nobody.
//   4.2  Who still does not answer is suspected, not declared dead: it has
//        `timeout` to refute, with a greater incarnation number.
//   4.3  Members are pinged in a random order, each once a round: the time to
//        the first detection is bounded.
//   4.1, 5  News travel on the back of these very messages, each at most
//        3 log2(n) times.
//
// Incarnation numbers must outlive a restart, or an old rumour wins for ever
// (habitat-sh/habitat#5581): the node's durable incarnation is their upper
// half. Beyond the paper: the dead go on being pinged in their turn, for the
// members are fixed and may come back; a dead member refutes as a suspect does.
#ifndef WR_ENGINE_MEMBERSHIP_SWIM_DETECTOR_H_
#define WR_ENGINE_MEMBERSHIP_SWIM_DETECTOR_H_

#include <utility>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/btree_set.h"
#include "engine/base/coding.h"
#include "engine/base/random.h"
#include "engine/membership/detector.h"

namespace wringer::membership {

class SwimDetector final : public FailureDetector {
 public:
  explicit SwimDetector(const DetectorOptions& options);

  void Start(Nanos now, Incarnation incarnation, Output* out) override;
  void OnTick(Nanos now, Output* out) override;
  void OnMessage(Nanos now, NodeId from, Slice body, Output* out) override;
  bool Suspects(NodeId peer) const override;
  Nanos tick_every() const override;

  // Own number: greater after every refutation.
  std::uint64_t incarnation() const { return incarnation_; }

 private:
  enum class State : std::uint8_t { kAlive = 0, kSuspect = 1, kDead = 2 };
  enum class Kind : std::uint8_t { kPing = 0, kAck = 1, kPingRequest = 2 };
  struct Member {
    State state = State::kAlive;
    std::uint64_t incarnation = 0;
    Nanos suspected_at = 0;
    std::uint32_t times_told = 0;  // of the present news
  };
  // A ping made for another: whose question is answered by `target`'s ack.
  struct Errand {
    NodeId asker;
    std::uint64_t asker_sequence = 0;
    NodeId target;
  };
  struct Probe {
    NodeId target;
    std::uint64_t sequence = 0;
    Nanos since = 0;
    bool helped = false;  // others were asked
    bool answered = false;
  };

  void NewPeriod(Nanos now, Output* out);
  void AskForHelp(Output* out);
  NodeId NextTarget();
  void OnAck(std::uint64_t sequence, NodeId target, Output* out);
  // Believes news of `node` if they are fresher than what is known.
  void Learn(Nanos now, NodeId node, State state, std::uint64_t incarnation,
             Output* out);
  void SetState(NodeId node, Member& member, State state, Output* out);
  void SetTold(NodeId node, Member& member, std::uint32_t times);
  void Send(NodeId to, Kind kind, std::uint64_t sequence, NodeId target,
            Output* out);
  void PutNews(Writer& w);
  bool TakeNews(Nanos now, Reader& r, Output* out);

  const DetectorOptions options_;
  const std::uint32_t tell_limit_;
  RandomStream random_;
  std::uint64_t incarnation_ = 0;
  std::uint32_t self_told_ = 0;
  absl::btree_map<NodeId, Member> members_;  // without self
  absl::btree_set<NodeId> suspects_;
  // Members of whom there is news left to tell, those least often told first.
  absl::btree_set<std::pair<std::uint32_t, NodeId>> fresh_;
  std::vector<NodeId> order_;  // of this round
  std::size_t next_in_order_ = 0;
  std::uint64_t sequence_ = 0;
  Probe probe_;
  Nanos period_ends_ = 0;
  absl::btree_map<std::uint64_t, Errand> errands_;  // by own sequence
};

}  // namespace wringer::membership

#endif  // WR_ENGINE_MEMBERSHIP_SWIM_DETECTOR_H_
