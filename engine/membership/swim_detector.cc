#include "engine/membership/swim_detector.h"

#include <algorithm>
#include <utility>

#include "engine/base/marks.h"

namespace wringer::membership {
namespace {

constexpr std::size_t kNewsPerMessage = 8;
constexpr std::size_t kErrandsMax = 64;

// 3 log2(n), rounded up: the lambda log n of section 4.1.
std::uint32_t TellLimit(std::size_t members) {
  std::uint32_t bits = 1;
  while ((std::size_t{1} << bits) < members) ++bits;
  return 3 * bits;
}

}  // namespace

SwimDetector::SwimDetector(const DetectorOptions& options)
    : options_(options),
      tell_limit_(TellLimit(options.members.size())),
      random_(RandomKey(options.random_key, Purpose("swim"),
                        options.self.value())) {
  for (NodeId node : options_.members) {
    // Nothing to tell of them yet.
    if (node != options_.self) {
      members_[node].times_told = tell_limit_;
      order_.push_back(node);
    }
  }
  next_in_order_ = order_.size();
}

Nanos SwimDetector::tick_every() const {
  return std::max<Nanos>(options_.interval / 6, 1);
}

void SwimDetector::Start(Nanos now, Incarnation incarnation, Output* out) {
  if (!WR_MUTANT(kSwimForgetsIncarnation)) {
    incarnation_ = std::uint64_t{incarnation.value()} << 32;
  }
  NewPeriod(now, out);
}

void SwimDetector::OnTick(Nanos now, Output* out) {
  std::vector<NodeId> dead;
  for (const NodeId node : suspects_) {
    if (now - members_.at(node).suspected_at >= options_.timeout) {
      dead.push_back(node);
    }
  }
  for (const NodeId node : dead) {
    SetState(node, members_.at(node), State::kDead, out);
  }
  const bool waiting = probe_.target != kNoNode && !probe_.answered;
  if (waiting && !probe_.helped &&
      now - probe_.since >= options_.interval / 3) {
    AskForHelp(out);
  }
  if (now < period_ends_) return;
  if (waiting) {
    Member& member = members_.at(probe_.target);
    if (member.state == State::kAlive) {
      WR_MARK(kDetectorSuspects);
      member.suspected_at = now;
      SetState(probe_.target, member, State::kSuspect, out);
    }
  }
  NewPeriod(now, out);
}

void SwimDetector::NewPeriod(Nanos now, Output* out) {
  period_ends_ = now + options_.interval;
  errands_.clear();
  const NodeId target = NextTarget();
  probe_ = {.target = target, .sequence = ++sequence_, .since = now};
  if (target != kNoNode) Send(target, Kind::kPing, sequence_, target, out);
}

NodeId SwimDetector::NextTarget() {
  if (order_.empty()) return kNoNode;
  if (next_in_order_ >= order_.size()) {
    next_in_order_ = 0;
    for (std::size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[random_.Below(i)]);
    }
  }
  return order_[next_in_order_++];
}

void SwimDetector::AskForHelp(Output* out) {
  probe_.helped = true;
  std::vector<NodeId> helpers;
  for (const auto& [node, member] : members_) {
    if (node != probe_.target && member.state != State::kDead) {
      helpers.push_back(node);
    }
  }
  const std::size_t count =
      std::min<std::size_t>(options_.indirect, helpers.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::swap(helpers[i], helpers[i + random_.Below(helpers.size() - i)]);
    Send(helpers[i], Kind::kPingRequest, probe_.sequence, probe_.target, out);
  }
}

void SwimDetector::OnMessage(Nanos now, NodeId from, Slice body, Output* out) {
  if (!members_.contains(from)) return;
  Reader r(body);
  const std::uint8_t kind = r.U8();
  const std::uint64_t sequence = r.Varint();
  const NodeId target = r.As<NodeId>();
  if (kind > static_cast<std::uint8_t>(Kind::kPingRequest)) return;
  if (!r.ok() || !TakeNews(now, r, out)) return;
  switch (static_cast<Kind>(kind)) {
    case Kind::kPing:
      Send(from, Kind::kAck, sequence, options_.self, out);
      break;
    case Kind::kAck:
      OnAck(sequence, target, out);
      break;
    case Kind::kPingRequest:
      if (!members_.contains(target) || errands_.size() >= kErrandsMax) break;
      errands_[++sequence_] = {from, sequence, target};
      Send(target, Kind::kPing, sequence_, target, out);
      break;
  }
}

