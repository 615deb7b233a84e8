// What failure detectors say to each other: a detector of a group of five is
// fed messages and time. Garbage is ignored, whoever sends it; no message makes
// a detector accuse itself, or speak to or of strangers.
//
// Bytes: the kind of detector, then (sender, milliseconds since, length, body).
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "engine/base/check.h"
#include "engine/membership/detector.h"

namespace wringer::membership {
namespace {

constexpr std::uint8_t kMembers = 5;
constexpr NodeId kSelf(1);

bool IsPeer(NodeId node) {
  return node != kSelf && node.value() >= 1 && node.value() <= kMembers;
}

void Look(FailureDetector::Output* out) {
  for (const auto& [to, body] : out->sends) WR_CHECK(IsPeer(to));
  for (const auto& change : out->changes) WR_CHECK(IsPeer(change.peer));
  *out = {};
}

void Feed(Slice bytes) {
  constexpr DetectorOptions::Kind kKinds[] = {DetectorOptions::Kind::kTimeout,
                                              DetectorOptions::Kind::kPhi,
                                              DetectorOptions::Kind::kSwim};
  const auto next = [&bytes] {
    if (bytes.empty()) return std::uint8_t{0};
    const auto byte = static_cast<std::uint8_t>(bytes[0]);
    bytes.remove_prefix(1);
    return byte;
  };
  DetectorOptions options;
  options.kind = kKinds[next() % 3];
  options.self = kSelf;
  for (std::uint8_t i = 1; i <= kMembers; ++i) {
    options.members.push_back(NodeId(i));
  }
  const std::unique_ptr<FailureDetector> detector = NewFailureDetector(options);
  FailureDetector::Output out;
  Nanos now = 0;
  detector->Start(now, Incarnation(1), &out);
  Look(&out);
  while (!bytes.empty()) {
    const NodeId from(next());
    now += next() * kMillisecond;
    detector->OnTick(now, &out);
    Look(&out);
    const std::size_t size = std::min<std::size_t>(next(), bytes.size());
    detector->OnMessage(now, from, bytes.substr(0, size), &out);
    Look(&out);
    bytes.remove_prefix(size);
  }
  WR_CHECK(!detector->Suspects(kSelf));
}

}  // namespace
}  // namespace wringer::membership

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  wringer::membership::Feed(
      wringer::Slice(reinterpret_cast<const char*>(data), size));
  return 0;
}
