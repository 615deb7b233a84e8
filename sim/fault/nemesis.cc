#include "sim/fault/nemesis.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/random.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

// One kind the nemesis may draw, and how its own part of the fault is filled.
struct Family {
  FaultKind kind;
  const RandomFault* common;
};

std::vector<Family> FamiliesOf(const RandomFaultsSpec& spec) {
  return {
      {FaultKind::kCrash, &spec.crash},
      {FaultKind::kPowerLoss, &spec.power_loss},
      {FaultKind::kPause, &spec.pause},
      {FaultKind::kWipe, &spec.wipe},
      {FaultKind::kPartition, &spec.partition},
      {FaultKind::kLink, &spec.link},
      {FaultKind::kClockStep, &spec.clock_step},
      {FaultKind::kClockDrift, &spec.clock_drift},
      {FaultKind::kClockFreeze, &spec.clock_freeze},
      {FaultKind::kDiskFull, &spec.disk_full},
      {FaultKind::kIoError, &spec.io_error},
      {FaultKind::kSlowDisk, &spec.slow_disk},
      {FaultKind::kBitRot, &spec.bit_rot},
  };
}

bool TakesNodeDown(FaultKind kind) {
  return kind == FaultKind::kCrash || kind == FaultKind::kPowerLoss ||
         kind == FaultKind::kPause || kind == FaultKind::kWipe;
}

Nanos DrawIn(const NanosRange& range, RandomStream* random) {
  return random->Between(range.low, range.high);
}

std::uint64_t DrawIn(const CountRange& range, RandomStream* random) {
  return range.low + random->Below(range.high - range.low + 1);
}

class Nemesis {
 public:
  Nemesis(const RandomFaultsSpec& spec, const NemesisInput& input)
      : spec_(spec), input_(input), families_(FamiliesOf(spec)) {
    const auto count = static_cast<std::uint32_t>(input.replicas.size());
    down_limit_ =
        spec.at_most.down.minority ? (count - 1) / 2 : spec.at_most.down.count;
  }

  std::vector<FaultSpec> Draw() {
    const Nanos until =
        std::min(spec_.until.value_or(input_.run_length), input_.run_length);
    const Random gaps(input_.seed, Purpose("nemesis.gap"));
    Nanos at = spec_.from;
    for (std::uint64_t slot = 0;; ++slot) {
      RandomDraw draw = gaps.At(slot);
      const Nanos gap = draw.Between(spec_.gap.low, spec_.gap.high);
      at += std::max<Nanos>(gap, 1);
      if (at >= until) break;
      const Family* family = Winner(slot);
      if (family == nullptr) break;
      FaultSpec fault = DrawFault(*family, slot, at);
      if (Allowed(fault)) result_.push_back(std::move(fault));
    }
    return std::move(result_);
  }

 private:
  // The kind with the least exponential(1) / weight at this slot.
  const Family* Winner(std::uint64_t slot) const {
    const Family* winner = nullptr;
    std::uint64_t best = 0;
    for (const Family& family : families_) {
      if (family.common->weight == 0) continue;
      const Random pick(input_.seed, Purpose("nemesis.pick"),
                        static_cast<std::uint64_t>(family.kind));
      const std::uint64_t wait = ExponentialQuantile32(pick.At(slot).Next());
      // wait / weight < best / winner's weight, without the division.
      if (winner == nullptr ||
          static_cast<unsigned __int128>(wait) * winner->common->weight <
              static_cast<unsigned __int128>(best) * family.common->weight) {
        winner = &family;
        best = wait;
      }
    }
    return winner;
  }

  FaultSpec DrawFault(const Family& family, std::uint64_t slot, Nanos at) {
    RandomStream random(input_.seed, Purpose("nemesis.fault"),
                        static_cast<std::uint64_t>(family.kind), slot);
    FaultSpec fault;
    fault.id = absl::StrCat(NameOf(family.kind), "-r", slot);
    fault.kind = family.kind;
    fault.trigger.kind = FaultTrigger::Kind::kAt;
    fault.trigger.at = at;
    const Nanos length = DrawIn(family.common->duration, &random);
    fault.duration = NanosRange{length, length};
    if (family.kind == FaultKind::kPartition) {
      DrawPartition(&random, &fault.partition);
    } else if (family.kind == FaultKind::kLink) {
      DrawLink(&random, &fault.link);
    } else {
      fault.nodes = {Victim(&random)};
      AimAtConfig(slot, &fault);
      DrawParameters(&random, &fault);
    }
    return fault;
  }

