// The meta cell and the log store's records on hostile bytes.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/log_store/log_replay.h"
#include "engine/log_store/meta_cell.h"
#include "tests/engine/fake_disk.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace wringer;  // NOLINT: a fuzz target is one function
  const Slice bytes(reinterpret_cast<const char*>(data), size);
  testing::FakeDisk disk;
  disk.SetContents("/meta", std::string(bytes.data(), bytes.size()));
  const auto cell = log_store::MetaCell::Open(&disk, "/meta");
  WR_CHECK(cell.ok() || absl::IsDataLoss(cell.status()));
  // Records separated by 0xff bytes, some with damage in front.
  log_store::LogReplay replay;
  std::size_t at = 0;
  while (at < bytes.size()) {
    const std::size_t end = std::min(bytes.find('\xff', at), bytes.size());
    if (end - at > 1 && bytes[at] == '!') replay.OnDamage({});
    replay.OnRecord({.size = 1}, bytes.substr(at, end - at));
    at = end + 1;
  }
  replay.Finish();
  const auto log = replay.TakeLog();
  LogIndex next = log.base.index.next();
  for (const auto& entry : log.entries) {
    WR_CHECK(entry.index == next);
    ++next;
  }
  return 0;
}
