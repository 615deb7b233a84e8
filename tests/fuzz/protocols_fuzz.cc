// What the replicas of each model, and the config service, say to each other:
// the first byte chooses a decoder, the rest is its input. The codecs' contract
// is exact: what decodes is what Encode makes, byte for byte.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/base/check.h"
#include "engine/membership/config_messages.h"
#include "engine/membership/config_state.h"
#include "engine/replication/primary_backup/messages.h"
#include "engine/replication/quorum/messages.h"
#include "engine/replication/raft/membership.h"
#include "engine/replication/raft/messages.h"

namespace wringer {
namespace {

template <typename Message>
void Exact(Slice bytes, absl::Status (*decode)(Slice, Message*),
           void (*encode)(const Message&, std::string*)) {
  Message message;
  const absl::Status status = decode(bytes, &message);
  WR_CHECK(status.ok() || absl::IsInvalidArgument(status));
  if (!status.ok()) return;
  std::string again;
  encode(message, &again);
  WR_CHECK(Slice(again) == bytes);
}

void Decode(unsigned which, Slice bytes) {
  namespace pb = replication::primary_backup;
  namespace raft = replication::raft;
  namespace quorum = replication::quorum;
  switch (which % 7) {
    case 0:
      return Exact<pb::Message>(bytes, pb::Decode, pb::Encode);
    case 1:
      return Exact<raft::Message>(bytes, raft::Decode, raft::Encode);
    case 2:
      return Exact<quorum::Message>(bytes, quorum::Decode, quorum::Encode);
    case 3:
      return Exact<raft::Membership>(bytes, raft::DecodeMembership,
                                     raft::EncodeMembership);
    case 4:
      return Exact<membership::ConfigRequest>(bytes,
                                              membership::DecodeConfigRequest,
                                              membership::EncodeConfigRequest);
    case 5:
      return Exact<membership::ConfigReply>(
          bytes, membership::DecodeConfigReply, membership::EncodeConfigReply);
    default:
      return Exact<membership::ConfigCommand>(bytes,
                                              membership::DecodeConfigCommand,
                                              membership::EncodeConfigCommand);
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
