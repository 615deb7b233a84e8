#include "sim/run/run.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/marks.h"
#include "engine/base/status_macros.h"
#include "sim/cluster/cluster.h"
#include "sim/cluster/translate.h"
#include "sim/fault/fault_plan.h"
#include "sim/run/detector_agreement.h"
#include "sim/run/final_look.h"
#include "sim/run/healthy_core.h"
#include "sim/run/recoverability.h"
#include "sim/run/run_oracles.h"
#include "sim/scenario/names.h"

namespace wringer::sim {
namespace {

// How often a phase looks whether it is over. Looking is no event.
constexpr Nanos kLookEvery = 10 * kMillisecond;
constexpr Nanos kBootLookEvery = 1 * kMillisecond;
constexpr Nanos kBootLimit = 1 * kSecond;
constexpr Nanos kPreloadLimit = 60 * kSecond;
// Times that a cluster gets the scenario's settle again while it progresses.
constexpr int kSettlesMost = 10;
// For a disk that was slow to tell what failed before.
constexpr Nanos kLastFailures = 2 * kSecond;
constexpr Nanos kLastLookLimit = 30 * kSecond;
// Of a run of a minute: memory that nobody touches costs nothing, and growing
// by copying does.
constexpr std::size_t kRoomForOperations = 1 << 17;

WorldOptions WorldOptionsOf(const Scenario& scenario,
                            const RunOptions& options) {
  WorldOptions result;
  result.seed = options.seed;
  result.max_events = scenario.run.limits.events;
  return result;
}

bool WantsDiskEvents(const std::vector<FaultSpec>& plan) {
  return std::any_of(plan.begin(), plan.end(), [](const FaultSpec& fault) {
    return fault.trigger.kind == FaultTrigger::Kind::kEvent &&
           (fault.trigger.event == FaultEvent::kDiskWrite ||
            fault.trigger.event == FaultEvent::kDiskSync);
  });
}

class Runner {
 public:
  Runner(const Scenario& scenario, const RunOptions& options)
      : scenario_(scenario),
        options_(options),
        world_(WorldOptionsOf(scenario, options)),
        trace_(&world_) {
    result_.history.Reserve(kRoomForOperations);
  }

  absl::StatusOr<RunResult> Run() {
    WR_RETURN_IF_ERROR(SetUp());
    Boot();
    if (!over()) Load();
    if (!over()) Settle();
    if (!over()) LastLook();
    Collect();
    return std::move(result_);
  }

 private:
  absl::Status SetUp();
  void Boot();
  void Preload();
  void Load();
  void Settle();
  void HealCore();
  void AwaitDetectors();
  void StartCore();
  bool CoreWrites();
  NodeId Speaker(const std::vector<const SimNode*>& core) const;
  void LastLook();
  void Collect();
  void CollectFaults();
  void CollectMetrics();

  bool over() const {
    return result_.end == RunEnd::kEventLimit ||
           result_.end == RunEnd::kStopped;
  }
  // The moment, unless the run is to be stopped before.
  Nanos NotBeyondUntil(Nanos moment) const {
    return options_.until
               ? std::min(moment, result_.load_began + *options_.until)
               : moment;
  }
  // Runs until `done` or `deadline`. True if done. A world that falls quiet has
  // nothing more to wait for.
  template <typename Done>
  bool RunWhile(Nanos deadline, Done done, Nanos look_every = kLookEvery);
  // Clients that call a booting node wait for a whole timeout.
  void AwaitReady(Nanos deadline) {
    RunWhile(deadline, [this] { return cluster_->Ready(); }, kBootLookEvery);
  }
  void RunTo(Nanos deadline) {
    RunWhile(deadline, [] { return false; });
  }
  std::optional<node::NodeView> Look(NodeId id) const {
    const SimNode* node = cluster_->FindProcess(id);
    if (node == nullptr || !node->up()) return std::nullopt;
    return node->Inspect();
  }

