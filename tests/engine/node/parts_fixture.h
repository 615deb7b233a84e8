// Single parts of a node: a log and an engine in memory, a host that remembers.
#ifndef WR_TESTS_ENGINE_NODE_PARTS_FIXTURE_H_
#define WR_TESTS_ENGINE_NODE_PARTS_FIXTURE_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/node/applier.h"
#include "engine/node/contract/host.h"
#include "tests/engine/fake_engine.h"
#include "tests/engine/test_node.h"

namespace wringer::node {

// Holds what the test puts in; everything is cached, and durable unless the
// test says how far.
class FakeLog : public log_store::LogStore {
 public:
  absl::StatusOr<log_store::Recovery> Open(
      log_store::LogStoreListener*) override {
    return log_store::Recovery{};
  }
  void SubmitAppend(std::vector<replication::LogEntry>&& entries) override {
    for (auto& entry : entries) entries_.push_back(std::move(entry));
  }
  void SubmitTruncateSuffix(LogIndex after) override {
    entries_.resize(after - base_.index);
  }
  void SubmitMeta(replication::Meta) override {}
  void SubmitDropPrefix(LogPosition upto) override {
    base_ = upto;
    entries_.clear();
  }
  void SubmitRestart(LogPosition base) override { SubmitDropPrefix(base); }
  LogPosition base() const override { return base_; }
  LogPosition last() const override {
    return entries_.empty() ? base_ : entries_.back().position();
  }
  Term TermAt(LogIndex index) const override {
    if (index == base_.index) return base_.term;
    if (index < base_.index || index > last().index) return Term{};
    return entries_[index - base_.index - 1].term;
  }
  log_store::DurableMark durable() const override {
    return {.log = std::min(last(), durable_to.value_or(last())), .meta = {}};
  }
  LogPosition written() const override { return last(); }
  LogPosition vouched() const override { return last(); }
  absl::StatusOr<std::vector<replication::LogEntry>> ReadEntries(
      LogIndex from, LogIndex to, std::size_t max_bytes) override {
    std::vector<replication::LogEntry> out;
    std::size_t bytes = 0;
    for (LogIndex i = from; i <= to && (out.empty() || bytes < max_bytes);
         ++i) {
      out.push_back(entries_[i - base_.index - 1]);
      bytes += out.back().payload.size();
    }
    return out;
  }
  bool Cached(LogIndex, LogIndex) const override { return true; }

  std::optional<LogPosition> durable_to;

 private:
  LogPosition base_;
  std::vector<replication::LogEntry> entries_;
};

class RecordingHost : public Host {
 public:
  void Step(replication::InputBody body) override {
    steps.push_back(std::move(body));
  }
  bool Awaited(LogPosition) const override { return awaited; }
  void OnExecuted(const replication::LogEntry& entry,
                  const session::Result& result) override {
    executed.emplace_back(entry.index, result);
  }
  void OnAppliedUpTo(LogPosition upto) override { applied = upto; }
  void OnLogRestarting() override {}
  void OnSnapshotInstalled(LogPosition at, bool ok) override {
    installed.emplace_back(at, ok);
  }
  void OnRead(replication::Ticket, absl::StatusOr<ReadAnswer>) override {}
  void OnMerged(replication::StoreOp op,
                const replication::Version& winner) override {
    merged.emplace_back(op, winner);
  }
  void OnStoreChanged(Slice stored_key,
                      const replication::Versioned* held) override {
    stored[std::string(stored_key)] =
        held == nullptr ? replication::Version{} : held->version;
  }
  void OnStoreRead(Slice key, const replication::Versioned*) override {
    looked_at.emplace_back(key);
  }
  void OnMergeFailed(replication::StoreOp op) override { failed.push_back(op); }
  void Halt(const absl::Status& why) override { halted = why; }

  // The inputs of one kind, in order.
  template <typename T>
  std::vector<T> Steps() const {
    std::vector<T> out;
    for (const auto& step : steps) {
      if (const T* t = std::get_if<T>(&step)) out.push_back(*t);
    }
    return out;
  }

  bool awaited = true;
  std::vector<replication::InputBody> steps;
  std::vector<std::pair<LogIndex, session::Result>> executed;
  LogPosition applied;
  std::vector<std::pair<LogPosition, bool>> installed;
  std::vector<std::pair<replication::StoreOp, replication::Version>> merged;
  // What the store holds by its own account; no version: removed.
  std::map<std::string, replication::Version> stored;
  std::vector<std::string> looked_at;
  std::vector<replication::StoreOp> failed;
  absl::Status halted;
};

// One replica's applier with its log, engine and host.
class Replica {
 public:
  Replica(testing::TestNode* node, NodeOptions options)
      : node_(node), options_(std::move(options)) {
    node_->Run([&] {
      WR_CHECK(engine.Open().ok());
      WR_CHECK(applier.Load().ok());
      applier.Start();
    });
  }

  // Appends one command and lets it be executed, if `commit`.
  void Write(wire::OpKind kind, std::uint64_t seq, const std::string& key,
             const std::string& value, bool commit = true,
             std::uint64_t client = 1) {
    wire::Command command;
    command.client = ClientId{client};
    command.seq = RequestSeq{seq};
    command.op = OpId{client * 1000 + seq};
    command.kind = kind;
    command.key = key;
    command.value = value;
    std::string payload;
    wire::EncodeCommand(command, &payload);
    Append(replication::EntryKind::kCommand, std::move(payload));
    if (commit) CommitAll();
  }
  void Append(replication::EntryKind kind, std::string payload) {
    log.SubmitAppend(
        {{term, log.last().index.next(), kind, std::move(payload)}});
  }
  void CommitAll() {
    applier.Commit(log.last().index);
    node_->Wait(1 * kSecond);
  }

  testing::TestNode* node_;
  const NodeOptions options_;
  Term term{1};
  testing::FakeEngine::Image image;
  testing::FakeEngine engine{&image};
  FakeLog log;
  RecordingHost host;
  Applier applier{options_, node_->env(), &engine, &log, &host};
};

}  // namespace wringer::node

#endif  // WR_TESTS_ENGINE_NODE_PARTS_FIXTURE_H_
