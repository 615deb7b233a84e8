#include "sim/fault/resolve.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/hash.h"
#include "engine/base/random.h"

namespace wringer::sim {
namespace {

using Nodes = std::vector<NodeId>;

void Normalise(Nodes* nodes) {
  std::sort(nodes->begin(), nodes->end());
  nodes->erase(std::unique(nodes->begin(), nodes->end()), nodes->end());
}

bool Contains(const Nodes& sorted, NodeId node) {
  return std::binary_search(sorted.begin(), sorted.end(), node);
}

// `count` members of `from`, drawn without replacement, ascending.
Nodes Choose(Nodes from, std::size_t count, RandomStream* random) {
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t j = i + random->Below(from.size() - i);
    std::swap(from[i], from[j]);
  }
  from.resize(count);
  std::sort(from.begin(), from.end());
  return from;
}

class Resolver {
 public:
  Resolver(const FaultTarget& cluster, NodeId old_leader, std::uint64_t key)
      : cluster_(cluster),
        old_leader_(old_leader),
        random_(RandomKey(key, Purpose("fault.target"))) {}

  // Replaces each target of `*list` by nodes. `others` is left for later.
  void ResolveList(std::vector<Target>* list) {
    Nodes nodes;
    bool others = false;
    for (const Target& target : *list) {
      if (target.kind == Target::Kind::kRole && target.role == Role::kOthers) {
        others = true;
        continue;
      }
      const Nodes some = NodesOf(target);
      nodes.insert(nodes.end(), some.begin(), some.end());
    }
    Normalise(&nodes);
    named_.insert(named_.end(), nodes.begin(), nodes.end());
    list->clear();
    for (const NodeId node : nodes) list->push_back(Target::Node(node));
    if (others) waiting_.push_back(list);
  }

  void ResolveOne(std::optional<Target>* target) {
    if (!target->has_value()) return;
    std::vector<Target> list{**target};
    ResolveList(&list);
    if (list.empty()) {
      target->reset();
    } else {
      *target = list.front();
    }
  }

  // Every replica named nowhere else in the fault.
  void ResolveOthers() {
    Normalise(&named_);
    for (std::vector<Target>* list : waiting_) {
      for (const NodeId node : cluster_.Replicas()) {
        if (!Contains(named_, node)) list->push_back(Target::Node(node));
      }
      std::sort(
          list->begin(), list->end(),
          [](const Target& a, const Target& b) { return a.node < b.node; });
    }
  }

 private:
  Nodes NodesOf(const Target& target) {
    if (target.kind == Target::Kind::kNode) return {target.node};
    if (target.kind == Target::Kind::kZone) return cluster_.Zone(target.zone);
    return ResolveRole(target.role);
  }

  Nodes ResolveRole(Role role) {
    const Nodes& replicas = cluster_.Replicas();
    const NodeId leader = cluster_.Leader();
    switch (role) {
      case Role::kLeader:
        return leader == kNoNode ? Nodes{} : Nodes{leader};
      case Role::kOldLeader:
        return old_leader_ == kNoNode ? Nodes{} : Nodes{old_leader_};
      case Role::kFollowers: {
        Nodes followers = replicas;
        std::erase(followers, leader);
        return followers;
      }
      case Role::kMinority:
        return Choose(replicas, (replicas.size() - 1) / 2, &random_);
      case Role::kAny:
        return Choose(replicas, 1, &random_);
      case Role::kAll:
        return replicas;
      case Role::kClients:
        return cluster_.Clients();
      case Role::kConfig:
        return cluster_.ConfigNodes();
      case Role::kConfigLeader: {
        const NodeId config_leader = cluster_.ConfigLeader();
        return config_leader == kNoNode ? Nodes{} : Nodes{config_leader};
      }
      case Role::kOthers:
        break;  // ResolveOthers
    }
    return {};
  }