  const Scenario& scenario_;
  const RunOptions& options_;
  RunResult result_;
  World world_;
  TraceHub trace_;
  // Null if nobody is to watch. Hears the dying cluster.
  std::unique_ptr<RunOracles> oracles_;
  std::unique_ptr<Cluster> cluster_;
  std::unique_ptr<FaultDriver> driver_;
  std::unique_ptr<Recoverability> core_;
};

absl::Status Runner::SetUp() {
  result_.seed = options_.seed;
  world_.set_replay_line(options_.replay_line);
  world_.set_on_check_failed(options_.on_check_failed,
                             options_.on_check_failed_object);
  for (const Mutant mutant : scenario_.mutants) {
    world_.mutants[std::size_t(mutant)].on = true;
  }
  if (options_.trace_sink) {
    trace_.Listen(options_.trace_filter, options_.trace_sink);
  }
  for (WorldObserver* observer : options_.observers) {
    world_.AddObserver(observer);
  }
  std::vector<FaultSpec> plan = PlanFaults(scenario_, options_.seed);
  WR_ASSIGN_OR_RETURN(
      cluster_,
      Cluster::Create(scenario_,
                      {.extra_client = true,
                       .watch_files = WantsDiskEvents(plan),
                       .links_duplicate = LinksMayDuplicate(scenario_, plan)},
                      &world_, &trace_, &result_.history));
  if (options_.oracles) {
    oracles_ = std::make_unique<RunOracles>(scenario_, options_.seed,
                                            cluster_.get(), &world_);
  }
  for (RunWitness* witness : options_.witnesses) {
    witness->Attach(&world_, [this](NodeId id) { return Look(id); });
    cluster_->AddObserver(witness);
    world_.AddObserver(witness);
  }
  driver_ = std::make_unique<FaultDriver>(
      cluster_.get(), std::move(plan),
      FaultDriverOptions{.inert = options_.inert,
                         .trace = trace_.ForNode(kNoNode)});
  cluster_->set_driver(driver_.get());
  core_ = std::make_unique<Recoverability>(&scenario_, cluster_.get());
  return absl::OkStatus();
}

template <typename Done>
bool Runner::RunWhile(Nanos deadline, Done done, Nanos look_every) {
  while (!done()) {
    if (world_.now() >= deadline) return false;
    const Nanos next = std::min(deadline, world_.now() + look_every);
    result_.stop = world_.RunUntil(next);
    if (result_.stop == StopReason::kEventLimit) {
      result_.end = RunEnd::kEventLimit;
      return false;
    }
    if (result_.stop == StopReason::kQuiet ||
        result_.stop == StopReason::kDeadlock) {
      return done();
    }
  }
  return true;
}

void Runner::Boot() {
  cluster_->BootAll();
  if (scenario_.workload.preload) Preload();
}

// Keys are there before the clock of the scenario starts, on a whole second.
void Runner::Preload() {
  AwaitReady(world_.now() + kBootLimit);
  OpSource& source = cluster_->source();
  std::vector<PlannedOp> puts;
  for (std::uint64_t key = 0; key < source.key_count(); ++key) {
    puts.push_back(source.MakePut(key, ScriptOpId(kPreloadIds, key)));
  }
  bool done = false;
  cluster_->NewScriptClient().StartScript(std::move(puts), 16,
                                          [&done] { done = true; });
  if (!RunWhile(kPreloadLimit, [&done] { return done; })) return;
  const Nanos second = (world_.now() + kSecond - 1) / kSecond * kSecond;
  RunTo(second);
}

void Runner::Load() {
  result_.load_began = world_.now();
  const Nanos end = world_.now() + scenario_.run.length;
  driver_->Start();
  AwaitReady(NotBeyondUntil(world_.now() + kBootLimit));
  const Nanos stop = NotBeyondUntil(end);
  if (world_.now() < stop) {
    cluster_->StartClients(world_.now() - result_.load_began);
    RunTo(stop);
  }
  if (stop < end && !over()) {
    result_.end = RunEnd::kStopped;
    return;
  }
  cluster_->StopClients();
}

void Runner::HealCore() {
  core_->Hear(driver_->Audit());
  std::set<NodeId> lost;
  if (scenario_.run.core == CoreRule::kSmallest) {
    lost = DrawLost(scenario_, *cluster_, core_->damaged(), options_.seed);
  }
  FailForGood(scenario_, *cluster_, lost, options_.seed, driver_.get());
  result_.lost.assign(lost.begin(), lost.end());
  core_->GiveUp(std::move(lost));
}

// Everybody runs again that is not lost. One that stopped when its disk failed
// it, too: what failed is mended, and an operator starts it again. If its data
// is damaged it stops again.
void Runner::StartCore() {
  std::vector<NodeId> all = cluster_->Replicas();
  const std::vector<NodeId>& configs = cluster_->ConfigNodes();
  all.insert(all.end(), configs.begin(), configs.end());
  for (const NodeId node : result_.lost) std::erase(all, node);
  for (const NodeId node : all) {
    if (cluster_->Paused(node)) cluster_->Resume(node);
    const std::optional<node::NodeView> view = Look(node);
    if (view && view->state == node::NodeState::kHalted) {
      cluster_->Kill(node, Death::kProcess, 0, 0);
    }
    if (!cluster_->Up(node)) cluster_->Restart(node);
  }
}

void Runner::Settle() {
  result_.load_ended = world_.now();
  HealCore();
  StartCore();
  const auto settled = [this] {
    return cluster_->ClientsIdle() && core_->CoreConverged();
  };
  // What was under way when the fault ended may still fail.
  RunWhile(NotBeyondUntil(world_.now() + kLastFailures), settled);
  StartCore();
  // As long as there is progress nobody is stuck: a log of thousands of entries
  // takes a disk that syncs each of them as long as it takes.
  std::uint64_t done = 0;
  Nanos deadline = 0;
  bool agreed = false;
  for (int i = 0; i < kSettlesMost && !agreed && !over(); ++i) {
    const std::uint64_t before = std::exchange(done, core_->Progress());
    if (i > 0 && done <= before) break;
    deadline = world_.now() + scenario_.run.settle;
    agreed = RunWhile(NotBeyondUntil(deadline), settled);
  }
  const Nanos agreed_at = world_.now();
  if (agreed && !result_.lost.empty()) {
    agreed = CoreWrites();
    if (!agreed) result_.stuck_on = "no write was answered";
    agreed =
        agreed &&
        RunWhile(NotBeyondUntil(world_.now() + scenario_.run.settle), settled);
  }
  if (!agreed && result_.stuck_on.empty()) {
    result_.stuck_on =
        cluster_->ClientsIdle() ? "replicas differ" : "clients still wait";
  }
  if (agreed) {
    result_.converged_after = agreed_at - result_.load_ended;
    AwaitDetectors();
  } else if (!over()) {
    result_.end =
        NotBeyondUntil(deadline) < deadline ? RunEnd::kStopped : RunEnd::kStuck;
    if (result_.end == RunEnd::kStuck) result_.stuck_because = core_->WhyNot();
  }
}

void Runner::AwaitDetectors() {
  DetectorAgreement agreement(scenario_, core_->Core());
  const Nanos deadline = world_.now() + agreement.patience();
  const auto agree = [&agreement] { return agreement.Reached(); };
  if (RunWhile(NotBeyondUntil(deadline), agree) || over()) return;
  if (NotBeyondUntil(deadline) < deadline) {
    result_.end = RunEnd::kStopped;
  } else {
    result_.taken_for_dead = agreement.Accusation();
  }
}

// One write more: what agrees need not serve. As often as it takes, for a
// client gives up after its retries.
bool Runner::CoreWrites() {
  const auto rounds = 2 * static_cast<Nanos>(cluster_->nodes().size() + 1);
  const Nanos deadline = NotBeyondUntil(
      world_.now() + std::max(scenario_.run.settle, rounds * kProbeAttempt));
  for (std::uint32_t number = 0; world_.now() < deadline && !over(); ++number) {
    const std::uint64_t before = cluster_->recorder().counts().ok;
    bool returned = false;
    cluster_->NewProbeClient(number).StartScript(
        {cluster_->source().MakePut(0, ScriptOpId(kCoreWriteIds, number))}, 1,
        [&returned] { returned = true; });
    RunWhile(deadline, [&returned] { return returned; });
    if (cluster_->recorder().counts().ok > before) return true;
  }
  return false;
}

// The leader, or if it failed for good one of those that agree.
NodeId Runner::Speaker(const std::vector<const SimNode*>& core) const {
  const NodeId leader = cluster_->Leader();
  const std::vector<NodeId>& lost = result_.lost;
  const bool is_lost =
      std::find(lost.begin(), lost.end(), leader) != lost.end();
  return is_lost && !core.empty() ? core.front()->id() : leader;
}

void Runner::LastLook() {
  const std::vector<const SimNode*> core = core_->Core();
  // What agrees serves, though a node may refuse what its disk has left.
  const bool serving = result_.end != RunEnd::kStuck ||
                       (result_.lost.empty() && cluster_->AllServing());
  FinalLook look(cluster_.get(), &result_.history);
  if (scenario_.workload.final_reads && serving) {
    look.StartReads();
    RunWhile(world_.now() + kLastLookLimit,
             [&look] { return look.reads_done(); });
  }
  look.StartDumps(core);
  RunWhile(world_.now() + kLastLookLimit,
           [&look] { return look.dumps_done(); });
  look.Write(result_.load_ended, result_.converged_after,
             scenario_.expect.converges, Speaker(core));
  // The oracle of applied states compares replicas of a log entry by entry.
  const bool log = cluster_->capabilities().has_log;
  if (log && result_.end == RunEnd::kStuck) {
    result_.history.final_state().at_rest = false;
  }
}

void Runner::CollectFaults() {
  result_.ledger = driver_->Audit();
  for (const LedgerEntry& entry : result_.ledger.entries()) {
    if (!entry.fired) continue;
    reports::FaultWindow window;
    window.id = entry.fault.id;
    window.kind = std::string(NameOf(entry.fault.kind));
    window.target = entry.target;
    window.effect = entry.effect.text;
    window.start_ns = entry.fired_at;
    if (entry.ended_at >= 0) window.stop_ns = entry.ended_at;
    window.effective = entry.verdict() == FaultVerdict::kEffective;
    result_.history.AddFault(std::move(window));
  }
}

void Runner::CollectMetrics() {
  RunMetrics& metrics = result_.metrics;
  metrics.operations = cluster_->recorder().counts();
  metrics.network = cluster_->network().stats();
  if (oracles_ != nullptr) {
    metrics.promises_checked = oracles_->promises().promises_checked();
    metrics.shadows_checked = oracles_->promises().shadows_checked();
    metrics.entries_checked = oracles_->states().entries_checked();
  }
  for (const auto& node : cluster_->nodes()) {
    NodeMetrics one;
    one.node = node->id();
    one.boots = node->runtime().incarnation().value();
    one.disk_syncs = node->disk().stats().syncs;
    one.disk_bytes_written = node->disk().stats().bytes_written;
    if (node->up()) {
      const node::NodeCounters& counters = node->process().counters();
      one.frames_damaged = counters.frames_damaged;
      one.checkpoints = counters.checkpoints;
    }
    metrics.nodes.push_back(one);
  }
}

void Runner::Collect() {
  CollectFaults();
  CollectMetrics();
  result_.digest = world_.digest();
  result_.digest_marks = world_.digest_marks();
  result_.events = world_.events_run();
  result_.ended = world_.now();
  result_.last_events = world_.flight_record();
  if (oracles_ != nullptr) {
    result_.findings = oracles_->findings().findings();
    result_.findings_total = oracles_->findings().total();
  }
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    if (world_.mark_counts[i] > 0) {
      result_.marks.push_back({Mark(i), world_.mark_counts[i]});
    }
  }
  for (std::size_t i = 0; i < kMutantCount; ++i) {
    if (world_.mutants[i].reached > 0) {
      result_.mutants.push_back({Mutant(i), world_.mutants[i].reached});
    }
  }
  result_.halts = cluster_->halts();
  cluster_->set_driver(nullptr);
  driver_.reset();
  // What the dying say is heard as well: tear down before asking.
  for (const auto& node : cluster_->nodes()) {
    if (node->up()) node->Kill(Death::kProcess, 0, 0);
  }
  for (const auto& node : cluster_->config_group().nodes()) {
    if (node->up()) node->Kill(Death::kProcess, 0, 0);
  }
  result_.defects = cluster_->Defects();
  result_.history.Seal();
}

}  // namespace

std::vector<FaultSpec> PlanFaults(const Scenario& scenario,
                                  std::uint64_t seed) {
  const absl::StatusOr<replication::Capabilities> capabilities =
      CapabilitiesOf(scenario);
  return BuildFaultPlan(
      scenario.faults,
      {.seed = seed,
       .replicas = ReplicasOf(scenario),
       .has_leader = capabilities.ok() && capabilities->has_leader,
       .run_length = scenario.run.length,
       .config_nodes =
           scenario.cluster.config_service == ConfigServiceKind::kRaft
               ? ConfigNodesOf(scenario)
               : std::vector<NodeId>{}});
}

absl::StatusOr<RunResult> Run(const Scenario& scenario,
                              const RunOptions& options) {
  return Runner(scenario, options).Run();
}

}  // namespace wringer::sim