  // One in three is aimed at the leader, where most bugs live; who that is
  // shows when the fault fires.
  Target Victim(RandomStream* random) const {
    const bool leader = random->Below(3) == 0;
    const NodeId node = OneReplica(random);
    return leader && input_.has_leader ? Target::Of(Role::kLeader)
                                       : Target::Node(node);
  }

  // A stream of its own: without a config group nothing else is drawn.
  void AimAtConfig(std::uint64_t slot, FaultSpec* fault) const {
    if (spec_.config == 0 || input_.config_nodes.empty()) return;
    RandomStream random(input_.seed, Purpose("nemesis.config"),
                        static_cast<std::uint64_t>(fault->kind), slot);
    if (!random.Chance(spec_.config)) return;
    const bool leader = random.Below(2) == 0;
    const std::uint64_t i = random.Below(input_.config_nodes.size());
    const NodeId node = input_.config_nodes[static_cast<std::size_t>(i)];
    fault->nodes = {leader ? Target::Of(Role::kConfigLeader)
                           : Target::Node(node)};
  }

  NodeId OneReplica(RandomStream* random) const {
    const std::uint64_t i = random->Below(input_.replicas.size());
    return input_.replicas[static_cast<std::size_t>(i)];
  }

  void DrawPartition(RandomStream* random, PartitionParams* partition) const {
    enum Shape { kIsolateOne, kHalves, kBridge, kOneWay };
    const PartitionShapes& allowed = spec_.partition.shapes;
    std::vector<Shape> shapes;
    if (allowed.isolate_one) shapes.push_back(kIsolateOne);
    if (allowed.halves) shapes.push_back(kHalves);
    if (allowed.bridge && input_.replicas.size() > 2) shapes.push_back(kBridge);
    if (allowed.one_way) shapes.push_back(kOneWay);
    if (shapes.empty()) shapes.push_back(kIsolateOne);
    const Shape shape = shapes[random->Below(shapes.size())];
    const Target victim = Victim(random);
    const std::vector<NodeId> order = Shuffled(random);
    const std::size_t half = order.size() / 2;
    switch (shape) {
      case kIsolateOne:
        partition->shape = PartitionShape::kIsolate;
        partition->isolate = {victim};
        break;
      case kHalves:
        partition->shape = PartitionShape::kSides;
        partition->sides = {Targets(order, 0, half),
                            Targets(order, half, order.size())};
        break;
      case kBridge:
        partition->shape = PartitionShape::kBridge;
        partition->bridge = Target::Node(order[0]);
        partition->sides = {Targets(order, 1, 1 + half),
                            Targets(order, 1 + half, order.size())};
        break;
      case kOneWay:
        partition->shape = PartitionShape::kOneWay;
        partition->from = {victim};
        partition->to = {Target::Of(Role::kOthers)};
        if (random->Below(2) == 1) std::swap(partition->from, partition->to);
        break;
    }
  }

