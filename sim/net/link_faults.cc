// What faults do to links, and the count of it.
#include <algorithm>
#include <utility>

#include "engine/base/check.h"
#include "sim/net/sim_network.h"

namespace wringer::sim {
LinkFaultId SimNetwork::AddFault(const LinkFault& fault,
                                 const std::vector<LinkEnds>& links) {
  const auto number = static_cast<std::uint32_t>(faults_.size());
  faults_.push_back({.fault = fault});
  for (const LinkEnds& ends : links) {
    const std::uint32_t index = FindLink(ends.first, ends.second);
    if (index == kNoIndex || ends.first == ends.second) continue;
    Link& link = links_[index];
    if (!link.faults.empty() && link.faults.back() == number) continue;
    link.faults.push_back(number);
    faults_[number].links.push_back(index);
    if (fault.kind == LinkFault::Kind::kCut) {
      ++link.cuts;
      if (fifo_) Reset(index, &faults_[number].effect);
    } else if (fault.kind == LinkFault::Kind::kHold) {
      ++link.holds;
      while (Message* const message = link.in_flight.head()) {
        world_->Cancel(message->event);
        link.in_flight.Remove(message);
        Hold(message);
      }
    }
  }
  return LinkFaultId(number + 1);
}

void SimNetwork::RemoveFault(LinkFaultId id) {
  WR_CHECK(id.value() > 0 && id.value() <= faults_.size());
  const std::uint32_t number = id.value() - 1;
  if (faults_[number].ended) return;
  faults_[number].ended = true;
  for (const std::uint32_t index : faults_[number].links) {
    Link& link = links_[index];
    std::erase(link.faults, number);
    if (faults_[number].fault.kind == LinkFault::Kind::kCut) --link.cuts;
    if (faults_[number].fault.kind == LinkFault::Kind::kHold) {
      --link.holds;
      if (link.holds == 0) {
        for (const Message* message = link.held.head(); message != nullptr;
             message = message->next) {
          ++faults_[number].effect.released;
        }
        Release(index);
      }
    }
  }
}

const LinkFaultEffect& SimNetwork::effect(LinkFaultId id) const {
  WR_CHECK(id.value() > 0 && id.value() <= faults_.size());
  return faults_[id.value() - 1].effect;
}

void SimNetwork::Reset(std::uint32_t index, LinkFaultEffect* effect) {
  Link& link = links_[index];
  while (!link.in_flight.empty()) {
    ++effect->reset;
    Lose(link.in_flight.head(), "connection reset");
  }
  link.last_arrival = 0;
}

void SimNetwork::Hold(Message* message) {
  Link& link = links_[message->link];
  message->event = EventId();
  // Keep what remains of the journey.
  const Nanos from = std::max(message->departs, world_->now());
  message->arrives = std::max<Nanos>(message->arrives - from, 0);
  message->departs = 0;
  link.held.Append(message);
  for (const std::uint32_t fault : link.faults) {
    if (faults_[fault].fault.kind == LinkFault::Kind::kHold) {
      ++faults_[fault].effect.held;
    }
  }
}

// True with the model's chance plus the faults'. One draw decides, so that a
// fault adds losses and leaves those that were there: a value below the base
// chance is the model's doing, one above it the faults'.
bool SimNetwork::ChanceWithFaults(Link& link, Draw draw, std::uint64_t ordinal,
                                  std::uint32_t base_ppm,
                                  std::uint32_t LinkWorsening::* added,
                                  std::uint64_t LinkFaultEffect::* count) {
  if (!Possible(link, base_ppm)) return false;
  std::uint64_t limit = base_ppm;
  for (const std::uint32_t fault : link.faults) {
    limit += faults_[fault].fault.worsening.*added;
  }
  if (limit == 0) return false;
  const std::uint64_t value =
      DrawFor(link, ordinal, draw).Below(std::uint64_t{1'000'000});
  if (value >= limit) return false;
  for (const std::uint32_t fault : link.faults) {
    if (value >= base_ppm && faults_[fault].fault.worsening.*added > 0) {
      ++(faults_[fault].effect.*count);
    }
  }
  return true;
}

Nanos SimNetwork::Detour(Link& link, std::uint64_t ordinal) {
  if (!ChanceWithFaults(link, Draw::kReorder, ordinal, link.model.reorder_ppm,
                        &LinkWorsening::reorder_ppm,
                        &LinkFaultEffect::reordered)) {
    return 0;
  }
  RandomDraw draw = DrawFor(link, ordinal, Draw::kReorder);
  draw.Next();  // spent on whether
  return draw.Between(0, link.model.reorder_by);
}

void SimNetwork::MaybeCorrupt(Link& link, std::uint64_t ordinal,
                              std::string* bytes) {
  if (bytes->empty()) return;
  if (!ChanceWithFaults(link, Draw::kCorrupt, ordinal, 0,
                        &LinkWorsening::corrupt_ppm,
                        &LinkFaultEffect::corrupted)) {
    return;
  }
  RandomDraw draw = DrawFor(link, ordinal, Draw::kCorrupt);
  draw.Next();  // spent on whether
  const std::uint64_t bit = draw.Below(bytes->size() * 8);
  char& byte = (*bytes)[bit / 8];
  byte =
      static_cast<char>(static_cast<unsigned char>(byte) ^ (1u << (bit % 8)));
}

Nanos SimNetwork::FaultDelay(Link& link, std::uint64_t ordinal) {
  Nanos total = 0;
  for (const std::uint32_t fault : link.faults) {
    const Latency& added = faults_[fault].fault.worsening.latency;
    if (added.high == 0 && added.tail == 0) continue;
    RandomDraw draw(DrawFor(link, ordinal, Draw::kExtra).Next(),
                    faults_[fault].fault.key);
    Nanos delay = draw.Between(added.low, added.high);
    if (added.tail > 0) delay += draw.Exponential(added.tail);
    if (delay > 0) {
      ++faults_[fault].effect.delayed;
      faults_[fault].effect.delay_total += delay;
    }
    total += delay;
  }
  return total;
}

std::uint64_t SimNetwork::RateUnderFaults(const Link& link) {
  std::uint64_t rate = link.model.bytes_per_second;
  LinkFaultEffect* slowed_by = nullptr;
  for (const std::uint32_t fault : link.faults) {
    const std::uint64_t worse = faults_[fault].fault.worsening.bytes_per_second;
    if (worse == 0 || (rate != 0 && worse >= rate)) continue;
    rate = worse;
    slowed_by = &faults_[fault].effect;
  }
  if (slowed_by != nullptr) ++slowed_by->throttled;
  return rate;
}

}  // namespace wringer::sim
