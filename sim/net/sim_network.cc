// Parties, links, and the life of a message. What faults do is in
// link_faults.cc.
#include "sim/net/sim_network.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"
#include "sim/net/sim_bus.h"

namespace wringer::sim {
namespace {

constexpr std::uint64_t kLinkPurpose = Purpose("net.link");

}  // namespace

SimNetwork::SimNetwork(World* world, const NetworkOptions& options)
    : world_(world), fifo_(options.fifo), loopback_(options.loopback) {
  world->OnDropped(&SimNetwork::OnArrival, &SimNetwork::OnGateDropped);
  std::vector<NodeId> servers = options.servers;
  std::sort(servers.begin(), servers.end());
  WR_CHECK(std::adjacent_find(servers.begin(), servers.end()) == servers.end());
  for (const NodeId id : servers) parties_.push_back({id});
  server_count_ = static_cast<std::uint32_t>(servers.size());
  for (std::uint32_t i = 1; i <= options.clients; ++i) {
    parties_.push_back({NodeId(kClientNodeBase + i)});
  }
  const auto count = static_cast<std::uint32_t>(parties_.size());
  links_.resize(std::size_t{server_count_} *
                (2 * std::size_t{count} - server_count_));
  for (std::uint32_t from = 0; from < count; ++from) {
    for (std::uint32_t to = 0; to < count; ++to) {
      const std::uint32_t index = LinkIndex(from, to);
      if (index == kNoIndex) continue;
      Link& link = links_[index];
      link.from = parties_[from].id;
      link.to = parties_[to].id;
      link.from_party = from;
      link.to_party = to;
      link.key = RandomKey(world->seed(), kLinkPurpose, link.from.value(),
                           link.to.value());
      link.latency_key = DrawKey(link, Draw::kLatency);
      link.model = options.model;
      if (from == to) {
        link.model = {};
        link.model.latency = {loopback_, loopback_, 0};
        link.model.bytes_per_second = 0;
      }
    }
  }
}

SimNetwork::~SimNetwork() {
  for (Link& link : links_) {
    for (const Message* message = link.in_flight.head(); message != nullptr;
         message = message->next) {
      world_->Cancel(message->event);
    }
  }
}

std::uint32_t SimNetwork::PartyIndex(NodeId id) const {
  if (IsClient(id)) {
    const std::uint32_t index =
        server_count_ + (id.value() - kClientNodeBase - 1);
    return index < parties_.size() ? index : kNoIndex;
  }
  // Mostly they are n1 .. nN.
  const std::uint32_t usual = id.value() - 1;
  if (usual < server_count_ && parties_[usual].id == id) return usual;
  const auto end = parties_.begin() + server_count_;
  const auto it = std::lower_bound(
      parties_.begin(), end, id,
      [](const Party& party, NodeId wanted) { return party.id < wanted; });
  if (it == end || it->id != id) return kNoIndex;
  return static_cast<std::uint32_t>(it - parties_.begin());
}

// Rows of servers hold a column for every party; rows of clients hold columns
// for servers only.
std::uint32_t SimNetwork::LinkIndex(std::uint32_t from,
                                    std::uint32_t to) const {
  const auto count = static_cast<std::uint32_t>(parties_.size());
  if (from >= count || to >= count) return kNoIndex;
  if (from < server_count_) return from * count + to;
  if (to >= server_count_) return kNoIndex;
  return server_count_ * count + (from - server_count_) * server_count_ + to;
}

std::uint32_t SimNetwork::FindLink(NodeId from, NodeId to) const {
  return LinkIndex(PartyIndex(from), PartyIndex(to));
}

bool SimNetwork::HasLink(NodeId from, NodeId to) const {
  return FindLink(from, to) != kNoIndex;
}

void SimNetwork::SetModel(NodeId from, NodeId to, const LinkModel& model) {
  const std::uint32_t index = FindLink(from, to);
  WR_CHECK(index != kNoIndex);
  WR_CHECK(0 <= model.latency.low && model.latency.low <= model.latency.high);
  links_[index].model = model;
}

const LinkModel& SimNetwork::model(NodeId from, NodeId to) const {
  const std::uint32_t index = FindLink(from, to);
  WR_CHECK(index != kNoIndex);
  return links_[index].model;
}

void SimNetwork::SetTrace(NodeId party, env::Trace* trace) {
  const std::uint32_t index = PartyIndex(party);
  WR_CHECK(index != kNoIndex);
  parties_[index].trace = trace;
}

std::uint64_t SimNetwork::sent_on(NodeId from, NodeId to) const {
  const std::uint32_t index = FindLink(from, to);
  return index == kNoIndex ? 0 : links_[index].sent;
}

std::uint64_t SimNetwork::WaitingFor(NodeId party) const {
  const std::uint32_t to = PartyIndex(party);
  std::uint64_t count = 0;
  for (const Link& link : links_) {
    if (link.to_party != to) continue;
    for (const Message* message = link.in_flight.head(); message != nullptr;
         message = message->next) {
      if (message->arrives <= world_->now()) ++count;
    }
  }
  return count;
}

bool SimNetwork::Connected(NodeId from, NodeId to) const {
  const std::uint32_t index = FindLink(from, to);
  return index != kNoIndex && links_[index].cuts == 0;
}

void SimNetwork::Attach(SimBus* bus) {
  bus->party_ = PartyIndex(bus->runtime_->id());
  WR_CHECK(bus->party_ != kNoIndex);
  WR_CHECK(parties_[bus->party_].bus == nullptr);
  parties_[bus->party_].bus = bus;
}

void SimNetwork::Detach(SimBus* bus) {
  WR_CHECK(parties_[bus->party_].bus == bus);
  parties_[bus->party_].bus = nullptr;
  const auto count = static_cast<std::uint32_t>(parties_.size());
  for (std::uint32_t other = 0; other < count; ++other) {
    const std::uint32_t out = LinkIndex(bus->party_, other);
    const std::uint32_t in = LinkIndex(other, bus->party_);
    if (out != kNoIndex) SenderDied(out);
    if (in != kNoIndex) ReceiverDied(in);
  }
}

[[gnu::always_inline]] inline Nanos SimNetwork::TravelTime(
    Link& link, std::uint64_t ordinal, Nanos departs, std::size_t bytes) {
  const Latency& latency = link.model.latency;
  RandomDraw draw(link.latency_key, ordinal);
  Nanos travel = draw.Between(latency.low, latency.high);
  if (latency.tail > 0) travel += draw.Exponential(latency.tail);
  travel += QueueForBandwidth(link, departs, bytes);
  if (!fifo_) travel += Detour(link, ordinal);
  if (!link.faults.empty()) travel += FaultDelay(link, ordinal);
  return travel;
}

[[gnu::always_inline]] inline void SimNetwork::ScheduleArrival(
    Message* message) {
  Link& link = links_[message->link];
  if (fifo_) {
    message->arrives = std::max(message->arrives, link.last_arrival);
    link.last_arrival = message->arrives;
  }
  // The gate of a dead node would swallow the event; the world's own event
  // asks at arrival time who is up.
  const bool up = parties_[link.to_party].bus != nullptr;
  message->event = world_->Schedule({.at = message->arrives,
                                     .kind = EventKind::kDelivery,
                                     .node = up ? link.to : kNoNode,
                                     .incarnation = {},
                                     .op = message->id,
                                     .fn = &SimNetwork::OnArrival,
                                     .object = message});
}

[[gnu::always_inline]] inline Message* SimNetwork::Launch(Link& link,
                                                          std::string&& bytes,
                                                          Nanos departs,
                                                          Nanos travel) {
  Message* const message = pool_.New(std::move(bytes));
  message->id = next_id_++;
  message->network = this;
  message->link = static_cast<std::uint32_t>(&link - links_.data());
  message->departs = departs;
  message->arrives = departs + travel;
  if (link.holds > 0) {
    Hold(message);
  } else {
    link.in_flight.Append(message);
    ScheduleArrival(message);
  }
  return message;
}

void SimNetwork::Send(SimBus* bus, NodeId to, std::string&& bytes) {
  const std::uint32_t index = LinkIndex(bus->party_, PartyIndex(to));
  if (index == kNoIndex) {
    ++stats_.misaddressed;
    return;
  }
  Link& link = links_[index];
  const std::uint64_t ordinal = link.sent++;
  ++stats_.messages;
  stats_.bytes += bytes.size();
  if (Traced(link.from_party)) TraceSend(link, next_id_, bytes.size());
  if (link.cuts > 0 || DrawLoss(link, ordinal)) {
    CountStopped(link);
    ++stats_.lost;
    TraceLost(link, next_id_++, link.cuts > 0 ? "cut" : "loss");
    return;
  }
  const Nanos departs = bus->runtime_->busy_until();
  const Nanos travel = TravelTime(link, ordinal, departs, bytes.size());
  if (!link.faults.empty()) MaybeCorrupt(link, ordinal, &bytes);
  const bool twice = DrawDuplicate(link, ordinal);
  const Message* sent = Launch(link, std::move(bytes), departs, travel);
  if (twice) LaunchCopy(link, *sent, ordinal, departs);
}

// The copy takes its own way, drawn beyond every real ordinal.
void SimNetwork::LaunchCopy(Link& link, const Message& original,
                            std::uint64_t ordinal, Nanos departs) {
  ++stats_.duplicated;
  std::string bytes = original.bytes;
  const Nanos travel = TravelTime(link, ~ordinal, departs, bytes.size());
  Launch(link, std::move(bytes), departs, travel);
}

void SimNetwork::CountStopped(const Link& link) {
  for (const std::uint32_t fault : link.faults) {
    if (faults_[fault].fault.kind == LinkFault::Kind::kCut) {
      ++faults_[fault].effect.stopped;
    }
  }
}

void SimNetwork::Release(std::uint32_t index) {
  Link& link = links_[index];
  while (Message* const message = link.held.head()) {
    link.held.Remove(message);
    message->departs = world_->now();
    message->arrives += world_->now();
    link.in_flight.Append(message);
    if (link.cuts > 0) {
      Lose(message, "cut");
    } else {
      ScheduleArrival(message);
    }
  }
}

inline void SimNetwork::Deliver(Message* message) {
  Link& link = links_[message->link];
  const Party& receiver = parties_[link.to_party];
  if (Traced(link.to_party)) TraceReceive(link, *message);
  ++stats_.delivered;
  link.in_flight.Remove(message);
  // Freed at last, as the receiver reads the bytes in place, and may send.
  if (env::MessageReceiver* target = receiver.bus->receiver_) {
    target->OnMessage(link.from, message->bytes);
  }
  pool_.Free(message);
}

inline void SimNetwork::Arrive(Message* message) {
  const Link& link = links_[message->link];
  if (parties_[link.to_party].bus == nullptr) {
    Lose(message, "receiver down");
  } else if (link.cuts > 0) {
    CountStopped(link);
    Lose(message, "cut");
  } else {
    Deliver(message);
  }
}

void SimNetwork::OnArrival(void* object, std::uint64_t) {
  auto* const message = static_cast<Message*>(object);
  message->network->Arrive(message);
}

// It stood in line at a node that died.
void SimNetwork::OnGateDropped(void* object, std::uint64_t) {
  auto* const message = static_cast<Message*>(object);
  message->network->Lose(message, "receiver died");
}

void SimNetwork::Lose(Message* message, Slice why) {
  Link& link = links_[message->link];
  ++stats_.lost;
  TraceLost(link, message->id, why);
  world_->Cancel(message->event);
  link.in_flight.Remove(message);
  pool_.Free(message);
}

// Bytes on the wire arrive without their sender; the rest never left.
void SimNetwork::SenderDied(std::uint32_t index) {
  Message* message = links_[index].in_flight.head();
  while (message != nullptr) {
    Message* const next = message->next;
    if (message->departs > world_->now()) Lose(message, "sender died");
    message = next;
  }
  links_[index].line_free = 0;
}

void SimNetwork::ReceiverDied(std::uint32_t index) {
  Link& link = links_[index];
  Message* message = link.in_flight.head();
  while (message != nullptr) {
    Message* const next = message->next;
    if (fifo_ || message->arrives <= world_->now()) {
      Lose(message, "receiver died");
    } else {
      // May yet meet the next incarnation.
      world_->Cancel(message->event);
      ScheduleArrival(message);
    }
    message = next;
  }
  link.last_arrival = 0;
}

void SimNetwork::TraceSend(const Link& link, std::uint64_t id,
                           std::size_t bytes) {
  parties_[link.from_party].trace->Log(
      env::Component::kNetwork, "msg.send",
      absl::StrCat("m#", id, " to ", NodeName(link.to), " ", bytes, "B"));
}

void SimNetwork::TraceReceive(const Link& link, const Message& message) {
  parties_[link.to_party].trace->Log(
      env::Component::kNetwork, "msg.recv",
      absl::StrCat("m#", message.id, " from ", NodeName(link.from), " ",
                   message.bytes.size(), "B"));
}

void SimNetwork::TraceLost(const Link& link, std::uint64_t id, Slice why) {
  if (!Traced(link.to_party)) return;
  parties_[link.to_party].trace->Log(
      env::Component::kNetwork, "msg.lost",
      absl::StrCat("m#", id, " from ", NodeName(link.from), ": ", why));
}

}  // namespace wringer::sim
