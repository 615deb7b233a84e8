// A TOML document as plain values with their places: all that the rest of the
// scenario code sees of TOML.
#ifndef WR_SIM_SCENARIO_TOML_DOCUMENT_H_
#define WR_SIM_SCENARIO_TOML_DOCUMENT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/slice.h"
#include "sim/scenario/toml/diagnostic.h"

namespace wringer::sim {

// A place in the file (source 0) or in the n-th --set (source n).
struct Span {
  std::uint32_t source = 0;
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  std::uint32_t length = 1;
};

struct DocEntry;

struct DocValue {
  enum class Kind : std::uint8_t {
    kString,
    kInteger,
    kFloat,
    kBoolean,
    kDate,
    kArray,
    kTable,
  };
  Kind kind = Kind::kTable;
  Span span;                      // a table with a [header]: the header
  std::string text;               // kString: contents; else as written
  std::int64_t integer = 0;       // kInteger
  bool boolean = false;           // kBoolean
  std::vector<DocValue> items;    // kArray
  std::vector<DocEntry> entries;  // kTable, in file order

  bool is_string() const { return kind == Kind::kString; }
  bool is_integer() const { return kind == Kind::kInteger; }
  bool is_array() const { return kind == Kind::kArray; }
  bool is_table() const { return kind == Kind::kTable; }

  // The entry of a table; null if absent or not a table.
  const DocEntry* Find(Slice key) const;
  DocEntry* Find(Slice key);

  static DocValue String(std::string text, Span span);
};

struct DocEntry {
  std::string key;
  Span span;
  DocValue value;
};

// "the string \"5s\"", "the integer 5", "an array": for messages.
std::string Describe(const DocValue& value);

// Equal keys and values in equal order; places do not count.
bool SameContents(const DocValue& a, const DocValue& b);

// The value at a dotted path ("faults.timeline.3.node"); the nearest ancestor
// that exists if the path does not.
const DocValue& Locate(const DocValue& root, Slice path);
// True iff the whole path exists: the file or a --set says it.
bool IsWritten(const DocValue& root, Slice path);

// Collects diagnostics while a document is read.
class Problems {
 public:
  struct Problem {
    Severity severity;
    Span span;
    std::string message;
    std::string help;
  };

  void Error(Span span, std::string message, std::string help);
  void Warning(Span span, std::string message, std::string help);

  std::size_t size() const { return problems_.size(); }
  const std::vector<Problem>& all() const { return problems_; }

 private:
  std::vector<Problem> problems_;
};

}  // namespace wringer::sim

#endif  // WR_SIM_SCENARIO_TOML_DOCUMENT_H_
