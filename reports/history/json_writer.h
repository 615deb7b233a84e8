// Writes one JSON document, keys in the order they are given, so that equal
// data gives equal bytes. No spaces; integers only, since a float's digits
// depend on who prints it.
//
//   JsonWriter json(&out);
//   json.Object().Key("key").String("k17").Key("at_ns").Int(7412).End();
#ifndef WR_REPORTS_HISTORY_JSON_WRITER_H_
#define WR_REPORTS_HISTORY_JSON_WRITER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "reports/history/slice.h"

namespace wringer::reports {

class JsonWriter {
 public:
  // Appends to `*out`, which must outlive the writer.
  explicit JsonWriter(std::string* out) : out_(out) {}

  JsonWriter& Object() { return Open('{', '}'); }
  JsonWriter& Array() { return Open('[', ']'); }
  JsonWriter& End();  // closes the innermost object or array
  JsonWriter& Key(Slice name);
  // Bytes that are not UTF-8 are written as U+FFFD; see utf8.h.
  JsonWriter& String(Slice text);
  JsonWriter& Int(std::int64_t value);
  JsonWriter& Uint(std::uint64_t value);
  JsonWriter& Bool(bool value);
  JsonWriter& Null();
  // 64 bits as 16 hex digits in quotes: exact in every JSON reader.
  JsonWriter& Hex(std::uint64_t value);

  // Key and value in one call.
  JsonWriter& Field(Slice name, Slice text) { return Key(name).String(text); }
  JsonWriter& Field(Slice name, const char* text) {
    return Key(name).String(text);
  }
  JsonWriter& Field(Slice name, std::int64_t n) { return Key(name).Int(n); }
  JsonWriter& Field(Slice name, std::uint64_t n) { return Key(name).Uint(n); }
  JsonWriter& Field(Slice name, bool value) { return Key(name).Bool(value); }

 private:
  JsonWriter& Open(char open, char close);
  void Separate();

  std::string* out_;
  std::vector<char> closers_;
  bool first_ = true;  // nothing written yet at this depth, or after a key
};

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_JSON_WRITER_H_