  std::vector<NodeId> Shuffled(RandomStream* random) const {
    std::vector<NodeId> order = input_.replicas;
    for (std::size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[random->Below(i)]);
    }
    return order;
  }

  static std::vector<Target> Targets(const std::vector<NodeId>& order,
                                     std::size_t from, std::size_t to) {
    std::vector<NodeId> nodes(order.begin() + static_cast<std::ptrdiff_t>(from),
                              order.begin() + static_cast<std::ptrdiff_t>(to));
    std::sort(nodes.begin(), nodes.end());
    std::vector<Target> targets;
    for (const NodeId node : nodes) targets.push_back(Target::Node(node));
    return targets;
  }

  void DrawLink(RandomStream* random, LinkParams* link) const {
    const bool hold = random->Chance(spec_.link.hold);
    link->from = {Victim(random)};
    link->to = {Target::Of(Role::kOthers)};
    if (random->Below(2) == 1) std::swap(link->from, link->to);
    link->hold = hold;
    if (hold) return;
    link->delay = spec_.link.delay;
    link->loss = spec_.link.loss;
    link->duplicate = spec_.link.duplicate;
  }

  void DrawParameters(RandomStream* random, FaultSpec* fault) const {
    switch (fault->kind) {
      case FaultKind::kPowerLoss:
        fault->keep = spec_.power_loss.keep;
        break;
      case FaultKind::kClockStep:
        fault->by = DrawIn(spec_.clock_step.by, random);
        fault->duration.reset();
        break;
      case FaultKind::kClockDrift:
        fault->rate = random->Between(spec_.clock_drift.rate.low,
                                      spec_.clock_drift.rate.high);
        break;
      case FaultKind::kIoError:
        fault->on = OneCall(random);
        fault->errors = DrawIn(spec_.io_error.errors, random);
        break;
      case FaultKind::kSlowDisk:
        fault->factor =
            static_cast<std::uint32_t>(DrawIn(spec_.slow_disk.factor, random));
        break;
      case FaultKind::kBitRot: {
        const std::uint64_t bits = DrawIn(spec_.bit_rot.bits, random);
        fault->bits = {bits, bits};
        fault->duration.reset();
        break;
      }
      default:
        break;
    }
  }

  IoCalls OneCall(RandomStream* random) const {
    std::array<bool IoCalls::*, 3> calls{};
    std::size_t count = 0;
    for (bool IoCalls::* call :
         {&IoCalls::read, &IoCalls::write, &IoCalls::sync}) {
      if (spec_.io_error.on.*call) calls[count++] = call;
    }
    IoCalls on;
    if (count == 0) return on;
    on.*calls[random->Below(count)] = true;
    return on;
  }

  static Nanos EndOf(const FaultSpec& fault) {
    return fault.trigger.at + (fault.duration ? fault.duration->high : 0);
  }

  static bool HitsConfig(const FaultSpec& fault) {
    if (fault.nodes.empty()) return false;
    const Target& target = fault.nodes.front();
    return target.kind == Target::Kind::kRole
               ? target.role == Role::kConfigLeader
               : IsConfigNode(target.node);
  }

  // Replicas and the config group have limits of their own.
  std::uint32_t InForce(const FaultSpec& fault, bool (*same)(FaultKind)) const {
    std::uint32_t count = 0;
    for (const FaultSpec& other : result_) {
      if (same(other.kind) && HitsConfig(other) == HitsConfig(fault) &&
          EndOf(other) >= fault.trigger.at) {
        ++count;
      }
    }
    return count;
  }

  bool Allowed(const FaultSpec& fault) const {
    const FaultLimits& limits = spec_.at_most;
    const std::uint32_t down_limit =
        HitsConfig(fault)
            ? (static_cast<std::uint32_t>(input_.config_nodes.size()) - 1) / 2
            : down_limit_;
    if (TakesNodeDown(fault.kind) &&
        InForce(fault, &TakesNodeDown) >= down_limit) {
      return false;
    }
    const auto is_partition = [](FaultKind k) {
      return k == FaultKind::kPartition;
    };
    if (is_partition(fault.kind) &&
        InForce(fault, is_partition) >= limits.partitions) {
      return false;
    }
    if (fault.kind != FaultKind::kWipe) return true;
    std::uint32_t wiped = 0;
    for (const FaultSpec& other : result_) {
      if (other.kind == FaultKind::kWipe) ++wiped;
    }
    return wiped < limits.wiped;
  }

  const RandomFaultsSpec& spec_;
  const NemesisInput& input_;
  std::vector<Family> families_;
  std::uint32_t down_limit_ = 0;
  std::vector<FaultSpec> result_;
};

}  // namespace

std::vector<FaultSpec> DrawFaults(const RandomFaultsSpec& spec,
                                  const NemesisInput& input) {
  if (input.replicas.empty()) return {};
  return Nemesis(spec, input).Draw();
}

}  // namespace wringer::sim
