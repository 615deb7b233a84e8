#include "engine/replication/primary_backup/messages.h"

#include "engine/base/coding.h"
#include "engine/replication/entry_codec.h"

namespace wringer::replication::primary_backup {
namespace {

enum class Tag : std::uint8_t {
  kAppend = 1,
  kAck,
  kReject,
  kStale,
  kSnapshotChunk,
  kSnapshotAck,
  kFreshAsk,
  kFreshAnswer,
};

struct Encoder {
  Writer& w;

  void operator()(const Append& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kAppend));
    EncodePosition(m.prev, w);
    w.Id(m.safe);
    w.Varint(m.round);
    EncodeEntries(m.entries, w);
  }
  void operator()(const Ack& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kAck));
    w.Id(m.written);
    w.Id(m.durable);
    w.Id(m.applied);
    w.Varint(m.round);
  }
  void operator()(const Reject& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kReject));
    w.Id(m.rejected);
    EncodePosition(m.hint, w);
    w.Bool(m.at_base);
    w.Bool(m.needs_snapshot);
    w.Bool(m.forgot);
  }
  void operator()(const Stale&) const {
    w.U8(static_cast<std::uint8_t>(Tag::kStale));
  }
  void operator()(const SnapshotChunk& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kSnapshotChunk));
    EncodePosition(m.at, w);
    w.Varint(m.offset);
    w.Bool(m.last);
    w.Bool(m.diverged);
    w.Bytes(m.bytes);
  }
  void operator()(const SnapshotAck& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kSnapshotAck));
    EncodePosition(m.at, w);
    w.Varint(m.next_offset);
    w.Bool(m.installed);
  }
  void operator()(const FreshAsk& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kFreshAsk));
    w.Varint(m.id);
  }
  void operator()(const FreshAnswer& m) const {
    w.U8(static_cast<std::uint8_t>(Tag::kFreshAnswer));
    w.Varint(m.id);
    w.Id(m.index);
  }
};

Append DecodeAppend(Reader& r) {
  Append m;
  m.prev = DecodePosition(r);
  m.safe = r.As<LogIndex>();
  m.round = r.Varint();
  m.entries = DecodeEntries(r, m.prev);
  return m;
}

Ack DecodeAck(Reader& r) {
  Ack m;
  m.written = r.As<LogIndex>();
  m.durable = r.As<LogIndex>();
  m.applied = r.As<LogIndex>();
  m.round = r.Varint();
  return m;
}

SnapshotChunk DecodeChunk(Reader& r) {
  SnapshotChunk m;
  m.at = DecodePosition(r);
  m.offset = r.Varint();
  m.last = r.Bool();
  m.diverged = r.Bool();
  const Slice bytes = r.Bytes();
  m.bytes.assign(bytes.data(), bytes.size());
  return m;
}

Reject DecodeReject(Reader& r) {
  Reject m;
  m.rejected = r.As<LogIndex>();
  m.hint = DecodePosition(r);
  m.at_base = r.Bool();
  m.needs_snapshot = r.Bool();
  m.forgot = r.Bool();
  return m;
}

SnapshotAck DecodeSnapshotAck(Reader& r) {
  SnapshotAck m;
  m.at = DecodePosition(r);
  m.next_offset = r.Varint();
  m.installed = r.Bool();
  return m;
}

}  // namespace

void Encode(const Message& message, std::string* out) {
  Writer w(out);
  w.Id(message.epoch);
  std::visit(Encoder{w}, message.body);
}

void EncodeAppend(Term epoch, const Append& head, const LogView& log,
                  LogIndex to, std::string* out) {
  Writer w(out);
  w.Id(epoch);
  w.U8(static_cast<std::uint8_t>(Tag::kAppend));
  EncodePosition(head.prev, w);
  w.Id(head.safe);
  w.Varint(head.round);
  EncodeEntries(log, head.prev.index.next(), to, w);
}

absl::Status Decode(Slice bytes, Message* message) {
  Reader r(bytes);
  message->epoch = r.As<Term>();
  switch (static_cast<Tag>(r.U8())) {
    case Tag::kAppend:
      message->body = DecodeAppend(r);
      break;
    case Tag::kAck:
      message->body = DecodeAck(r);
      break;
    case Tag::kReject:
      message->body = DecodeReject(r);
      break;
    case Tag::kStale:
      message->body = Stale{};
      break;
    case Tag::kSnapshotChunk:
      message->body = DecodeChunk(r);
      break;
    case Tag::kSnapshotAck:
      message->body = DecodeSnapshotAck(r);
      break;
    case Tag::kFreshAsk:
      message->body = FreshAsk{r.Varint()};
      break;
    case Tag::kFreshAnswer: {
      FreshAnswer m;
      m.id = r.Varint();
      m.index = r.As<LogIndex>();
      message->body = m;
      break;
    }
    default:
      r.Fail();
  }
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError("malformed primary-backup message");
}

}  // namespace wringer::replication::primary_backup
