// Frames, and what clients and nodes say to each other: the first byte chooses
// a decoder, the rest is its input. What decodes must encode to something that
// decodes to the same message.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/wire/messages.h"

namespace wringer::wire {
namespace {

template <typename T>
void RoundTrip(Slice bytes, absl::Status (*decode)(Slice, T*),
               void (*encode)(const T&, std::string*)) {
  T message;
  if (!decode(bytes, &message).ok()) return;
  std::string again;
  encode(message, &again);
  T twice;
  WR_CHECK(decode(again, &twice).ok());
  WR_CHECK(twice == message);
}

void Frame(Slice bytes) {
  FrameHeader header;
  Slice body;
  if (!DecodeFrame(bytes, &header, &body).ok()) return;
  std::string again;
  EncodeFrame(header, body, &again);
  WR_CHECK(Slice(again) == bytes);
}

}  // namespace
}  // namespace wringer::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace wringer::wire;
  if (size == 0) return 0;
  const wringer::Slice bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      Frame(bytes);
      break;
    case 1:
      RoundTrip<Command>(bytes, DecodeCommand, EncodeCommand);
      break;
    case 2:
      RoundTrip<ClientRequest>(bytes, DecodeRequest, EncodeRequest);
      break;
    case 3:
      RoundTrip<ClientReply>(bytes, DecodeReply, EncodeReply);
      break;
  }
  return 0;
}
