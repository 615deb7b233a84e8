// What a node stores, and takes from a peer's snapshot: the first byte chooses
// a decoder, the rest is its input. A snapshot's checksum is put right first,
// since no fuzzer guesses one.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/base/coding.h"
#include "engine/base/crc32c.h"
#include "engine/node/snapshots.h"
#include "engine/node/stored_value.h"
#include "engine/session/session_table.h"
#include "tests/engine/fake_engine.h"

namespace wringer {
namespace {

void Snapshot(Slice bytes) {
  std::string stream(bytes.data(), bytes.size());
  Writer(&stream).U32(Crc32c(bytes));
  const auto image = node::ParseSnapshot({Term{3}, LogIndex{7}}, stream);
  WR_CHECK(image.ok() || absl::IsDataLoss(image.status()));
}

void Stored(Slice bytes) {
  node::StoredValue stored;
  if (!node::DecodeStored(bytes, &stored)) return;
  std::string again;
  node::EncodeStored(stored, &again);
  WR_CHECK(Slice(again) == bytes);
}

void Versioned(Slice bytes) {
  replication::Versioned versioned;
  if (!node::DecodeVersioned(bytes, &versioned)) return;
  std::string again;
  node::EncodeVersioned(versioned, &again);
  WR_CHECK(Slice(again) == bytes);
}

void Cursor(Slice bytes) {
  LogPosition applied;
  if (!node::DecodeCursor(bytes, &applied)) return;
  std::string again;
  node::EncodeCursor(applied, &again);
  WR_CHECK(Slice(again) == bytes);
}

// The record of client 1, as the engine would hand it over.
void Session(Slice bytes) {
  testing::FakeEngine::Image image;
  testing::FakeEngine engine(&image);
  WR_CHECK(engine.Open().ok());
  std::string key(session::kRecordPrefix.data(), session::kRecordPrefix.size());
  key += std::string("\0\0\0\0\0\0\0\x01", 8);
  storage::WriteBatch batch;
  batch.Put(key, bytes);
  WR_CHECK(engine.Apply(batch, SequenceNumber{1}, storage::Durability::kMemory)
               .ok());
  session::SessionTable table({});
  const absl::Status loaded = table.Load(&engine);
  WR_CHECK(loaded.ok() || absl::IsDataLoss(loaded));
  if (loaded.ok()) table.Find(ClientId{1}, RequestSeq{1});
}

void Decode(unsigned which, Slice bytes) {
  switch (which % 5) {
    case 0:
      return Snapshot(bytes);
    case 1:
      return Stored(bytes);
    case 2:
      return Versioned(bytes);
    case 3:
      return Cursor(bytes);
    default:
      return Session(bytes);
  }
}

}  // namespace
}  // namespace wringer

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0) return 0;
  wringer::Decode(
      data[0],
      wringer::Slice(reinterpret_cast<const char*>(data + 1), size - 1));
  return 0;
}
