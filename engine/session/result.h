// What executing one command gave, and what every retry of it is told again.
#ifndef WR_ENGINE_SESSION_RESULT_H_
#define WR_ENGINE_SESSION_RESULT_H_

#include <string>

#include "engine/base/coding.h"
#include "engine/base/types.h"
#include "engine/wire/messages.h"

namespace wringer::session {

struct Result {
  wire::Outcome outcome = wire::Outcome::kOk;
  bool found = false;
  bool cas_applied = false;
  OpId tag;           // of what the command saw or wrote
  std::string value;  // of what a failed compare saw
  LogPosition position;
  bool operator==(const Result&) const = default;
};

void EncodeResult(const Result& result, Writer& out);
Result DecodeResult(Reader& in);  // fails the reader on garbage

}  // namespace wringer::session

#endif  // WR_ENGINE_SESSION_RESULT_H_
