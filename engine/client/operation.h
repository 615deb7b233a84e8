// What a client is asked to do, and what it can tell of the outcome.
#ifndef WR_ENGINE_CLIENT_OPERATION_H_
#define WR_ENGINE_CLIENT_OPERATION_H_

#include <cstdint>
#include <string>

#include "engine/base/types.h"
#include "engine/wire/messages.h"

namespace wringer::client {

struct Operation {
  OpId op;  // unique in the run; the tag of what it writes
  wire::OpKind kind = wire::OpKind::kGet;
  std::string key;
  std::string value;
  OpId expected_tag;  // kCas
  wire::WriteLevel write_level;
  wire::ReadLevel read_level;
};

// The only three things a client can honestly say. A wrong answer here makes
// every check of the history wrong.
enum class Fate : std::uint8_t {
  kOk,       // executed, and `reply` tells what it saw
  kFailed,   // not executed, and never will be; or a read without an answer
  kUnknown,  // may have been executed, or may yet be
};
const char* FateName(Fate fate);

struct Completion {
  OpId op;
  Fate fate = Fate::kUnknown;
  // Why, if not ok: the last refusal heard, or kUnknown if none was.
  wire::Outcome reason = wire::Outcome::kOk;
  // By the client's monotonic clock.
  Nanos called = 0;
  Nanos returned = 0;
  NodeId node;  // that answered; 0 if none did
  std::uint32_t attempts = 0;
  ClientId client;  // the session it ran in
  RequestSeq seq;
  wire::ClientReply reply;  // kOk only
};

class CompletionSink {
 public:
  virtual ~CompletionSink() = default;
  // Exactly once for each operation, unless the client dies first. A handler;
  // may submit the next operation. `completion` is the callee's to take apart.
  virtual void OnCompleted(Completion& completion) = 0;
};

}  // namespace wringer::client

#endif  // WR_ENGINE_CLIENT_OPERATION_H_
