#include "sim/explore/causal_path.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "engine/replication/replicator.h"

namespace wringer::sim {
namespace {

// "m#812" of "m#812 to n2 97B".
std::string MessageOf(Slice detail) {
  const std::size_t blank = detail.find(' ');
  return std::string(detail.data(), std::min(blank, detail.size()));
}

// The node a line names behind `word`: "... to n2 97B".
std::string NameBehind(Slice detail, Slice word) {
  const std::vector<std::string> words = absl::StrSplit(detail, ' ');
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] != word) continue;
    std::string name = words[i + 1];
    if (!name.empty() && name.back() == ':') name.pop_back();
    return name;
  }
  return "";
}

std::string EntryText(std::uint64_t index) {
  return absl::StrCat("entry ", index);
}

}  // namespace

void CausalPath::Attach(const World* world, LookAt look) {
  world_ = world;
  look_ = std::move(look);
}

void CausalPath::Add(NodeId node, std::string what, std::string cause) {
  if (steps_.size() >= kStepsMost) {
    ++cut_;
    return;
  }
  steps_.push_back({.at = world_->now(),
                    .event = world_->events_run(),
                    .node = node,
                    .what = std::move(what),
                    .cause = std::move(cause)});
}

const PathCall* CausalPath::CallBetween(NodeId a, NodeId b) const {
  const Nanos now = world_->now();
  for (const PathCall& call : question_.calls) {
    if (now < call.from || now > call.to) continue;
    const NodeId client(kClientNodeBase + call.client);
    if (a == client || b == client) return &call;
    const bool coordinates = call.node == a || call.node == b;
    if (!question_.has_log && call.node != kNoNode && coordinates &&
        !IsClient(a) && !IsClient(b)) {
      return &call;
    }
  }
  return nullptr;
}

void CausalPath::OnTrace(const TraceLine& line) {
  if (line.component != env::Component::kNetwork) return;
  const std::string id = MessageOf(line.detail);
  if (line.word == "msg.send") {
    sent_[id] = {.from = line.node, .sent = line.at};
    return;
  }
  const auto it = sent_.find(id);
  const std::string from = NameBehind(line.detail, "from");
  const Message message = it != sent_.end() ? it->second : Message{};
  const std::string when =
      it != sent_.end()
          ? absl::StrCat("sent by ", from, " at ", TimeText(message.sent), " s")
          : absl::StrCat("sent by ", from);
  if (it != sent_.end()) sent_.erase(it);
  if (line.word == "msg.recv") received_ = absl::StrCat(when, " (", id, ")");
  if (CallBetween(message.from, line.node) == nullptr) return;
  if (line.word == "msg.recv") {
    Add(line.node, absl::StrCat("receives ", id, " from ", from), when);
  } else if (line.word == "msg.lost") {
    Add(line.node, absl::StrCat("never receives ", id, " from ", from),
        std::string(line.detail.data(), line.detail.size()));
  }
}

std::string CausalPath::CauseOf(const EventRecord& event) const {
  switch (event.kind) {
    case EventKind::kDelivery:
      return received_;
    case EventKind::kDisk:
      return "its disk answers";
    case EventKind::kFault:
      return "a fault";
    default:
      return "";
  }
}

void CausalPath::AfterEvent(const EventRecord& event) {
  if (event.node == kNoNode) {
    // A fault or the harness: may concern any of them.
    for (const auto& [place, copy] : copies_) {
      EventRecord one = event;
      one.node = place.first;
      LookAtNode(one);
    }
  } else if (IsReplica(event.node)) {
    LookAtNode(event);
  }
  received_.clear();
}

void CausalPath::LookAtNode(const EventRecord& event) {
  if (question_.entries.empty()) return;
  const auto view = look_(event.node);
  // What a node that is down still has is known when it is back.
  if (!view || view->state == node::NodeState::kBooting) return;
  for (const std::uint64_t index : question_.entries) {
    Copy& copy = copies_[{event.node, index}];
    const bool held = view->log_last.index.value() >= index;
    const bool durable = view->durable.log.index.value() >= index;
    if (held && copy.first_held < 0) copy.first_held = world_->now();
    if (held && !copy.held) {
      Add(event.node, absl::StrCat("has ", EntryText(index)), CauseOf(event));
    } else if (!held && copy.held) {
      Add(event.node,
          absl::StrCat("has ", EntryText(index), " no more",
                       copy.durable ? "" : ", it was never durable here",
                       copy.promised ? ", though promised" : ""),
          absl::StrCat("its log ends at ", view->log_last.index.value()));
      copy.promised = false;
    }
    if (durable && !copy.durable) {
      Add(event.node, absl::StrCat(EntryText(index), " is durable"),
          CauseOf(event));
    }
    copy.held = held;
    copy.durable = durable;
  }
}

std::vector<NodeId> CausalPath::Without(std::uint64_t index, Nanos by) const {
  std::vector<NodeId> nodes;
  for (const auto& [place, copy] : copies_) {
    const bool had = copy.first_held >= 0 && copy.first_held <= by;
    if (place.second == index && !had) nodes.push_back(place.first);
  }
  return nodes;
}

void CausalPath::OnPromise(const node::PromiseSent& promise) {
  if (promise.promise == nullptr) return;
  for (const std::uint64_t index : question_.entries) {
    if (promise.promise->log.index.value() < index) continue;
    Copy& copy = copies_[{promise.node, index}];
    if (copy.promised) continue;
    copy.promised = true;
    Add(promise.node,
        absl::StrCat("promises ", NodeName(promise.to), " that it has ",
                     EntryText(index)),
        promise.is_reply ? "an answer to a client" : "");
  }
}

void CausalPath::OnApplied(const node::EntryApplied& applied) {
  const std::uint64_t index = applied.position.index.value();
  if (std::find(question_.entries.begin(), question_.entries.end(), index) ==
      question_.entries.end()) {
    return;
  }
  Add(applied.node,
      absl::StrCat("executes ", EntryText(index), " of term ",
                   applied.position.term.value()),
      "");
}

void CausalPath::OnRole(const node::RoleChanged& role) {
  if (role.role != replication::Role::kLeader) return;
  Add(role.node, absl::StrCat("becomes leader, term ", role.term.value()), "");
}

}  // namespace wringer::sim
