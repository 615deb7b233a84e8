// One message of each shape, for round trips, mutation and fuzzing.
#ifndef WR_TESTS_ENGINE_WIRE_SAMPLES_H_
#define WR_TESTS_ENGINE_WIRE_SAMPLES_H_

#include <string>
#include <vector>

#include "engine/wire/messages.h"

namespace wringer::wire {

inline std::vector<Command> SampleCommands() {
  std::vector<Command> samples;
  for (int kind = 0; kind <= int(OpKind::kRegisterSession); ++kind) {
    Command c;
    c.client = ClientId{10001};
    c.seq = RequestSeq{300};
    c.op = OpId{~std::uint64_t{0}};
    c.kind = OpKind(kind);
    c.key = std::string("k\0y", 3);
    c.value = std::string(200, 'v');
    c.expected_tag = OpId{77};
    c.acknowledged = RequestSeq{299};
    samples.push_back(c);
  }
  samples.emplace_back();
  return samples;
}

inline std::vector<ClientRequest> SampleRequests() {
  std::vector<ClientRequest> samples;
  for (int w = 0; w <= int(WriteLevelKind::kAny); ++w) {
    for (int r = 0; r <= int(ReadLevelKind::kStrong); ++r) {
      ClientRequest q;
      q.command = SampleCommands()[std::size_t(r) % 6];
      q.write_level.kind = WriteLevelKind(w);
      if (q.write_level.kind == WriteLevelKind::kCopies) {
        q.write_level.copies = 3;
      }
      q.read_level.kind = ReadLevelKind(r);
      if (q.read_level.kind == ReadLevelKind::kBounded) {
        q.read_level.bound = 250 * kMillisecond;
      }
      q.token = {LogIndex{1} + std::uint64_t(w), 1ull << 60};
      q.attempt = 4'000'000'000u;
      samples.push_back(q);
    }
  }
  return samples;
}

inline std::vector<ClientReply> SampleReplies() {
  std::vector<ClientReply> samples;
  for (int outcome = 0; outcome <= int(Outcome::kNoSpace); ++outcome) {
    ClientReply r;
    r.client = ClientId{10002};
    r.seq = RequestSeq{9};
    r.attempt = 2;
    r.outcome = Outcome(outcome);
    r.hint = NodeId{3};
    r.found = outcome % 2 == 0;
    r.cas_applied = outcome % 3 == 0;
    r.tag = OpId{123456789};
    r.value = "value";
    r.write_level = {WriteLevelKind::kCopies, 2};
    r.read_level = {ReadLevelKind::kBounded, 1};
    r.position = {Term{5}, LogIndex{1000}};
    r.token = {LogIndex{1000}, 12};
    samples.push_back(r);
  }
  samples.emplace_back();
  return samples;
}

}  // namespace wringer::wire

#endif  // WR_TESTS_ENGINE_WIRE_SAMPLES_H_
