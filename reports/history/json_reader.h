// Reads one strict JSON document (RFC 8259) into a tree. Never crashes on any
// bytes: depth is limited, duplicate keys and trailing text are errors.
#ifndef WR_REPORTS_HISTORY_JSON_READER_H_
#define WR_REPORTS_HISTORY_JSON_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reports/history/slice.h"

namespace wringer::reports {

struct Json {
  enum class Type : std::uint8_t {
    kNull,
    kBool,
    kInteger,  // fits 64 bits: `magnitude`, and `negative`
    kReal,     // anything else that is a number; kept as its text
    kString,
    kArray,
    kObject,
  };
  Type type = Type::kNull;
  bool boolean = false;
  bool negative = false;
  std::uint64_t magnitude = 0;
  std::string text;
  std::vector<Json> items;         // of an array; of an object its values,
  std::vector<std::string> names;  // each with its name

  // The member of that name, or null.
  const Json* Find(Slice name) const;
  // True, and `*out` set, iff this is an integer of that range.
  bool GetUint(std::uint64_t* out) const;
  bool GetInt(std::int64_t* out) const;
};

// InvalidArgument, with the byte position, if `text` is not one document.
absl::StatusOr<Json> ParseJson(Slice text);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_JSON_READER_H_
