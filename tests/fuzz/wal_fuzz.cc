// WAL recovery on hostile bytes.
#include <cstddef>
#include <cstdint>

#include "tests/engine/wal/wal_fuzz_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  wringer::wal::RunWalFuzzInput(
      wringer::Slice(reinterpret_cast<const char*>(data), size));
  return 0;
}
