#include "sim/cluster/config_group.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wringer::sim {

void ConfigGroup::Add(std::unique_ptr<SimNode> node) {
  nodes_.push_back(std::move(node));
}

void ConfigGroup::set_hooks(ServingHook serving, HaltHook halt) {
  on_serving_ = std::move(serving);
  on_halt_ = std::move(halt);
}

SimNode* ConfigGroup::Find(NodeId id) const {
  for (const auto& node : nodes_) {
    if (node->id() == id) return node.get();
  }
  return nullptr;
}

std::string ConfigGroup::Appoint(World* world, NodeId primary,
                                 const std::vector<NodeId>& in_sync) {
  SimNode* leader = Find(leader_);
  if (leader == nullptr || !leader->serving()) return "";
  const WorldScope scope(world, leader_);
  if (!leader->process().Appoint(primary, in_sync)) return "";
  return absl::StrCat(NodeName(leader_), " asked to appoint ",
                      NodeName(primary));
}

void ConfigGroup::OnBoot(NodeId node, Incarnation incarnation) {
  for (Oracle* oracle : observers_) oracle->OnBoot(node, incarnation);
}

void ConfigGroup::OnDeath(const DeathNotice& death) {
  for (Oracle* oracle : observers_) oracle->OnDeath(death);
}

void ConfigGroup::OnDiskDamaged(NodeId node) {
  for (Oracle* oracle : observers_) oracle->OnDiskDamaged(node);
}

void ConfigGroup::OnServing(const node::NodeView& view) {
  for (Oracle* oracle : observers_) oracle->OnServing(view);
  if (on_serving_) on_serving_(view.id);
}

void ConfigGroup::OnPromise(const node::PromiseSent& promise) {
  for (Oracle* oracle : observers_) oracle->OnPromise(promise);
}

void ConfigGroup::OnAppended(const node::EntriesAppended& appended) {
  for (Oracle* oracle : observers_) oracle->OnAppended(appended);
}

void ConfigGroup::OnApplied(const node::EntryApplied& applied) {
  for (Oracle* oracle : observers_) oracle->OnApplied(applied);
}

void ConfigGroup::OnInstalled(const node::SnapshotInstalledAt& installed) {
  for (Oracle* oracle : observers_) oracle->OnInstalled(installed);
}

void ConfigGroup::OnRole(const node::RoleChanged& role) {
  for (Oracle* oracle : observers_) oracle->OnRole(role);
  if (role.role == replication::Role::kLeader && role.term >= leader_term_) {
    leader_term_ = role.term;
    leader_ = role.node;
  }
}

void ConfigGroup::OnView(const node::ViewInstalled& installed) {
  for (Oracle* oracle : observers_) oracle->OnView(installed);
  for (Oracle* oracle : viewers_) oracle->OnView(installed);
}

void ConfigGroup::OnHalted(const node::NodeHalted& halted) {
  for (Oracle* oracle : observers_) oracle->OnHalted(halted);
  if (on_halt_) on_halt_(halted);
}

}  // namespace wringer::sim