  const FaultTarget& cluster_;
  NodeId old_leader_;
  RandomStream random_;
  Nodes named_;
  std::vector<std::vector<Target>*> waiting_;
};

Nodes AsNodes(const std::vector<Target>& targets) {
  Nodes nodes;
  for (const Target& target : targets) nodes.push_back(target.node);
  return nodes;
}

std::string Join(const std::vector<Target>& targets) {
  std::string text;
  for (const Target& target : targets) {
    absl::StrAppend(&text, text.empty() ? "" : " ", NodeName(target.node));
  }
  return text.empty() ? "nobody" : text;
}

void AddOneWay(const Nodes& from, const Nodes& to,
               std::vector<LinkEnds>* links) {
  for (const NodeId a : from) {
    for (const NodeId b : to) {
      if (a != b) links->push_back({a, b});
    }
  }
}

void AddBothWays(const Nodes& a, const Nodes& b, std::vector<LinkEnds>* links) {
  AddOneWay(a, b, links);
  AddOneWay(b, a, links);
}

// The two halves that `bridge` joins: as given, or the other replicas split in
// the middle.
std::pair<Nodes, Nodes> Halves(const PartitionParams& partition,
                               const FaultTarget& cluster) {
  if (partition.sides.size() == 2) {
    return {AsNodes(partition.sides[0]), AsNodes(partition.sides[1])};
  }
  Nodes rest = cluster.Replicas();
  if (partition.bridge) std::erase(rest, partition.bridge->node);
  const auto middle =
      rest.begin() + static_cast<std::ptrdiff_t>(rest.size() / 2);
  return {Nodes(rest.begin(), middle), Nodes(middle, rest.end())};
}

void PartitionLinks(const PartitionParams& partition,
                    const FaultTarget& cluster, std::vector<LinkEnds>* links) {
  switch (partition.shape) {
    case PartitionShape::kSides:
      for (std::size_t i = 0; i < partition.sides.size(); ++i) {
        for (std::size_t j = i + 1; j < partition.sides.size(); ++j) {
          AddBothWays(AsNodes(partition.sides[i]), AsNodes(partition.sides[j]),
                      links);
        }
      }
      break;
    case PartitionShape::kIsolate: {
      // From the config service as well: a primary that is cut off and still
      // renews its epoch would not be cut off.
      Nodes rest = cluster.Replicas();
      rest.insert(rest.end(), cluster.ConfigNodes().begin(),
                  cluster.ConfigNodes().end());
      const Nodes isolated = AsNodes(partition.isolate);
      for (const NodeId node : isolated) std::erase(rest, node);
      for (const Target& node : partition.except) std::erase(rest, node.node);
      AddBothWays(isolated, rest, links);
      break;
    }
    case PartitionShape::kOneWay:
      AddOneWay(AsNodes(partition.from), AsNodes(partition.to), links);
      break;
    case PartitionShape::kBridge: {
      const auto [left, right] = Halves(partition, cluster);
      AddBothWays(left, right, links);
      break;
    }
  }
}

void WorsenedLinks(const LinkParams& link, const Nodes& left,
                   const Nodes& right, const FaultTarget& cluster,
                   std::vector<LinkEnds>* links) {
  if (!link.between.empty()) {
    AddBothWays(left, right, links);
  } else if (!link.from.empty() || !link.to.empty()) {
    AddOneWay(AsNodes(link.from), AsNodes(link.to), links);
  } else {
    AddOneWay(cluster.Replicas(), cluster.Replicas(), links);
  }
}

std::string DescribePartition(const PartitionParams& partition) {
  std::string text;
  switch (partition.shape) {
    case PartitionShape::kIsolate:
      text = absl::StrCat(Join(partition.isolate), " | the rest");
      if (!partition.except.empty()) {
        absl::StrAppend(&text, " but ", Join(partition.except));
      }
      return text;
    case PartitionShape::kOneWay:
      return absl::StrCat(Join(partition.from), " -> ", Join(partition.to));
    case PartitionShape::kBridge:
      if (!partition.bridge) return "nobody";
      return absl::StrCat(NodeName(partition.bridge->node),
                          " bridges two halves");
    case PartitionShape::kSides:
      for (const auto& side : partition.sides) {
        absl::StrAppend(&text, text.empty() ? "" : " | ", Join(side));
      }
  }
  return text;
}

// Resolves everything but `link.between`, whose two groups stay apart.
void PinTargets(FaultSpec* pinned, Resolver* resolver) {
  resolver->ResolveOne(&pinned->partition.bridge);
  resolver->ResolveList(&pinned->nodes);
  for (auto& side : pinned->partition.sides) resolver->ResolveList(&side);
  resolver->ResolveList(&pinned->partition.isolate);
  resolver->ResolveList(&pinned->partition.except);
  resolver->ResolveList(&pinned->partition.from);
  resolver->ResolveList(&pinned->partition.to);
  resolver->ResolveList(&pinned->link.from);
  resolver->ResolveList(&pinned->link.to);
}

Nodes AllNodes(const FaultSpec& pinned) {
  Nodes nodes = AsNodes(pinned.nodes);
  const auto add = [&nodes](const std::vector<Target>& targets) {
    for (const Target& target : targets) nodes.push_back(target.node);
  };
  for (const auto& side : pinned.partition.sides) add(side);
  add(pinned.partition.isolate);
  add(pinned.partition.from);
  add(pinned.partition.to);
  if (pinned.partition.bridge) nodes.push_back(pinned.partition.bridge->node);
  add(pinned.link.from);
  add(pinned.link.to);
  return nodes;
}

std::string DescribeLink(const LinkParams& link,
                         const std::vector<Target>& left,
                         const std::vector<Target>& right) {
  if (!link.between.empty()) {
    return absl::StrCat(Join(left), " <-> ", Join(right));
  }
  if (link.from.empty() && link.to.empty()) return "every replica's links";
  return absl::StrCat(Join(link.from), " -> ", Join(link.to));
}

}  // namespace

