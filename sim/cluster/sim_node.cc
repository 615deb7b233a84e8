#include "sim/cluster/sim_node.h"

#include <utility>

#include "engine/base/check.h"
#include "engine/base/hash.h"
#include "engine/node/keyspace.h"
#include "engine/node/stored_value.h"
#include "engine/storage/storage_engine.h"
#include "sim/cluster/watched_files.h"
#include "sim/disk/world_binding.h"

namespace wringer::sim {

SimNode::SimNode(const SimNodeParts& parts, NodeId id, const DiskOptions& disk,
                 OptionsOf options)
    : parts_(parts),
      options_(std::move(options)),
      runtime_(parts.world, id),
      disk_(MakeDisk(parts.world, disk)),
      disk_faults_(disk_.get()) {}

SimNode::~SimNode() {
  if (up()) Kill(Death::kProcess, 0, 0);
}

void SimNode::Boot() {
  WR_CHECK(!up());
  const WorldScope scope(parts_.world, id());
  runtime_.Boot();
  bus_ = std::make_unique<SimBus>(parts_.network, &runtime_);
  files_ = MakeFileSystem(disk_.get(), &runtime_);
  if (parts_.on_disk_event) {
    files_ = WatchFiles(std::move(files_),
                        [hook = parts_.on_disk_event,
                         self = id()](FaultEvent event) { hook(event, self); });
  }
  env_ = env::Env{.self = id(),
                  .clock = &runtime_,
                  .fibers = &runtime_,
                  .files = files_.get(),
                  .bus = bus_.get(),
                  .cpu = &runtime_,
                  .trace = parts_.trace,
                  .random_seed = parts_.world->seed(),
                  .entropy = runtime_.Entropy()};
  auto node = node::Node::Create(options_(!born_), &env_, parts_.observer);
  WR_CHECK_MSG(node.ok(), std::string(node.status().message()));
  node_ = std::move(*node);
  node_->Boot();
  if (parts_.trace->on(env::Component::kNode)) {
    parts_.trace->Log(env::Component::kNode, "node.boot", "");
  }
}

bool SimNode::serving() const {
  return up() && node_->Inspect().state == node::NodeState::kServing;
}

DeathReport SimNode::Kill(Death death, std::uint64_t key, Ppm keep) {
  WR_CHECK(up());
  DeathReport report;
  report.fibers = runtime_.fibers().size();
  const node::NodeView view = node_->Inspect();
  born_ |= view.durable != log_store::DurableMark{};
  if (view.log_last.index > view.durable.log.index) {
    report.records_gone = view.log_last.index - view.durable.log.index;
  }
  const std::uint64_t lost_before = parts_.network->stats().lost;
  runtime_.Fence();
  bus_->Fence();
  report.messages = parts_.network->stats().lost - lost_before;
  switch (death) {
    case Death::kProcess:
      disk_->ProcessKill();
      break;
    case Death::kPowerLoss: {
      const CrashReport crash = disk_->PowerLoss(
          {.keep_ppm = static_cast<std::int32_t>(keep), .key = key});
      report.units_lost = crash.units_lost;
      report.bytes_lost = crash.bytes_lost;
      report.sectors_torn = crash.sectors_torn;
      break;
    }
    case Death::kWipe:
      disk_->Wipe();
      break;
  }
  Bury();
  return report;
}

void SimNode::Bury() {
  const WorldScope scope(parts_.world, id());
  runtime_.UnwindFibers();
  node_.reset();
  files_.reset();
  bus_.reset();
  runtime_.Bury();
}

namespace {

bool Decode(bool has_log, Slice stored, SimNode::StoredItem* item) {
  Slice value;
  std::string held;
  if (has_log) {
    node::StoredValue decoded;
    if (!node::DecodeStored(stored, &decoded)) return false;
    item->tag = decoded.tag;
    item->found = !decoded.tombstone;
    value = decoded.value;
  } else {
    replication::Versioned decoded;
    if (!node::DecodeVersioned(stored, &decoded)) return false;
    item->tag = decoded.version.op;
    item->found = !decoded.tombstone;
    held = std::move(decoded.value);
    value = held;
  }
  item->digest = item->found ? Hash64(value) : 0;
  return true;
}

}  // namespace

void SimNode::Dump(std::function<void(std::vector<StoredItem>)> on_done) {
  WR_CHECK(up());
  runtime_.Spawn("dump", [this, on_done = std::move(on_done)] {
    std::vector<StoredItem> items;
    const bool has_log = node_->capabilities().has_log;
    const auto it = node_->engine()->NewIterator();
    for (it->Seek(Slice(&node::kDataPrefix, 1)); it->Valid(); it->Next()) {
      if (!node::IsDataKey(it->key())) break;
      StoredItem item;
      item.key = std::string(it->key().substr(1));
      if (Decode(has_log, it->value(), &item)) items.push_back(std::move(item));
    }
    on_done(std::move(items));
  });
}

}  // namespace wringer::sim
