// Operations, clients and time; faults and nodes are in fault_edits.cc.
#include "sim/explore/shrink/edits.h"

#include <algorithm>
#include <map>
#include <set>

namespace wringer::sim {
namespace {

constexpr std::uint64_t kShortestValue = 8;

bool Timed(const FaultSpec& fault) {
  return fault.trigger.kind == FaultTrigger::Kind::kAt;
}

// Numbers from `first` for the distinct values, in their order.
template <typename T>
std::map<T, T> Ranks(const std::set<T>& values, T first) {
  std::map<T, T> ranks;
  for (const T& value : values) ranks.emplace(value, first++);
  return ranks;
}

}  // namespace

Scenario WithOperations(const Scenario& scenario, const Subset& kept) {
  Scenario next = scenario;
  next.workload.script.clear();
  for (const std::size_t i : kept) {
    next.workload.script.push_back(scenario.workload.script[i]);
  }
  return next;
}

Scenario WithClients(const Scenario& scenario, const Subset& kept) {
  Scenario next = scenario;
  std::erase_if(next.workload.script, [&](const ScriptedOp& op) {
    return !std::binary_search(kept.begin(), kept.end(),
                               std::size_t{op.client} - 1);
  });
  return next;
}

std::vector<Scenario> SimplerOperations(const Scenario& scenario,
                                        std::size_t op) {
  std::vector<Scenario> proposals;
  const ScriptedOp& old = scenario.workload.script[op];
  const auto propose = [&](ScriptKind kind, std::uint64_t value) {
    Scenario next = scenario;
    next.workload.script[op].kind = kind;
    next.workload.script[op].value = value;
    if (next != scenario) proposals.push_back(std::move(next));
  };
  const bool writes =
      old.kind == ScriptKind::kPut || old.kind == ScriptKind::kCas;
  if (old.kind == ScriptKind::kDelete || old.kind == ScriptKind::kCas) {
    propose(ScriptKind::kPut, kShortestValue);
    propose(ScriptKind::kPut, old.value);
  }
  if (writes) propose(old.kind, kShortestValue);
  return proposals;
}

Scenario WithClientMerged(const Scenario& scenario, std::uint32_t from,
                          std::uint32_t to) {
  Scenario next = scenario;
  for (ScriptedOp& op : next.workload.script) {
    if (op.client == from) op.client = to;
  }
  return next;
}

Scenario Renumbered(const Scenario& scenario) {
  Scenario next = scenario;
  std::vector<ScriptedOp>& script = next.workload.script;
  if (script.empty()) return next;
  std::set<std::uint32_t> clients;
  std::set<std::uint64_t> keys;
  for (const ScriptedOp& op : script) {
    clients.insert(op.client);
    keys.insert(op.key);
  }
  const auto client_ranks = Ranks(clients, std::uint32_t{1});
  const auto key_ranks = Ranks(keys, std::uint64_t{0});
  std::uint64_t id = 0;
  for (ScriptedOp& op : script) {
    op.id = ++id;
    op.client = client_ranks.at(op.client);
    op.key = key_ranks.at(op.key);
  }
  next.workload.clients = static_cast<std::uint32_t>(clients.size());
  next.workload.keys.count = keys.size();
  return next;
}

std::vector<Nanos> MomentsOf(const Scenario& scenario) {
  std::set<Nanos> moments;
  for (const ScriptedOp& op : scenario.workload.script) moments.insert(op.at);
  for (const FaultSpec& fault : scenario.faults.timeline) {
    if (Timed(fault)) moments.insert(fault.trigger.at);
  }
  return {moments.begin(), moments.end()};
}

Scenario WithShift(const Scenario& scenario, Nanos from, Nanos by) {
  Scenario next = scenario;
  for (ScriptedOp& op : next.workload.script) {
    if (op.at >= from) op.at -= by;
  }
  for (FaultSpec& fault : next.faults.timeline) {
    if (Timed(fault) && fault.trigger.at >= from) fault.trigger.at -= by;
  }
  next.run.length = std::max<Nanos>(kMillisecond, next.run.length - by);
  return next;
}

Scenario WithMoment(const Scenario& scenario, Nanos from, Nanos to) {
  Scenario next = scenario;
  for (ScriptedOp& op : next.workload.script) {
    if (op.at == from) op.at = to;
  }
  for (FaultSpec& fault : next.faults.timeline) {
    if (Timed(fault) && fault.trigger.at == from) fault.trigger.at = to;
  }
  return next;
}

Nanos LastMoment(const Scenario& scenario) {
  Nanos last = 0;
  for (const ScriptedOp& op : scenario.workload.script) {
    last = std::max(last, op.at);
  }
  for (const FaultSpec& fault : scenario.faults.timeline) {
    if (!Timed(fault)) continue;
    const Nanos length = fault.duration ? fault.duration->high : 0;
    last = std::max(last, fault.trigger.at + length);
  }
  return last;
}

}  // namespace wringer::sim
