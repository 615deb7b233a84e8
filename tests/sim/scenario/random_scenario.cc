#include "tests/sim/scenario/random_scenario.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

class Draw {
 public:
  explicit Draw(RandomStream* random) : random_(*random) {}

  std::int64_t In(std::int64_t low, std::int64_t high) {
    return random_.Between(low, high);
  }
  std::uint32_t Small(std::uint32_t low, std::uint32_t high) {
    return static_cast<std::uint32_t>(In(low, high));
  }
  // Sizes and times over many orders of magnitude.
  std::int64_t Wide(std::int64_t low, std::int64_t high) {
    const std::int64_t cut = In(0, 40);
    return low + In(0, (high - low) >> cut);
  }
  bool Coin() { return random_.Chance(500'000); }
  Ppm Share() { return Small(0, kAlways); }
  template <typename E>
  E Any() {
    E out{};
    do {
      out = static_cast<E>(
          random_.Below(static_cast<std::uint64_t>(NamesOf<E>().count)));
    } while (!NamesOf<E>().at(static_cast<std::size_t>(out)).built);
    return out;
  }
  template <typename T>
  Range<T> RangeIn(std::int64_t low, std::int64_t high) {
    std::int64_t a = Wide(low, high);
    std::int64_t b = Coin() ? a : In(low, high);
    if (a > b) {
      std::swap(a, b);
    }
    return {static_cast<T>(a), static_cast<T>(b)};
  }
  Delay AnyDelay() {
    const NanosRange range = RangeIn<Nanos>(0, kSecond);
    const Nanos tail = Coin() ? Wide(0, kSecond) : 0;
    return {range.low, range.high, tail};
  }
  std::string Text() {
    constexpr Slice kBits[] = {"a",  " ",  "\"", "\\", "\n",   "\t", "é",
                               "\r", "\'", "#",  "=",  "\x01", "]",  "\"\"\""};
    std::string out;
    for (std::int64_t n = In(0, 12); n > 0; --n) {
      absl::StrAppend(&out, kBits[random_.Below(14)]);
    }
    return out;
  }
  template <typename T>
  T Flags() {
    T out{};
    for (std::size_t i = 0; i < FlagsOf<T>().count; ++i) {
      out.*FlagsOf<T>().first[i].flag = Coin();
    }
    return out;
  }

 private:
  RandomStream& random_;
};

Target AnyReplica(Draw* d, const Scenario& s) {
  constexpr Role kRoles[] = {Role::kLeader, Role::kFollowers, Role::kAny,
                             Role::kMinority, Role::kAll};
  return d->Coin() ? Target::Node(NodeId{d->Small(1, s.cluster.nodes)})
                   : Target::Of(kRoles[d->In(0, 4)]);
}

void DrawDesign(Draw* d, Scenario* s) {
  s->cluster.nodes = d->Small(3, 9);
  s->cluster.config_service =
      d->Coin() ? ConfigServiceKind::kScripted : ConfigServiceKind::kRaft;
  s->cluster.config_nodes = d->Small(1, 9);
  if (d->Coin()) {
    s->cluster.zones = {{"east", {NodeId{1}, NodeId{3}}}, {"we.st", {}}};
  }
  s->storage.memory.checkpoint_every =
      static_cast<std::uint64_t>(d->Wide(4096, 1 << 30));
  s->wal.sync = d->Coin() ? WalSync::kEvery : WalSync::kGroup;
  s->wal.delay = d->Wide(0, kSecond);
  s->wal.segment = static_cast<std::uint64_t>(d->Wide(4096, 1 << 30));
  s->replication.model =
      d->Coin() ? ReplicationModel::kPrimaryBackup : ReplicationModel::kRaft;
  PrimaryBackupSpec& pb = s->replication.primary_backup;
  pb.ack = d->Any<AckRule>();
  pb.k = d->Small(1, s->cluster.nodes - 1);
  pb.acked_by = d->Any<AckedBy>();
  pb.visible = d->Any<Visibility>();
  pb.degrade = d->Any<DegradeRule>();
  pb.failover = d->Any<FailoverRule>();
  pb.heartbeat = d->Wide(1, 400 * kMillisecond);
  pb.primary = NodeId{d->Small(1, s->cluster.nodes)};
  RaftSpec& raft = s->replication.raft;
  raft.election = d->RangeIn<Nanos>(120 * kMillisecond, 5 * kSecond);
  raft.heartbeat = d->Wide(1, 100 * kMillisecond);
  raft.pre_vote = d->Coin();
  raft.snapshot_every = static_cast<std::uint64_t>(d->Wide(0, 1'000'000));
  raft.drift_bound = d->Small(0, 500'000);
  raft.on_corrupt_entry = d->Any<CorruptEntryRule>();
  s->replication.quorum.versions = d->Any<VersionScheme>();
  s->replication.quorum.repair = d->Any<RepairRule>();
  s->replication.quorum.anti_entropy = d->Wide(0, 3600 * kSecond);
  pb.drift_bound = d->Small(0, 400'000);
  // Advice that somebody takes.
  if (pb.failover == FailoverRule::kUnfenced ||
      s->replication.model != ReplicationModel::kPrimaryBackup) {
    s->replication.detector.kind = d->Any<DetectorKind>();
  } else if (pb.failover == FailoverRule::kFenced) {
    s->replication.detector.kind = DetectorKind::kPhi;
  }
  s->replication.detector.interval = d->Wide(1, kSecond);
}

void DrawWorld(Draw* d, Scenario* s) {
  s->network.profile = d->Any<NetworkProfile>();
  s->network.order = MessageOrder::kAny;
  s->network.quality = {.latency = d->AnyDelay(),
                        .loss = d->Share(),
                        .duplicate = d->Share(),
                        .reorder = d->Share(),
                        .reorder_by = d->Wide(0, kSecond),
                        .bandwidth = static_cast<std::uint64_t>(
                            d->Wide(0, std::int64_t{1} << 40))};
  if (d->Coin()) {
    LinkSpec link;
    link.between = {Target::Node(NodeId{1}), Target::Of(Role::kClients)};
    link.latency = d->AnyDelay();
    link.bandwidth = 0;
    LinkSpec one_way;
    one_way.from = {Target::Node(NodeId{1}), Target::Node(NodeId{2})};
    one_way.to = {Target::Of(Role::kAll)};
    one_way.loss = d->Share();
    s->network.links = {link, one_way};
  }
  s->disk.device = d->Any<DiskDevice>();
  s->disk.file_system = d->Any<FileSystemProfile>();
  s->disk.capacity =
      static_cast<std::uint64_t>(d->Wide(1 << 20, std::int64_t{1} << 42));
  s->disk.sector = d->Coin() ? 512 : 4096;
  s->disk.torn_writes = 512 * static_cast<std::uint64_t>(d->In(0, 16));
  s->disk.after_fsync_error = d->Any<AfterFsyncError>();
  s->clocks.offset = d->RangeIn<Nanos>(-kSecond, kSecond);
  s->clocks.drift = d->RangeIn<std::int64_t>(-500'000, 500'000);
  s->cpu = {d->Wide(0, kSecond), d->Wide(0, kSecond), d->Wide(0, kSecond)};
}

void DrawScript(Draw* d, WorkloadSpec* w) {
  const std::uint32_t count = d->Small(0, 5);
  for (std::uint32_t i = 1; i <= count; ++i) {
    ScriptedOp op;
    op.id = i * 3;
    op.client = d->Small(1, w->clients);
    op.at = d->Wide(0, kSecond);
    op.kind = d->Coin() ? ScriptKind::kPut : ScriptKind::kDelete;
    op.key = static_cast<std::uint64_t>(
        d->Wide(0, static_cast<std::int64_t>(w->keys.count) - 1));
    op.value = d->Small(8, 1 << 20);
    w->script.push_back(op);
  }
}

void DrawWorkload(Draw* d, Scenario* s) {
  WorkloadSpec& w = s->workload;
  w.clients = d->Small(1, 64);
  w.keys.count = static_cast<std::uint64_t>(d->Wide(1, 1'000'000));
  if (d->Coin()) {
    w.keys.pick = {KeyPick::Kind::kZipf, d->Small(1, 9'999'999)};
  }
  w.values = d->RangeIn<std::uint64_t>(8, 1 << 20);
  w.mix = {d->Small(1, 99), d->Small(0, 99), d->Small(0, 99), d->Small(0, 99)};
  if (d->Coin()) {
    w.pace = {PaceSpec::Kind::kOpen,
              {0, 0},
              static_cast<std::uint64_t>(d->Wide(1, 10'000'000))};
  } else {
    w.pace.think = d->RangeIn<Nanos>(0, kSecond);
  }
  if (d->Coin()) {
    w.levels.read = {ReadLevelSpec::Kind::kBounded, d->Wide(1, kSecond)};
  }
  w.route = d->Any<ClientRoute>();
  w.timeout = d->Wide(kMicrosecond, kSecond);
  w.backoff = d->RangeIn<Nanos>(0, kSecond);
  w.preload = d->Coin();
  if (d->Coin()) {
    w.operations = static_cast<std::uint64_t>(d->Wide(1, 1'000'000));
  } else {
    DrawScript(d, &w);
  }
}

void DrawParameters(Draw* d, const Scenario& s, FaultSpec* f) {
  switch (f->kind) {
    case FaultKind::kPartition:
      f->nodes.clear();
      f->partition.shape = d->Any<FaultKind>() < FaultKind::kLink
                               ? PartitionShape::kIsolate
                               : PartitionShape::kSides;
      if (f->partition.shape == PartitionShape::kIsolate) {
        f->partition.isolate = {AnyReplica(d, s)};
        if (d->Coin()) f->partition.except = {Target::Of(Role::kConfig)};
      } else {
        f->partition.sides = {{Target::Of(Role::kLeader)},
                              {Target::Of(Role::kOthers)}};
      }
      break;
    case FaultKind::kLink:
      f->nodes.clear();
      f->link.from = {AnyReplica(d, s)};
      f->link.to = {Target::Node(NodeId{1}), Target::Node(NodeId{2})};
      f->link.delay = d->AnyDelay();
      f->link.hold = true;
      f->link.bandwidth = static_cast<std::uint64_t>(d->Wide(0, 1 << 30));
      break;
    case FaultKind::kPowerLoss:
      f->keep = d->Share();
      break;
    case FaultKind::kClockStep:
      f->by = d->In(-kSecond, kSecond);
      break;
    case FaultKind::kClockDrift:
      f->rate = d->In(-500'000, 500'000);
      break;
    case FaultKind::kDiskFull:
      f->spare = static_cast<std::uint64_t>(d->Wide(0, 1 << 30));
      break;
    case FaultKind::kIoError:
      f->on = d->Flags<IoCalls>();
      f->errors = d->Small(0, 9);
      f->files = d->Any<FileClass>();
      break;
    case FaultKind::kSlowDisk:
      f->factor = d->Small(2, 1000);
      break;
    case FaultKind::kBitRot:
      f->bits = d->RangeIn<std::uint64_t>(1, 4096);
      break;
    case FaultKind::kHeal:
      f->nodes.clear();
      if (d->Coin()) {
        f->faults = {"f0"};
      }
      break;
    case FaultKind::kMembership:
      f->membership = d->Any<MembershipAction>();
      break;
    default:
      break;
  }
}

void DrawTrigger(Draw* d, const Scenario& s, FaultTrigger* t) {
  switch (d->In(0, 4)) {
    case 0:
      t->kind = FaultTrigger::Kind::kMark;
      t->mark = static_cast<Mark>(
          d->In(0, static_cast<std::int64_t>(kMarkCount) - 1));
      break;
    case 1:
      t->kind = FaultTrigger::Kind::kEvent;
      t->event = d->Any<FaultEvent>();
      break;
    case 2:
      t->kind =
          d->Coin() ? FaultTrigger::Kind::kFault : FaultTrigger::Kind::kEnd;
      t->fault = "f0";
      break;
    case 3:
      t->kind = FaultTrigger::Kind::kRole;
      t->role = d->Coin() ? Role::kLeader : Role::kFollowers;
      break;
    default:
      t->at = d->Wide(0, s.run.length - 1);
      return;
  }
  t->count = d->Small(1, 9);
  t->after = d->Wide(0, kSecond);
  if (d->Coin()) {
    t->node = Target::Node(NodeId{d->Small(1, s.cluster.nodes)});
  }
}

void DrawFaults(Draw* d, Scenario* s) {
  FaultSpec first;
  first.id = "f0";
  first.trigger.at = 0;
  first.kind = FaultKind::kHeal;
  s->faults.timeline.push_back(first);
  for (std::int64_t n = d->In(0, 6); n > 0; --n) {
    FaultSpec f;
    f.id = absl::StrCat("f", s->faults.timeline.size());
    do {
      f.kind = d->Any<FaultKind>();
    } while (f.kind == FaultKind::kConfig ||
             (f.kind == FaultKind::kMembership &&
              s->replication.model != ReplicationModel::kRaft));
    DrawTrigger(d, *s, &f.trigger);
    if (f.kind < FaultKind::kClockStep && d->Coin()) {
      f.duration = d->RangeIn<Nanos>(1, kSecond);
    }
    f.nodes = {AnyReplica(d, *s)};
    DrawParameters(d, *s, &f);
    // Roles only: named nodes could meet each other while they are down.
    for (Target& target : f.nodes) {
      target =
          target.kind == Target::Kind::kNode ? Target::Of(Role::kAny) : target;
    }
    s->faults.timeline.push_back(std::move(f));
  }
  if (d->Coin()) {
    RandomFaultsSpec& r = s->faults.random.emplace();
    r.gap = d->RangeIn<Nanos>(1, kSecond);
    r.at_most = {{false, 9}, 100, 9};
    r.crash = {d->Small(1, 9), d->RangeIn<Nanos>(0, kSecond)};
    r.partition.shapes = d->Flags<PartitionShapes>();
    r.link.delay = d->AnyDelay();
    r.io_error.on = d->Flags<IoCalls>();
    r.clock_step.by = d->RangeIn<Nanos>(-kSecond, kSecond);
    r.clock_drift.rate = d->RangeIn<std::int64_t>(-500'000, 500'000);
    r.bit_rot.bits = d->RangeIn<std::uint64_t>(1, 4096);
  }
}

void DrawExpectations(Draw* d, Scenario* s) {
  ExpectSpec& e = s->expect;
  if (d->Coin()) {
    e.consistency = d->Any<Consistency>();
    e.lost_acks = d->Small(0, 9);
    e.latency.p99 = d->Wide(0, kSecond);
  } else {
    e.violation = "safety/lost-ack";
  }
  e.sessions = d->Flags<SessionGuarantees>();
  if (d->Coin()) {
    e.converges = d->Wide(0, s->run.settle);
    e.staleness = d->Wide(0, kSecond);
    e.marks = {Mark::kWalTornTail};
    e.availability.min = d->Share();
    e.availability.window = d->Wide(kMillisecond, s->run.length);
    e.availability.outside_faults = d->Coin();
  }
  if (d->Coin()) {
    s->matrix = MatrixSpec{{{"cluster.nodes", {"3", "5"}},
                            {"wal.sync", {"\"every\"", "\"group\""}}},
                           d->Small(1, 99),
                           {{"wal.sync", "\"every\""}}};
  }
  if (d->Coin()) {
    s->capsule = CapsuleSpec{
        1,         d->Text(), d->Text(),           d->Small(0, 99),   d->Text(),
        d->Text(), d->Text(), d->Wide(0, kSecond), {"1.2.3", "4.5.6"}};
  }
  if (!e.violation && d->Coin()) {
    s->regression = RegressionSpec{"safety/stale-read", d->Text(), d->Text()};
  }
}

}  // namespace

Scenario DrawScenario(RandomStream* random) {
  Draw d(random);
  Scenario s;
  s.name = d.Text();
  s.about = d.Text();
  if (d.Coin()) {
    s.tags = {"a", "b-c"};
    s.mutants = {Mutant::kWalAckBeforeSync};
    s.seed = random->Next();
  }
  s.run.length = d.Wide(2 * kSecond, 100 * kSecond);
  s.run.settle = d.Wide(0, 100 * kSecond);
  DrawDesign(&d, &s);
  DrawWorld(&d, &s);
  DrawWorkload(&d, &s);
  DrawFaults(&d, &s);
  DrawExpectations(&d, &s);
  return s;
}

}  // namespace wringer::sim
