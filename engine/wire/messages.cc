#include "engine/wire/messages.h"

#include <bit>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "engine/base/coding.h"
#include "engine/base/crc32c.h"

namespace wringer::wire {
namespace {

constexpr std::uint32_t kFrameMagic = 0x31465257;  // "WRF1", little-endian
constexpr std::uint8_t kFrameVersion = 1;
constexpr std::size_t kHeaderBytes = 4 + 1 + 1 + 8 + 4;
constexpr std::size_t kTrailerBytes = 4;

absl::Status Malformed(Slice what) {
  return absl::InvalidArgumentError(absl::StrCat("malformed ", what));
}

// Enumerations are dense from `first` to `last`; anything else is malformed.
template <typename Enum>
Enum EnumIn(Reader& in, Enum first, Enum last) {
  const std::uint8_t v = in.U8();
  if (v < std::uint8_t(first) || v > std::uint8_t(last)) in.Fail();
  return in.ok() ? Enum{v} : first;
}

void Encode(const WriteLevel& level, Writer& out) {
  out.U8(std::uint8_t(level.kind));
  if (level.kind == WriteLevelKind::kCopies) out.Varint(level.copies);
}

WriteLevel DecodeWriteLevel(Reader& in) {
  WriteLevel level;
  level.kind = EnumIn(in, WriteLevelKind::kMem, WriteLevelKind::kAny);
  if (level.kind == WriteLevelKind::kCopies) {
    const std::uint64_t copies = in.Varint();
    if (copies > std::numeric_limits<std::uint32_t>::max()) in.Fail();
    level.copies = static_cast<std::uint32_t>(copies);
  }
  return level;
}

void Encode(const ReadLevel& level, Writer& out) {
  out.U8(std::uint8_t(level.kind));
  if (level.kind == ReadLevelKind::kBounded) {
    out.Varint(static_cast<std::uint64_t>(level.bound));
  }
}

ReadLevel DecodeReadLevel(Reader& in) {
  ReadLevel level;
  level.kind = EnumIn(in, ReadLevelKind::kLocal, ReadLevelKind::kStrong);
  if (level.kind == ReadLevelKind::kBounded) {
    const std::uint64_t bound = in.Varint();
    if (bound > std::uint64_t(std::numeric_limits<Nanos>::max())) in.Fail();
    level.bound = static_cast<Nanos>(bound);
  }
  return level;
}

void Encode(const SessionToken& token, Writer& out) {
  out.Id(token.index);
  out.Varint(token.version);
}

SessionToken DecodeToken(Reader& in) {
  SessionToken token;
  token.index = in.As<LogIndex>();
  token.version = in.Varint();
  return token;
}

std::uint32_t DecodeAttempt(Reader& in) {
  const std::uint64_t attempt = in.Varint();
  if (attempt > std::numeric_limits<std::uint32_t>::max()) in.Fail();
  return static_cast<std::uint32_t>(attempt);
}

std::string Owned(Slice s) { return std::string(s.data(), s.size()); }

}  // namespace

void EncodeFrame(const FrameHeader& header, Slice body, std::string* out) {
  // The fields, gathered into words: the checksum reads words, and would wait
  // for narrower ones to reach the cache.
  const std::uint64_t incarnation = header.incarnation.value();
  const std::uint64_t words[] = {
      kFrameMagic | std::uint64_t{kFrameVersion} << 32 |
          std::uint64_t(header.kind) << 40 | header.cluster << 48,
      header.cluster >> 16 | incarnation << 48, incarnation >> 16};
  static_assert(std::endian::native == std::endian::little);
  const Slice fields(reinterpret_cast<const char*>(words), kHeaderBytes);
  const std::uint32_t crc = Crc32c(body, Crc32c(fields));
  const std::size_t start = out->size();
  out->resize(start + kHeaderBytes + body.size() + kTrailerBytes);
  char* const at = out->data() + start;
  std::memcpy(at, words, kHeaderBytes);
  if (!body.empty()) {
    std::memcpy(at + kHeaderBytes, body.data(), body.size());
  }
  static_assert(sizeof crc == kTrailerBytes);
  std::memcpy(at + kHeaderBytes + body.size(), &crc, kTrailerBytes);
}

absl::Status DecodeFrame(Slice bytes, FrameHeader* header, Slice* body) {
  if (bytes.size() < kHeaderBytes + kTrailerBytes) {
    return absl::DataLossError("frame shorter than its header");
  }
  const Slice covered = bytes.substr(0, bytes.size() - kTrailerBytes);
  Reader trailer(bytes.substr(covered.size()));
  if (trailer.U32() != Crc32c(covered)) {
    return absl::DataLossError("frame checksum differs");
  }
  Reader in(covered);
  if (in.U32() != kFrameMagic) return Malformed("frame: magic");
  if (in.U8() != kFrameVersion) return Malformed("frame: version");
  header->kind = EnumIn(in, FrameKind::kClientRequest, FrameKind::kDetector);
  if (!in.ok()) return Malformed("frame: kind");
  header->cluster = in.U64();
  header->incarnation = Incarnation{in.U32()};
  *body = covered.substr(kHeaderBytes);
  return absl::OkStatus();
}

void EncodeCommand(const Command& command, std::string* out) {
  Writer writer(out);
  writer.U8(std::uint8_t(command.kind));
  writer.Id(command.client);
  writer.Id(command.seq);
  writer.Id(command.op);
  writer.Id(command.expected_tag);
  writer.Id(command.acknowledged);
  writer.Bytes(command.key);
  writer.Bytes(command.value);
}

absl::Status DecodeCommand(Slice bytes, Command* command) {
  Reader in(bytes);
  command->kind = EnumIn(in, OpKind::kGet, OpKind::kRegisterSession);
  command->client = in.As<ClientId>();
  command->seq = in.As<RequestSeq>();
  command->op = in.As<OpId>();
  command->expected_tag = in.As<OpId>();
  command->acknowledged = in.As<RequestSeq>();
  const Slice key = in.Bytes();
  const Slice value = in.Bytes();
  if (!in.done()) return Malformed("command");
  command->key.assign(key.data(), key.size());
  command->value.assign(value.data(), value.size());
  return absl::OkStatus();
}

void EncodeRequest(const ClientRequest& request, std::string* out) {
  Writer writer(out);
  Encode(request.write_level, writer);
  Encode(request.read_level, writer);
  Encode(request.token, writer);
  writer.Varint(request.attempt);
  writer.Flush();
  // Last and without a length: these bytes are the log entry's payload.
  EncodeCommand(request.command, out);
}

absl::Status DecodeRequest(Slice body, ClientRequest* request,
                           Slice* command_bytes) {
  Reader in(body);
  request->write_level = DecodeWriteLevel(in);
  request->read_level = DecodeReadLevel(in);
  request->token = DecodeToken(in);
  request->attempt = DecodeAttempt(in);
  if (!in.ok()) return Malformed("request");
  *command_bytes = in.Raw(in.remaining());
  return DecodeCommand(*command_bytes, &request->command);
}

absl::Status DecodeRequest(Slice body, ClientRequest* request) {
  Slice ignored;
  return DecodeRequest(body, request, &ignored);
}

void EncodeReply(const ClientReply& reply, std::string* out) {
  Writer writer(out);
  writer.U8(std::uint8_t(reply.outcome));
  writer.Id(reply.client);
  writer.Id(reply.seq);
  writer.Varint(reply.attempt);
  writer.Id(reply.hint);
  writer.Bool(reply.found);
  writer.Bool(reply.cas_applied);
  writer.Id(reply.tag);
  writer.Id(reply.position.term);
  writer.Id(reply.position.index);
  Encode(reply.write_level, writer);
  Encode(reply.read_level, writer);
  Encode(reply.token, writer);
  writer.Bytes(reply.value);
}

absl::Status DecodeReply(Slice body, ClientReply* reply) {
  Reader in(body);
  reply->outcome = EnumIn(in, Outcome::kOk, Outcome::kNoSpace);
  reply->client = in.As<ClientId>();
  reply->seq = in.As<RequestSeq>();
  reply->attempt = DecodeAttempt(in);
  reply->hint = in.As<NodeId>();
  reply->found = in.Bool();
  reply->cas_applied = in.Bool();
  reply->tag = in.As<OpId>();
  reply->position.term = in.As<Term>();
  reply->position.index = in.As<LogIndex>();
  reply->write_level = DecodeWriteLevel(in);
  reply->read_level = DecodeReadLevel(in);
  reply->token = DecodeToken(in);
  const Slice value = in.Bytes();
  if (!in.done()) return Malformed("reply");
  reply->value = Owned(value);
  return absl::OkStatus();
}

const char* OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOk:
      return "ok";
    case Outcome::kNotLeader:
      return "not_leader";
    case Outcome::kUnavailable:
      return "unavailable";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kUnsupported:
      return "unsupported";
    case Outcome::kSessionUnknown:
      return "session_unknown";
    case Outcome::kNoSpace:
      return "no_space";
  }
  return "?";
}

const char* OpKindName(OpKind kind) {
  switch (kind) {
    case OpKind::kGet:
      return "get";
    case OpKind::kPut:
      return "put";
    case OpKind::kDelete:
      return "delete";
    case OpKind::kCas:
      return "cas";
    case OpKind::kRegisterSession:
      return "register";
  }
  return "?";
}

}  // namespace wringer::wire
