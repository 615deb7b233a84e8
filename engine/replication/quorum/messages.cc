#include "engine/replication/quorum/messages.h"

#include "engine/base/coding.h"

namespace wringer::replication::quorum {
namespace {

void Put(const Versioned& v, Writer& w) {
  w.Varint(v.version.time);
  w.Id(v.version.node);
  w.Id(v.version.op);
  w.Bool(v.tombstone);
  w.Bytes(v.value);
}

std::string String(Slice s) { return std::string(s.data(), s.size()); }

Versioned GetVersioned(Reader& r) {
  Versioned v;
  v.version.time = r.Varint();
  v.version.node = r.As<NodeId>();
  v.version.op = r.As<OpId>();
  v.tombstone = r.Bool();
  v.value = String(r.Bytes());
  return v;
}

void Put(const std::vector<Item>& items, Writer& w) {
  w.Varint(items.size());
  for (const Item& item : items) {
    w.Bytes(item.first);
    Put(item.second, w);
  }
}

std::vector<Item> GetItems(Reader& r) {
  constexpr std::size_t kMinItemBytes = 6;
  std::vector<Item> items(r.Count(kMinItemBytes));
  for (Item& item : items) {
    item.first = String(r.Bytes());
    item.second = GetVersioned(r);
    if (!r.ok()) return {};
  }
  return items;
}

struct Encoder {
  Writer& w;

  void operator()(const WriteRequest& m) const {
    w.Varint(m.id);
    w.Bytes(m.key);
    Put(m.value, w);
  }
  void operator()(const WriteAck& m) const { w.Varint(m.id); }
  void operator()(const ReadRequest& m) const {
    w.Varint(m.id);
    w.Bytes(m.key);
  }
  void operator()(const ReadReply& m) const {
    w.Varint(m.id);
    w.Bool(m.held.has_value());
    if (m.held) Put(*m.held, w);
  }
  void operator()(const TreeOffer& m) const {
    w.Varint(m.id);
    w.Varint(m.leaves.size());
    for (std::uint64_t leaf : m.leaves) w.U64(leaf);
  }
  void operator()(const TreeDiff& m) const {
    w.Varint(m.id);
    w.Varint(m.leaves.size());
    for (std::uint32_t leaf : m.leaves) w.Varint(leaf);
  }
  void operator()(const Items& m) const { Put(m.items, w); }
  void operator()(const RebuildRequest& m) const {
    w.U64(m.life);
    w.Bytes(m.from);
  }
  void operator()(const RebuildReply& m) const {
    w.U64(m.life);
    Put(m.items, w);
    w.Bool(m.more);
  }
};

// By the alternative's place in Message.
struct Decoder {
  Reader& r;

  void operator()(WriteRequest& m) const {
    m.id = r.Varint();
    m.key = String(r.Bytes());
    m.value = GetVersioned(r);
  }
  void operator()(WriteAck& m) const { m.id = r.Varint(); }
  void operator()(ReadRequest& m) const {
    m.id = r.Varint();
    m.key = String(r.Bytes());
  }
  void operator()(ReadReply& m) const {
    m.id = r.Varint();
    if (r.Bool()) m.held = GetVersioned(r);
  }
  void operator()(TreeOffer& m) const {
    m.id = r.Varint();
    m.leaves.resize(r.Count(8));
    for (std::uint64_t& leaf : m.leaves) leaf = r.U64();
  }
  void operator()(TreeDiff& m) const {
    m.id = r.Varint();
    m.leaves.resize(r.Count(1));
    for (std::uint32_t& leaf : m.leaves) {
      const std::uint64_t wide = r.Varint();
      leaf = static_cast<std::uint32_t>(wide);
      if (leaf != wide) r.Fail();
    }
  }
  void operator()(Items& m) const { m.items = GetItems(r); }
  void operator()(RebuildRequest& m) const {
    m.life = r.U64();
    m.from = String(r.Bytes());
  }
  void operator()(RebuildReply& m) const {
    m.life = r.U64();
    m.items = GetItems(r);
    m.more = r.Bool();
  }
};

template <std::size_t kIndex = 0>
bool Emplace(std::size_t tag, Message* message) {
  if constexpr (kIndex < std::variant_size_v<Message>) {
    if (tag != kIndex) return Emplace<kIndex + 1>(tag, message);
    message->emplace<kIndex>();
    return true;
  }
  return false;
}

}  // namespace

void Encode(const Message& message, std::string* out) {
  Writer w(out);
  w.U8(static_cast<std::uint8_t>(message.index()));
  std::visit(Encoder{w}, message);
}

absl::Status Decode(Slice bytes, Message* message) {
  Reader r(bytes);
  if (!Emplace(r.U8(), message)) r.Fail();
  if (r.ok()) std::visit(Decoder{r}, *message);
  if (r.done()) return absl::OkStatus();
  return absl::InvalidArgumentError("malformed quorum message");
}

}  // namespace wringer::replication::quorum