std::uint64_t FaultKey(std::uint64_t seed, const FaultSpec& fault) {
  return RandomKey(seed, Purpose("fault"), Hash64(fault.id));
}

ResolvedFault Resolve(const FaultSpec& fault, const FaultTarget& cluster,
                      NodeId old_leader, std::uint64_t key) {
  ResolvedFault result;
  FaultSpec& pinned = result.pinned;
  pinned = fault;
  Resolver resolver(cluster, old_leader, key);
  std::vector<Target> left;
  std::vector<Target> right;
  if (pinned.link.between.size() == 2) {
    left = {pinned.link.between[0]};
    right = {pinned.link.between[1]};
  }
  PinTargets(&pinned, &resolver);
  resolver.ResolveList(&left);
  resolver.ResolveList(&right);
  resolver.ResolveOthers();
  if (left.size() == 1) pinned.link.between[0] = left[0];
  if (right.size() == 1) pinned.link.between[1] = right[0];

  result.nodes = AllNodes(pinned);
  for (const Target& target : left) result.nodes.push_back(target.node);
  for (const Target& target : right) result.nodes.push_back(target.node);
  Normalise(&result.nodes);
  if (pinned.kind == FaultKind::kPartition) {
    PartitionLinks(pinned.partition, cluster, &result.links);
    result.target = DescribePartition(pinned.partition);
  } else if (pinned.kind == FaultKind::kLink) {
    WorsenedLinks(pinned.link, AsNodes(left), AsNodes(right), cluster,
                  &result.links);
    result.target = DescribeLink(pinned.link, left, right);
  } else {
    result.target = Join(pinned.nodes);
  }
  std::sort(result.links.begin(), result.links.end());
  result.links.erase(std::unique(result.links.begin(), result.links.end()),
                     result.links.end());
  return result;
}

}  // namespace wringer::sim
