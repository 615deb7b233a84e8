#include "sim/run/final_look.h"

#include <algorithm>
#include <utility>

namespace wringer::sim {

void FinalLook::StartReads() {
  constexpr std::size_t kAtATime = 16;
  OpSource& source = cluster_->source();
  std::vector<PlannedOp> gets;
  for (std::uint64_t key = 0; key < source.key_count(); ++key) {
    gets.push_back(source.MakeGet(key, ScriptOpId(kFinalReadIds, key)));
  }
  cluster_->NewScriptClient().StartScript(
      std::move(gets), kAtATime,
      [state = state_] { state->reads_done = true; });
}

void FinalLook::StartDumps(const std::vector<const SimNode*>& core) {
  for (const auto& node : cluster_->nodes()) {
    const std::size_t place = state_->dumps.size();
    Dump dump;
    dump.node = node->id();
    state_->dumps.push_back(std::move(dump));
    const bool asked =
        std::find(core.begin(), core.end(), node.get()) != core.end();
    if (!asked || !node->serving()) continue;
    state_->dumps.back().applied = node->Inspect().applied.index.value();
    ++state_->dumps_open;
    node->Dump([state = state_, place](std::vector<SimNode::StoredItem> items) {
      state->dumps[place].items = std::move(items);
      state->dumps[place].complete = true;
      --state->dumps_open;
    });
  }
}

void FinalLook::Write(Nanos healed, std::optional<Nanos> converged_after,
                      std::optional<Nanos> limit, NodeId speaker) {
  reports::FinalState& final_state = history_->final_state();
  final_state.recorded = true;
  final_state.healed_ns = healed;
  if (converged_after) final_state.converged_ns = healed + *converged_after;
  final_state.limit_ns = limit.value_or(0);
  WriteOwners();
  for (const Dump& dump : state_->dumps) {
    reports::FinalReplica replica;
    replica.node = history_->InternName(NodeName(dump.node));
    replica.applied = dump.applied;
    replica.reachable = dump.complete;
    replica.authoritative = dump.node == speaker;
    for (const SimNode::StoredItem& item : dump.items) {
      replica.entries.push_back({.key = history_->InternKey(item.key),
                                 .tag = item.tag.value(),
                                 .digest = item.digest,
                                 .found = item.found});
    }
    final_state.replicas.push_back(std::move(replica));
  }
}

void FinalLook::WriteOwners() {
  StoreMirror* stores = cluster_->stores();
  if (stores == nullptr) return;
  for (std::uint64_t key = 0; key < cluster_->source().key_count(); ++key) {
    const std::string name = OpSource::KeyName(key);
    reports::KeyOwners owners{.key = history_->InternKey(name)};
    for (const NodeId node : stores->Owners(name)) {
      owners.nodes.push_back(history_->InternName(NodeName(node)));
    }
    history_->final_state().owners.push_back(std::move(owners));
  }
}

}  // namespace wringer::sim
