#include "engine/node/stored_value.h"

#include "engine/base/coding.h"

namespace wringer::node {
namespace {

constexpr std::uint8_t kTombstone = 1;

}  // namespace

void EncodeStored(const StoredValue& stored, std::string* out) {
  out->clear();
  Writer writer(out);
  writer.U8(stored.tombstone ? kTombstone : 0);
  writer.Id(stored.tag);
  writer.Id(stored.position.term);
  writer.Id(stored.position.index);
  writer.Raw(stored.value);
}

bool DecodeStored(Slice bytes, StoredValue* stored) {
  Reader in(bytes);
  const std::uint8_t flags = in.U8();
  stored->tombstone = flags == kTombstone;
  stored->tag = in.As<OpId>();
  stored->position.term = in.As<Term>();
  stored->position.index = in.As<LogIndex>();
  stored->value = in.Raw(in.remaining());
  return in.ok() && flags <= kTombstone;
}

void EncodeVersioned(const replication::Versioned& v, std::string* out) {
  out->clear();
  Writer writer(out);
  writer.U8(v.tombstone ? kTombstone : 0);
  writer.Varint(v.version.time);
  writer.Id(v.version.node);
  writer.Id(v.version.op);
  writer.Raw(v.value);
}

bool DecodeVersioned(Slice bytes, replication::Versioned* v) {
  Reader in(bytes);
  const std::uint8_t flags = in.U8();
  v->tombstone = flags == kTombstone;
  v->version.time = in.Varint();
  v->version.node = in.As<NodeId>();
  v->version.op = in.As<OpId>();
  const Slice value = in.Raw(in.remaining());
  v->value.assign(value.data(), value.size());
  return in.ok() && flags <= kTombstone;
}

void EncodeCursor(LogPosition applied, std::string* out) {
  out->clear();
  Writer writer(out);
  writer.Id(applied.term);
  writer.Id(applied.index);
}

bool DecodeCursor(Slice bytes, LogPosition* applied) {
  Reader in(bytes);
  applied->term = in.As<Term>();
  applied->index = in.As<LogIndex>();
  return in.done();
}

}  // namespace wringer::node
