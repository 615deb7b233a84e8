#include "tests/engine/replication/model_world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/check.h"

namespace wringer::replication {

namespace {
constexpr Nanos kTick = kMillisecond;
}  // namespace

ModelWorld::ModelWorld(const ModelWorldOptions& options)
    : options_(options), random_(options.seed, Purpose("model_world")) {
  std::vector<NodeId> members;
  for (std::size_t i = 0; i < options.nodes; ++i) {
    nodes_.emplace_back().id = NodeId(static_cast<std::uint32_t>(i + 1));
    members.push_back(nodes_.back().id);
  }
  if (options.config_service) {
    membership::ConfigServiceOptions config;
    config.members = members;
    config.first_primary = members[0];
    config.failover_after = 300 * kMillisecond;
    config.copies = options.config_copies;
    config.all_copies = options.config_all_copies;
    config_ = std::make_unique<membership::ConfigService>(config);
  }
  for (Node& node : nodes_) Boot(node);
}

void ModelWorld::Fail(std::string what) {
  if (failure_.empty()) {
    failure_ = absl::StrCat("at ", now_ / kMillisecond, " ms: ", what);
  }
}

// ---- Life -------------------------------------------------------------------

void ModelWorld::Boot(Node& node) {
  ReplicationOptions options = options_.replication;
  options.self = node.id;
  options.random_key =
      RandomKey(options_.seed, Purpose("replica"), node.id.value());
  for (const Node& member : nodes_) options.members.push_back(member.id);
  options.members.clear();
  for (std::size_t i = 0; i < options_.nodes; ++i) {
    options.members.push_back(NodeId(static_cast<std::uint32_t>(i + 1)));
  }
  options.bootstrap = node.incarnation == Incarnation{0};
  node.incarnation = node.incarnation.next();
  auto model = NewReplicator(options);
  WR_CHECK_MSG(model.ok(), model.status().ToString());
  node.model = std::move(*model);
  node.log = node.disk.log;
  node.base = node.disk.base;
  node.applied = node.disk.applied;
  node.state = node.disk.state;
  node.commit = node.applied.index;
  node.unsynced.clear();
  node.timers.fill(0);
  Start start;
  start.log.base = node.base;
  start.log.entries = node.log;
  if (!node.disk.lived && !options.bootstrap) node.disk.forgot = true;
  start.log.blank = node.disk.forgot;
  start.meta = node.disk.meta;
  start.incarnation = node.incarnation;
  start.entropy = RandomKey(0, Purpose("entropy"), node.id.value(),
                            node.incarnation.value());
  start.applied = node.applied;
  node.disk.lived = true;
  node.known_epoch = Epoch{0};
  Step(node, std::move(start));
}

void ModelWorld::Crash(Node& node, bool power_loss) {
  if (!power_loss) SyncSome(node, /*all=*/true);
  node.model.reset();
  node.unsynced.clear();
  node.held.clear();
  node.waiting.clear();
  node.reads.clear();
  node.tickets.clear();
  node.floors.clear();
  node.snapshot.clear();
}

// ---- The driver's part ------------------------------------------------------

void ModelWorld::Step(Node& node, InputBody body) {
  if (node.model == nullptr) return;
  Ready ready;
  const Nanos mono = now_ + node.clock_offset;
  node.model->Step({{mono, mono}, std::move(body)}, ready);
  const Status& status = node.model->status();
  if (status.role == Role::kLeader) {
    const auto [it, fresh] = leaders_.emplace(status.term, node.id);
    if (fresh) ++elections_;
    if (it->second != node.id) {
      Fail(absl::StrCat("two leaders of term ", status.term.value()));
    }
  }
  CarryOut(node, ready);
}

void ModelWorld::CarryOut(Node& node, Ready& ready) {
  Work work;
  if (ready.truncate_after) {
    const LogIndex after = *ready.truncate_after;
    WR_CHECK(after >= node.base.index);
    while (!node.log.empty() && node.log.back().index > after) {
      node.log.pop_back();
    }
    std::erase_if(node.held, [&](const Held& held) {
      return held.promise.log.index > after;
    });
    work.truncate_after = after;
  }
  for (const LogEntry& entry : ready.append) node.log.push_back(entry);
  work.append = ready.append;
  work.meta = ready.meta;
  if (ready.drop_prefix) {
    const LogPosition upto = *ready.drop_prefix;
    while (!node.log.empty() && node.log.front().index <= upto.index) {
      node.log.erase(node.log.begin());
    }
    node.base = upto;
    work.drop_prefix = upto;
  }
  if (work.truncate_after || !work.append.empty() || work.meta ||
      work.drop_prefix) {
    node.unsynced.push_back(std::move(work));
  }
  for (Send& send : ready.sends) {
    node.held.push_back({send.promise, std::move(send), std::nullopt});
  }
  for (Reply& reply : ready.replies) {
    node.held.push_back({reply.promise, std::nullopt, std::move(reply)});
  }
  for (ReplyAfterApply& waiter : ready.after_apply) {
    node.waiting.push_back(std::move(waiter));
  }
  node.commit = std::max(node.commit, ready.commit);
  for (const Read& read : ready.reads) {
    node.reads.push_back({read, read.at_least});
  }
  for (const TimerCommand& timer : ready.timers) {
    node.timers[timer.id] = timer.armed ? now_ + timer.after : 0;
  }
  ReleaseHeld(node);
  if (config_ && ready.propose_config) {
    membership::ConfigRequest request = Heartbeat(node);
    request.propose = ready.propose_config;
    membership::ConfigService::Output out;
    config_->OnRequest(now_, node.incarnation, request, &out);
  }
  for (const Fetch& fetch : ready.fetches) {
    Fetched fetched;
    fetched.peer = fetch.peer;
    for (const LogEntry& entry : node.log) {
      if (entry.index >= fetch.from && entry.index <= fetch.to) {
        fetched.entries.push_back(entry);
      }
    }
    Step(node, std::move(fetched));
  }
  for (const SnapshotRead& read : ready.snapshot_reads) {
    if (read.at == LogPosition{}) {
      node.snapshot.clear();
      for (const std::string& item : node.state) {
        absl::StrAppend(&node.snapshot, item, ";");
      }
      node.snapshot_at = node.applied;
    }
    SnapshotPart part;
    part.peer = read.peer;
    part.at = node.snapshot_at;
    part.offset = std::min<std::uint64_t>(read.offset, node.snapshot.size());
    part.bytes = node.snapshot.substr(part.offset, 64);
    part.last = part.offset + part.bytes.size() == node.snapshot.size();
    if (read.at != LogPosition{} && read.at != node.snapshot_at) part.at = {};
    Step(node, std::move(part));
  }
  for (const SnapshotWrite& write : ready.snapshot_writes) {
    if (write.offset == 0) node.snapshot.clear();
    node.snapshot.resize(write.offset);
    node.snapshot += write.bytes;
    if (!write.last) continue;
    // Installing is atomic and durable, after everything before it.
    SyncSome(node, /*all=*/true);
    const bool stale = write.at <= node.applied;
    if (!stale) {
      node.state.clear();
      std::size_t from = 0;
      for (std::size_t to;
           (to = node.snapshot.find(';', from)) != std::string::npos;
           from = to + 1) {
        node.state.push_back(node.snapshot.substr(from, to - from));
      }
      node.applied = write.at;
      node.commit = write.at.index;
      node.log.clear();
      node.base = write.at;
      node.disk.log.clear();
      node.disk.base = write.at;
      node.disk.applied = write.at;
      node.disk.state = node.state;
      node.held.clear();
    }
    Step(node, SnapshotInstalled{write.at, !stale});
  }
}

void ModelWorld::ApplyWork(Disk& disk, const Work& work) {
  if (work.truncate_after) {
    while (!disk.log.empty() && disk.log.back().index > *work.truncate_after) {
      disk.log.pop_back();
    }
  }
  for (const LogEntry& entry : work.append) {
    const LogIndex last =
        disk.log.empty() ? disk.base.index : disk.log.back().index;
    WR_CHECK(entry.index == last.next());
    disk.log.push_back(entry);
  }
  if (work.meta) {
    disk.meta = *work.meta;
    disk.forgot = false;
  }
  if (work.drop_prefix) {
    while (!disk.log.empty() &&
           disk.log.front().index <= work.drop_prefix->index) {
      disk.log.erase(disk.log.begin());
    }
    disk.base = *work.drop_prefix;
  }
}

void ModelWorld::SyncSome(Node& node, bool all) {
  if (node.unsynced.empty()) return;
  std::size_t n =
      all ? node.unsynced.size() : 1 + random_.Below(node.unsynced.size());
  for (; n > 0; --n) {
    ApplyWork(node.disk, node.unsynced.front());
    node.unsynced.pop_front();
  }
  if (all) return;
  ReleaseHeld(node);
  Durable durable;
  durable.log =
      node.disk.log.empty() ? node.disk.base : node.disk.log.back().position();
  durable.meta = node.disk.meta.version;
  Step(node, durable);
}

void ModelWorld::ReleaseHeld(Node& node) {
  std::vector<Held> waiting;
  std::vector<Held> leaving;
  for (Held& held : node.held) {
    const Promise& p = held.promise;
    bool holds = p.meta <= node.disk.meta.version;
    if (p.log.index > node.disk.base.index) {
      const std::size_t place = p.log.index - node.disk.base.index;
      holds = holds && place <= node.disk.log.size() &&
              node.disk.log[place - 1].term == p.log.term;
    }
    (holds ? leaving : waiting).push_back(std::move(held));
  }
  node.held = std::move(waiting);
  for (Held& held : leaving) {
    if (held.send) {
      packets_.push_back({node.id, held.send->to, node.incarnation,
                          std::move(held.send->body)});
    } else {
      node.tickets.erase(held.reply->ticket);
      node.floors.erase(held.reply->ticket);
    }
  }
}

void ModelWorld::Execute(Node& node) {
  bool moved = false;
  while (node.applied.index < node.commit) {
    const std::size_t place = node.applied.index - node.base.index;
    if (node.applied.index < node.base.index || place >= node.log.size()) {
      Fail("a committed entry is not in the log");
      return;
    }
    const LogEntry& entry = node.log[place];
    const std::string payload(ToStd(entry.payload));
    const auto [it, fresh] =
        committed_.emplace(entry.index, std::make_pair(entry.term, payload));
    if (!fresh && it->second != std::make_pair(entry.term, payload)) {
      if (!options_.replication.primary_backup.copies) return;
      Fail(absl::StrCat("index ", entry.index.value(), " committed twice: ",
                        it->second.second, " and ", payload));
    }
    node.applied = entry.position();
    if (entry.kind == EntryKind::kCommand) node.state.push_back(payload);
    moved = true;
  }
  if (!moved) return;
  std::erase_if(node.waiting, [&](const ReplyAfterApply& waiter) {
    if (waiter.at.index > node.applied.index) return false;
    const auto it = committed_.find(waiter.at.index);
    if (it != committed_.end() && it->second.first == waiter.at.term) {
      acked_.insert(it->second.second);
      acked_in_order_.push_back(it->second.second);
    }
    return true;
  });
  Step(node, Applied{node.applied});
  std::vector<std::pair<Read, LogIndex>> waiting;
  for (const auto& [read, at_least] : node.reads) {
    if (at_least > node.applied.index) {
      waiting.push_back({read, at_least});
      continue;
    }
    const auto floor = node.floors.find(read.ticket);
    if (floor == node.floors.end()) continue;
    const std::set<std::string> held(node.state.begin(), node.state.end());
    for (std::size_t i = 0; i < floor->second; ++i) {
      if (!held.contains(acked_in_order_[i])) {
        Fail(absl::StrCat("stale strong read at ", NodeName(node.id),
                          ": misses ", acked_in_order_[i]));
        break;
      }
    }
    ++strong_reads_;
    node.floors.erase(floor);
  }
  node.reads = std::move(waiting);
  if (options_.checkpoint_every > 0 &&
      node.applied.index - node.disk.applied.index >=
          options_.checkpoint_every) {
    const bool durable =
        node.disk.base.index + node.disk.log.size() >= node.applied.index;
    if (!durable) return;
    node.disk.applied = node.applied;
    node.disk.state = node.state;
    Step(node, Checkpointed{node.applied});
  }
}

// ---- The world --------------------------------------------------------------

bool ModelWorld::Cut(NodeId a, NodeId b) const {
  return cut_.contains(a) != cut_.contains(b);
}

void ModelWorld::Deliver(std::size_t index) {
  Packet packet = packets_[index];
  const bool again = random_.Chance(options_.duplicate_ppm);
  if (!again) {
    packets_[index] = std::move(packets_.back());
    packets_.pop_back();
  }
  if (random_.Chance(options_.loss_ppm) || Cut(packet.from, packet.to)) return;
  Step(at(packet.to), Receive{packet.from, packet.incarnation, packet.body});
}

void ModelWorld::FireTimers(Node& node) {
  for (std::size_t id = 0; id < kMaxTimers; ++id) {
    if (node.timers[id] == 0 || node.timers[id] > now_) continue;
    node.timers[id] = 0;
    Step(node, Timer{static_cast<std::uint8_t>(id)});
  }
}

void ModelWorld::SubmitSomething() {
  Node& node = nodes_[random_.Below(nodes_.size())];
  if (node.model == nullptr) return;
  Submit submit;
  submit.ticket = Ticket(++next_ticket_);
  if (random_.Chance(300'000)) {
    submit.request.command.kind = wire::OpKind::kGet;
    submit.request.read_level = {wire::ReadLevelKind::kStrong, 0};
    node.floors[submit.ticket] = acked_in_order_.size();
  } else {
    submit.request.command.kind = wire::OpKind::kPut;
    submit.request.write_level = node.model->capabilities().default_write;
    submit.payload = absl::StrCat("v", ++next_value_);
    node.tickets[submit.ticket] = ToStd(submit.payload);
  }
  Step(node, std::move(submit));
}

membership::ConfigRequest ModelWorld::Heartbeat(const Node& node) {
  const Status& status = node.model->status();
  membership::ConfigRequest request;
  request.from = node.id;
  request.known = node.known_epoch;
  request.kept = status.kept_epoch;
  request.durable =
      node.disk.log.empty() ? node.disk.base : node.disk.log.back().position();
  request.leads = status.role == Role::kLeader &&
                  status.term.value() == node.known_epoch.value();
  request.forgot = status.forgot;
  return request;
}

void ModelWorld::ConfigTick() {
  membership::ConfigService::Output out;
  for (Node& node : nodes_) {
    if (node.model == nullptr || cut_.contains(node.id)) continue;
    config_->OnRequest(now_, node.incarnation, Heartbeat(node), &out);
  }
  config_->OnTick(now_, &out);
  for (auto& [to, reply] : out) {
    Node& node = at(to);
    if (node.model == nullptr || cut_.contains(to)) continue;
    node.known_epoch = reply.view.epoch;
    Step(node, ConfigChanged{.view = reply.view});
  }
}

void ModelWorld::RandomStep(bool faults) {
  now_ += kTick / 4;
  if (config_ && random_.Chance(20'000)) ConfigTick();
  if (random_.Chance(100'000)) SubmitSomething();
  Node& node = nodes_[random_.Below(nodes_.size())];
  if (node.model == nullptr) {
    if (!faults || random_.Chance(10'000)) Boot(node);
  } else {
    FireTimers(node);
    if (random_.Chance(400'000)) SyncSome(node, /*all=*/false);
    Execute(node);
    if (faults && random_.Chance(options_.wipe_ppm)) {
      Crash(node, true);
      node.disk = Disk{};
    } else if (faults && random_.Chance(options_.crash_ppm)) {
      Crash(node, random_.Chance(options_.power_loss_ppm));
    }
  }
  if (faults && random_.Chance(options_.partition_ppm)) {
    cut_.clear();
    if (random_.Chance(500'000)) {
      for (const Node& member : nodes_) {
        if (random_.Chance(400'000)) cut_.insert(member.id);
      }
    }
  }
  if (options_.membership_changes && random_.Chance(2'000)) {
    ChangeMembers change;
    for (const Node& member : nodes_) {
      if (random_.Chance(700'000)) change.voters.push_back(member.id);
    }
    if (!change.voters.empty()) {
      Step(nodes_[random_.Below(nodes_.size())], std::move(change));
    }
  }
  for (int i = 0; i < 3 && !packets_.empty(); ++i) {
    // Mostly the oldest, sometimes any: late messages outlive their terms.
    const bool any = random_.Chance(50'000);
    Deliver(any ? random_.Below(packets_.size())
                : random_.Below(std::min<std::size_t>(packets_.size(), 8)));
  }
}

std::string ModelWorld::Run() {
  for (std::size_t i = 0; i < options_.steps && failure_.empty(); ++i) {
    RandomStep(/*faults=*/true);
  }
  cut_.clear();
  const std::size_t before = acked_.size();
  for (std::size_t i = 0; i < 40'000 && failure_.empty(); ++i) {
    RandomStep(/*faults=*/false);
    if (i > 10'000 && acked_.size() > before + 50) break;
  }
  if (failure_.empty() && acked_.size() == before) {
    Fail("no write was acknowledged after everything healed");
  }
  if (failure_.empty()) failure_ = CheckEnd();
  return failure_;
}

std::string ModelWorld::CheckEnd() {
  std::set<std::string> committed;
  for (const auto& [index, entry] : committed_) committed.insert(entry.second);
  const Node* longest = nullptr;
  for (const Node& node : nodes_) {
    if (node.model == nullptr) continue;
    if (longest == nullptr || node.applied > longest->applied) longest = &node;
  }
  if (longest == nullptr) return "";
  const std::set<std::string> held(longest->state.begin(),
                                   longest->state.end());
  for (const std::string& value : acked_) {
    if (!held.contains(value)) {
      return absl::StrCat("acknowledged ", value, " is lost");
    }
  }
  if (held.size() != longest->state.size()) return "a value executed twice";
  return "";
}

}  // namespace wringer::replication
