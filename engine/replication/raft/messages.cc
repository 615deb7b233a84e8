#include "engine/replication/raft/messages.h"

#include "engine/base/coding.h"
#include "engine/replication/entry_codec.h"

namespace wringer::replication::raft {
namespace {

enum class Tag : std::uint8_t {
  kVoteRequest = 1,
  kVoteReply,
  kAppend,
  kAppendReply,
  kSnapshotChunk,
  kSnapshotReply,
  kTimeoutNow,
  kReadIndexRequest,
  kReadIndexReply,
};

void Put(Tag tag, Writer& w) { w.U8(static_cast<std::uint8_t>(tag)); }

void EncodeHead(const Append& m, Writer& w) {
  Put(Tag::kAppend, w);
  EncodePosition(m.prev, w);
  w.Id(m.commit);
  w.Varint(m.round);
}

struct Encoder {
  Writer& w;

  void operator()(const VoteRequest& m) const {
    Put(Tag::kVoteRequest, w);
    w.Bool(m.pre);
    w.Bool(m.transfer);
    EncodePosition(m.last, w);
  }
  void operator()(const VoteReply& m) const {
    Put(Tag::kVoteReply, w);
    w.Bool(m.pre);
    w.Bool(m.granted);
  }
  void operator()(const Append& m) const {
    EncodeHead(m, w);
    EncodeEntries(m.entries, w);
  }
  void operator()(const AppendReply& m) const {
    Put(Tag::kAppendReply, w);
    w.Bool(m.ok);
    w.Id(m.ok ? m.match : m.rejected);
    EncodePosition(m.hint, w);
    w.Varint(m.round);
    w.Varint(m.forgot);
  }
  void operator()(const SnapshotChunk& m) const {
    Put(Tag::kSnapshotChunk, w);
    EncodePosition(m.at, w);
    w.Bytes(m.membership);
    w.Varint(m.offset);
    w.Bool(m.last);
    w.Bytes(m.bytes);
  }
  void operator()(const SnapshotReply& m) const {
    Put(Tag::kSnapshotReply, w);
    EncodePosition(m.at, w);
    w.Varint(m.next_offset);
    w.Bool(m.installed);
  }
  void operator()(const TimeoutNow&) const { Put(Tag::kTimeoutNow, w); }
  void operator()(const ReadIndexRequest& m) const {
    Put(Tag::kReadIndexRequest, w);
    w.Varint(m.id);
  }
  void operator()(const ReadIndexReply& m) const {
    Put(Tag::kReadIndexReply, w);
    w.Varint(m.id);
    w.Bool(m.ok);
    w.Id(m.index);
  }
};

std::string String(Slice s) { return std::string(s.data(), s.size()); }

VoteRequest DecodeVoteRequest(Reader& r) {
  VoteRequest m;
  m.pre = r.Bool();
  m.transfer = r.Bool();
  m.last = DecodePosition(r);
  return m;
}

VoteReply DecodeVoteReply(Reader& r) {
  VoteReply m;
  m.pre = r.Bool();
  m.granted = r.Bool();
  return m;
}

Append DecodeAppend(Reader& r) {
  Append m;
  m.prev = DecodePosition(r);
  m.commit = r.As<LogIndex>();
  m.round = r.Varint();
  m.entries = DecodeEntries(r, m.prev);
  return m;
}

AppendReply DecodeAppendReply(Reader& r) {
  AppendReply m;
  m.ok = r.Bool();
  (m.ok ? m.match : m.rejected) = r.As<LogIndex>();
  m.hint = DecodePosition(r);
  m.round = r.Varint();
  m.forgot = r.Varint();
  return m;
}

SnapshotChunk DecodeSnapshotChunk(Reader& r) {
  SnapshotChunk m;
  m.at = DecodePosition(r);
  m.membership = String(r.Bytes());
  m.offset = r.Varint();
  m.last = r.Bool();
  m.bytes = String(r.Bytes());
  return m;
}

SnapshotReply DecodeSnapshotReply(Reader& r) {
  SnapshotReply m;
  m.at = DecodePosition(r);
  m.next_offset = r.Varint();
  m.installed = r.Bool();
  return m;
}

ReadIndexReply DecodeReadIndexReply(Reader& r) {
  ReadIndexReply m;
  m.id = r.Varint();
  m.ok = r.Bool();
  m.index = r.As<LogIndex>();
  return m;
}

}  // namespace

void Encode(const Message& message, std::string* out) {
  Writer w(out);
  w.Id(message.term);
  std::visit(Encoder{w}, message.body);
}

void EncodeAppend(Term term, const Append& head, const LogView& log,
                  LogIndex to, std::string* out) {
  Writer w(out);
  w.Id(term);
  EncodeHead(head, w);
  EncodeEntries(log, head.prev.index.next(), to, w);
}

absl::Status Decode(Slice bytes, Message* message) {
  Reader r(bytes);
  message->term = r.As<Term>();
  switch (static_cast<Tag>(r.U8())) {
    case Tag::kVoteRequest:
      message->body = DecodeVoteRequest(r);
      break;
    case Tag::kVoteReply:
      message->body = DecodeVoteReply(r);
      break;
    case Tag::kAppend:
      message->body = DecodeAppend(r);
      break;
    case Tag::kAppendReply:
      message->body = DecodeAppendReply(r);
      break;
    case Tag::kSnapshotChunk:
      message->body = DecodeSnapshotChunk(r);
      break;
    case Tag::kSnapshotReply:
      message->body = DecodeSnapshotReply(r);
      break;
    case Tag::kTimeoutNow:
      message->body = TimeoutNow{};
      break;
    case Tag::kReadIndexRequest:
      message->body = ReadIndexRequest{r.Varint()};
      break;
    case Tag::kReadIndexReply:
      message->body = DecodeReadIndexReply(r);
      break;
    default:
      r.Fail();
  }
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError("malformed raft message");
}

}  // namespace wringer::replication::raft
