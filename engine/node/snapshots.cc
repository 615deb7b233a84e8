#include "engine/node/snapshots.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/coding.h"
#include "engine/base/crc32c.h"
#include "engine/base/status_macros.h"
#include "engine/node/keyspace.h"
#include "engine/node/stored_value.h"

namespace wringer::node {
namespace {

using replication::SnapshotInstalled;
using replication::SnapshotPart;
using replication::SnapshotRead;
using replication::SnapshotWrite;

constexpr std::size_t kCrcBytes = 4;

absl::Status Malformed(const char* what) {
  return absl::DataLossError(std::string("snapshot stream: ") + what);
}

}  // namespace

absl::StatusOr<SnapshotImage> ParseSnapshot(LogPosition at, Slice stream) {
  if (stream.size() < kCrcBytes) return Malformed("too short");
  const Slice covered = stream.substr(0, stream.size() - kCrcBytes);
  Reader crc(stream.substr(covered.size()));
  if (crc.U32() != Crc32c(covered)) return Malformed("checksum differs");
  SnapshotImage image{.at = at, .contents = {}, .diverged = false};
  std::string cursor;
  EncodeCursor(at, &cursor);
  image.contents.Put(kCursorKey, cursor);
  Reader in(covered);
  std::uint64_t records = 0;
  Slice previous = kCursorKey;
  for (Slice key = in.Bytes(); !key.empty(); key = in.Bytes()) {
    const Slice value = in.Bytes();
    if (!in.ok() || key <= previous) return Malformed("records out of order");
    image.contents.Put(key, value);
    previous = key;
    ++records;
  }
  if (in.Varint() != records || !in.done()) return Malformed("bad end");
  return image;
}

SnapshotSender::SnapshotSender(env::Env* env, storage::StorageEngine* engine,
                               const Applier* applier, Host* host)
    : env_(env),
      engine_(engine),
      applier_(applier),
      host_(host),
      requests_(env->fibers) {}

void SnapshotSender::Start() {
  env_->fibers->Spawn("snapshots", [this] { Run(); });
}

void SnapshotSender::Submit(SnapshotRead request) {
  requests_.Push(std::move(request));
}

void SnapshotSender::Run() {
  while (!stopped_) {
    const SnapshotRead request = requests_.Pop();
    const absl::Status status = Serve(request);
    if (!status.ok()) return host_->Halt(status);
  }
}

absl::Status SnapshotSender::Serve(const SnapshotRead& request) {
  const bool fresh = request.at == LogPosition{};
  if (fresh) streams_.erase(request.peer);
  Stream& stream = streams_[request.peer];
  if (fresh) WR_RETURN_IF_ERROR(Open(stream));
  SnapshotPart part;
  part.peer = request.peer;
  part.offset = request.offset;
  if (stream.at != request.at && !fresh) {
    part.last = true;  // no longer held
    host_->Step(std::move(part));
    return absl::OkStatus();
  }
  if (request.offset < stream.offset) {  // asked for again: rewind
    WR_RETURN_IF_ERROR(Open(stream));
  }
  while (!stream.ended || stream.offset < request.offset) {
    const std::uint64_t held_to = stream.offset + stream.bytes.size();
    const std::uint64_t skip =
        std::min(held_to, request.offset) - stream.offset;
    stream.bytes.erase(0, skip);
    stream.offset += skip;
    if (stream.ended || stream.bytes.size() >= request.max_bytes) break;
    WR_RETURN_IF_ERROR(Fill(stream, request.max_bytes));
  }
  part.at = stream.at;
  part.config = stream.config;
  part.bytes = stream.bytes.substr(0, request.max_bytes);
  part.last = stream.ended && part.bytes.size() == stream.bytes.size();
  host_->Step(std::move(part));
  return absl::OkStatus();
}

// Positions the stream at its beginning; a new one at the state of now.
absl::Status SnapshotSender::Open(Stream& stream) {
  if (stream.view == nullptr) {
    stream.view = engine_->NewReadView();
    stream.at = applier_->PositionAt(stream.view->sequence());
    WR_ASSIGN_OR_RETURN(std::optional<std::string> config,
                        engine_->Get(kConfigKey, stream.view.get()));
    stream.config = std::move(config).value_or(std::string());
  }
  stream.records = engine_->NewIterator(stream.view.get());
  stream.records->SeekToFirst();
  stream.bytes.clear();
  stream.offset = 0;
  stream.count = 0;
  stream.crc = 0;
  stream.ended = false;
  return absl::OkStatus();
}

absl::Status SnapshotSender::Fill(Stream& stream, std::size_t wanted) {
  const std::size_t before = stream.bytes.size();
  Writer out(&stream.bytes);
  storage::Iterator& records = *stream.records;
  for (; records.Valid() && stream.bytes.size() < wanted; records.Next()) {
    if (records.key() == kCursorKey) continue;
    out.Bytes(records.key());
    out.Bytes(records.value());
    out.Flush();
    ++stream.count;
  }
  WR_RETURN_IF_ERROR(records.status());
  if (!records.Valid()) {
    out.Bytes(Slice());
    out.Varint(stream.count);
    out.Flush();
    stream.ended = true;
  }
  stream.crc = Crc32c(Slice(stream.bytes).substr(before), stream.crc);
  if (stream.ended) out.U32(stream.crc);
  return absl::OkStatus();
}

void SnapshotReceiver::Refuse(LogPosition at) {
  stream_.clear();
  at_ = {};
  host_->Step(SnapshotInstalled{.at = at, .ok = false});
}

void SnapshotReceiver::Add(SnapshotWrite part) {
  if (part.offset == 0) {
    at_ = part.at;
    stream_.clear();
  }
  const bool repeated = part.at == at_ &&
                        part.offset + part.bytes.size() <= stream_.size() &&
                        !part.last;
  if (repeated && !part.bytes.empty()) return;
  if (part.at != at_ || part.offset != stream_.size() ||
      stream_.size() + part.bytes.size() > options_.limits.snapshot_bytes) {
    return Refuse(part.at);
  }
  stream_.append(part.bytes);
  if (!part.last) return;
  absl::StatusOr<SnapshotImage> image = ParseSnapshot(part.at, stream_);
  stream_.clear();
  stream_.shrink_to_fit();
  at_ = {};
  if (!image.ok()) return Refuse(part.at);
  image->diverged = part.diverged;
  applier_->Install(std::move(*image));
}

}  // namespace wringer::node
