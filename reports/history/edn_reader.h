// Reads EDN, the notation of Jepsen's histories (github.com/edn-format/edn).
//
// Understands nil, booleans, numbers, strings, characters, keywords, symbols,
// lists, vectors, maps, sets, `;` comments and `#_` discards. A tag such as
// #inst or #jepsen.history.Op is dropped and its form kept. Never crashes on
// any bytes.
#ifndef WR_REPORTS_HISTORY_EDN_READER_H_
#define WR_REPORTS_HISTORY_EDN_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reports/history/slice.h"

namespace wringer::reports {

struct Edn {
  enum class Type : std::uint8_t {
    kNil,
    kBool,
    kInteger,  // `integer`
    kNumber,   // any other number; `text` as written
    kString,   // `text`, unescaped
    kChar,
    kKeyword,  // `text` without the colon
    kSymbol,
    kList,    // `items`
    kVector,  // `items`
    kSet,     // `items`
    kMap,     // `items`: key, value, key, value
  };
  Type type = Type::kNil;
  std::uint32_t line = 0;  // where it starts, from 1
  std::int64_t integer = 0;
  std::string text;
  std::vector<Edn> items;

  bool IsNil() const { return type == Type::kNil; }
  bool IsKeyword(Slice name) const {
    return type == Type::kKeyword && text == name;
  }
  bool IsSequence() const {
    return type == Type::kList || type == Type::kVector;
  }
  // Value of keyword `name` in this map, or null.
  const Edn* Find(Slice name) const;
};

// All top-level forms. InvalidArgument naming the line if malformed.
absl::StatusOr<std::vector<Edn>> ParseEdn(Slice text);

// One spelling for each value, e.g. "[0 3]", ":x", "\"a\"".
std::string EdnText(const Edn& value);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_EDN_READER_H_
