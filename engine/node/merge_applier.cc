#include "engine/node/merge_applier.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "engine/base/check.h"
#include "engine/base/status_macros.h"
#include "engine/node/keyspace.h"

namespace wringer::node {
namespace {

using replication::Merge;
using replication::StoreRead;
using replication::StoreScan;
using replication::StoreSpace;
using replication::Version;
using replication::Versioned;

absl::Status Unreadable() {
  return absl::DataLossError("a versioned value cannot be read");
}

}  // namespace

MergeApplier::MergeApplier(const NodeOptions& options, env::Env* env,
                           storage::StorageEngine* engine, Host* host)
    : options_(options),
      env_(env),
      engine_(engine),
      host_(host),
      writer_work_(env->fibers),
      questions_(env->fibers) {}

absl::Status MergeApplier::Load() {
  digest_.Clear();
  newest_ = 0;
  const auto it = engine_->NewIterator();
  Versioned held;
  for (it->Seek(kHintPrefix); it->Valid(); it->Next()) {
    const bool data = IsDataKey(it->key());
    if (!data && !IsHintKey(it->key())) continue;
    if (data) digest_.Add(it->key(), it->value());
    if (!DecodeVersioned(it->value(), &held)) return Unreadable();
    newest_ = std::max(newest_, held.version.time);
    host_->OnStoreChanged(it->key(), &held);
  }
  return it->status();
}

void MergeApplier::Start() {
  env_->fibers->Spawn("merge", [this] { RunWriter(); });
  env_->fibers->Spawn("store reader", [this] { RunReader(); });
}

void MergeApplier::Submit(Merge merge) {
  waiting_.push_back(std::move(merge));
  writer_work_.WakeOne();
}

void MergeApplier::Submit(StoreRead read) { questions_.Push(std::move(read)); }

void MergeApplier::Submit(StoreScan scan) { questions_.Push(std::move(scan)); }

std::string MergeApplier::StoredKey(const Merge& merge) {
  std::string key;
  if (merge.space == StoreSpace::kHint) {
    MakeHintKey(merge.owner, merge.key, &key);
  } else {
    MakeDataKey(merge.key, &key);
  }
  return key;
}

void MergeApplier::RunWriter() {
  std::vector<Merge> group;
  while (!stopped_) {
    if (waiting_.empty()) {
      writer_work_.Wait();
      continue;
    }
    group.clear();
    group.swap(waiting_);
    const absl::Status status = WriteGroup(group);
    writing_.clear();
    for (StoreRead& read : after_group_) questions_.Push(std::move(read));
    after_group_.clear();
    // No space: nothing was applied, nobody hears of it, and so no
    // coordinator counts this replica. Other errors leave the outcome unknown.
    if (absl::IsResourceExhausted(status)) {
      for (const Merge& merge : group) host_->OnMergeFailed(merge.op);
      continue;
    }
    if (!status.ok()) return host_->Halt(status);
  }
}

absl::Status MergeApplier::WriteGroup(const std::vector<Merge>& group) {
  std::vector<Version> winners;
  winners.reserve(group.size());
  // From here on readers of these keys wait for the end of the group.
  for (const Merge& merge : group) writing_.try_emplace(StoredKey(merge));
  for (const Merge& merge : group) {
    env_->cpu->Charge(options_.cpu.per_apply +
                      options_.cpu.per_kib *
                          Nanos(merge.value.value.size() >> 10));
    WR_ASSIGN_OR_RETURN(Pending * pending, Lookup(StoredKey(merge)));
    winners.push_back(MergeInto(*pending, merge));
  }
  WR_RETURN_IF_ERROR(ApplyPending());
  for (std::size_t i = 0; i < group.size(); ++i) {
    host_->OnMerged(group[i].op, winners[i]);
  }
  return absl::OkStatus();
}

// What the replica holds under the key, as of the merges of this group so far.
absl::StatusOr<MergeApplier::Pending*> MergeApplier::Lookup(
    const std::string& stored_key) {
  Pending& pending = writing_.at(stored_key);
  if (pending.changed || pending.value.has_value()) return &pending;
  WR_ASSIGN_OR_RETURN(pending.before, engine_->Get(stored_key));
  if (!pending.before.has_value()) return &pending;
  pending.value.emplace();
  if (!DecodeVersioned(*pending.before, &*pending.value)) return Unreadable();
  return &pending;
}

Version MergeApplier::MergeInto(Pending& pending, const Merge& merge) {
  const Version incoming = merge.value.version;
  const bool newer_held =
      pending.value.has_value() && pending.value->version > incoming;
  if (newer_held) return pending.value->version;
  if (merge.remove) {
    pending.changed = pending.changed || pending.value.has_value();
    pending.value.reset();
    return incoming;
  }
  if (pending.value.has_value() && pending.value->version == incoming) {
    return incoming;
  }
  pending.value = merge.value;
  pending.changed = true;
  return incoming;
}

absl::Status MergeApplier::ApplyPending() {
  storage::WriteBatch batch;
  StateDigest delta;
  std::string bytes;
  for (const auto& [key, pending] : writing_) {
    if (!pending.changed) continue;
    const bool data = IsDataKey(key);
    if (data && pending.before.has_value()) delta.Remove(key, *pending.before);
    if (!pending.value.has_value()) {
      batch.Delete(key);
      continue;
    }
    EncodeVersioned(*pending.value, &bytes);
    batch.Put(key, bytes);
    if (data) delta.Add(key, bytes);
  }
  if (batch.empty()) return absl::OkStatus();
  const storage::Durability durability = Syncs(options_.engine.wal)
                                             ? storage::Durability::kDurable
                                             : storage::Durability::kBuffered;
  WR_RETURN_IF_ERROR(
      engine_->Consume(&batch, engine_->last_sequence().next(), durability));
  digest_.Merge(delta);
  for (const auto& [key, pending] : writing_) {
    if (!pending.changed) continue;
    host_->OnStoreChanged(key, pending.value ? &*pending.value : nullptr);
  }
  return absl::OkStatus();
}

void MergeApplier::RunReader() {
  while (!stopped_) {
    const Question question = questions_.Pop();
    env_->cpu->Charge(options_.cpu.per_read);
    const absl::Status status =
        std::visit([this](const auto& q) { return Answer(q); }, question);
    // Damage is never served: the coordinator hears nothing from here.
    if (absl::IsDataLoss(status)) return host_->Halt(status);
  }
}

absl::Status MergeApplier::Answer(const StoreRead& read) {
  std::string key;
  MakeDataKey(read.key, &key);
  if (writing_.contains(key)) {
    after_group_.push_back(read);
    return absl::OkStatus();
  }
  WR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                      engine_->Get(key));
  if (writing_.contains(key)) {  // a group began while we read
    after_group_.push_back(read);
    return absl::OkStatus();
  }
  replication::StoreReadDone done{.op = read.op, .held = std::nullopt};
  if (bytes.has_value()) {
    done.held.emplace();
    if (!DecodeVersioned(*bytes, &*done.held)) return Unreadable();
  }
  host_->OnStoreRead(read.key, done.held ? &*done.held : nullptr);
  host_->Step(std::move(done));
  return absl::OkStatus();
}

absl::Status MergeApplier::Answer(const StoreScan& scan) {
  std::string prefix;
  if (scan.space == StoreSpace::kHint) {
    MakeHintKey(scan.owner, Slice(), &prefix);
  } else {
    MakeDataKey(Slice(), &prefix);
  }
  replication::StoreScanDone done{.op = scan.op, .items = {}};
  const auto it = engine_->NewIterator();
  for (it->Seek(prefix + scan.from);
       it->Valid() && absl::StartsWith(it->key(), prefix); it->Next()) {
    if (done.items.size() == scan.limit) {
      done.more = true;
      break;
    }
    const Slice key = it->key().substr(prefix.size());
    Versioned held;
    if (!DecodeVersioned(it->value(), &held)) return Unreadable();
    done.items.emplace_back(std::string(key.data(), key.size()),
                            std::move(held));
  }
  WR_RETURN_IF_ERROR(it->status());
  host_->Step(std::move(done));
  return absl::OkStatus();
}

}  // namespace wringer::node