void SwimDetector::OnAck(std::uint64_t sequence, NodeId target, Output* out) {
  if (sequence == probe_.sequence && target == probe_.target) {
    if (probe_.helped && !probe_.answered) WR_MARK(kDetectorIndirect);
    probe_.answered = true;
    return;
  }
  const auto it = errands_.find(sequence);
  if (it == errands_.end() || it->second.target != target) return;
  const Errand errand = it->second;
  errands_.erase(it);
  Send(errand.asker, Kind::kAck, errand.asker_sequence, target, out);
}

// Section 4.2: a greater incarnation wins; of equal ones dead wins over
// suspect, and suspect over alive.
void SwimDetector::Learn(Nanos now, NodeId node, State state,
                         std::uint64_t incarnation, Output* out) {
  if (node == options_.self) {
    if (state == State::kAlive) return;
    // Also an accusation of an older incarnation is answered: whoever makes it
    // has not heard of the present one.
    self_told_ = 0;
    if (incarnation < incarnation_) return;
    if (incarnation > incarnation_ && WR_MUTANT(kSwimForgetsIncarnation))
      return;
    WR_MARK(kDetectorRefuted);
    incarnation_ = incarnation + 1;
    return;
  }
  const auto it = members_.find(node);
  if (it == members_.end()) return;
  Member& member = it->second;
  const bool fresher =
      incarnation > member.incarnation ||
      (incarnation == member.incarnation && state > member.state);
  if (!fresher) return;
  member.incarnation = incarnation;
  SetTold(node, member, 0);
  if (state == State::kSuspect && member.state != State::kSuspect) {
    member.suspected_at = now;
  }
  SetState(node, member, state, out);
}

void SwimDetector::SetState(NodeId node, Member& member, State state,
                            Output* out) {
  if (member.state == state) return;
  // A suspect is still treated as a member (section 4.2): only the dead are
  // reported down.
  const bool was_down = member.state == State::kDead;
  const bool is_down = state == State::kDead;
  member.state = state;
  if (state == State::kSuspect) {
    suspects_.insert(node);
  } else {
    suspects_.erase(node);
  }
  SetTold(node, member, 0);
  if (was_down != is_down) out->changes.push_back({node, !is_down});
}

void SwimDetector::SetTold(NodeId node, Member& member, std::uint32_t times) {
  fresh_.erase({member.times_told, node});
  member.times_told = times;
  if (times < tell_limit_) fresh_.insert({times, node});
}

bool SwimDetector::Suspects(NodeId peer) const {
  const auto it = members_.find(peer);
  return it != members_.end() && it->second.state == State::kDead;
}

// ---- messages: kind, sequence, target, own incarnation, news ----

void SwimDetector::Send(NodeId to, Kind kind, std::uint64_t sequence,
                        NodeId target, Output* out) {
  std::string body;
  Writer w(&body);
  w.U8(static_cast<std::uint8_t>(kind));
  w.Varint(sequence);
  w.Id(target);
  // What is said of the receiver goes first: it may want to refute it.
  const auto it = members_.find(to);
  if (it != members_.end() && it->second.state != State::kAlive) {
    SetTold(to, it->second, std::min(it->second.times_told, tell_limit_ - 1));
  }
  PutNews(w);
  w.Flush();
  out->sends.emplace_back(to, std::move(body));
}

void SwimDetector::PutNews(Writer& w) {
  std::vector<std::pair<NodeId, Member>> news;
  if (self_told_ < tell_limit_) {
    ++self_told_;
    news.push_back({options_.self, {State::kAlive, incarnation_, 0, 0}});
  }
  // Those least often told first (section 4.1).
  std::vector<NodeId> told;
  for (const auto& [times, node] : fresh_) {
    if (news.size() + told.size() >= kNewsPerMessage) break;
    told.push_back(node);
  }
  for (const NodeId node : told) {
    Member& member = members_.at(node);
    SetTold(node, member, member.times_told + 1);
    news.push_back({node, member});
  }
  w.Varint(news.size());
  for (const auto& [node, member] : news) {
    w.Id(node);
    w.U8(static_cast<std::uint8_t>(member.state));
    w.Varint(member.incarnation);
  }
}

bool SwimDetector::TakeNews(Nanos now, Reader& r, Output* out) {
  const std::size_t count = r.Count(3);
  for (std::size_t i = 0; i < count; ++i) {
    const NodeId node = r.As<NodeId>();
    const std::uint8_t state = r.U8();
    const std::uint64_t incarnation = r.Varint();
    if (!r.ok() || state > static_cast<std::uint8_t>(State::kDead))
      return false;
    Learn(now, node, static_cast<State>(state), incarnation, out);
  }
  return r.done();
}

}  // namespace wringer::membership
