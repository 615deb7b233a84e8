#include "sim/scenario/toml/document.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wringer::sim {
namespace {

// The child a path element names; null if there is none. Elements of arrays
// are numbers.
const DocValue* Child(const DocValue& value, Slice element) {
  if (value.is_table()) {
    const DocEntry* entry = value.Find(element);
    return entry == nullptr ? nullptr : &entry->value;
  }
  std::uint64_t index = 0;
  if (value.is_array() && absl::SimpleAtoi(element, &index) &&
      index < value.items.size()) {
    return &value.items[index];
  }
  return nullptr;
}

}  // namespace

const DocEntry* DocValue::Find(Slice key) const {
  for (const DocEntry& entry : entries) {
    if (entry.key == key) {
      return &entry;
    }
  }
  return nullptr;
}

DocEntry* DocValue::Find(Slice key) {
  return const_cast<DocEntry*>(std::as_const(*this).Find(key));
}

DocValue DocValue::String(std::string text, Span span) {
  DocValue value;
  value.kind = Kind::kString;
  value.text = std::move(text);
  value.span = span;
  return value;
}

std::string Describe(const DocValue& value) {
  switch (value.kind) {
    case DocValue::Kind::kString:
      return absl::StrCat("the string \"", value.text.substr(0, 40), "\"");
    case DocValue::Kind::kInteger:
      return absl::StrCat("the integer ", value.integer);
    case DocValue::Kind::kFloat:
      return absl::StrCat("the decimal number ", value.text);
    case DocValue::Kind::kBoolean:
      return value.boolean ? "the boolean true" : "the boolean false";
    case DocValue::Kind::kDate:
      return "a date or time of day";
    case DocValue::Kind::kArray:
      return "an array";
    case DocValue::Kind::kTable:
      return "a table";
  }
  return "a value";
}

bool SameContents(const DocValue& a, const DocValue& b) {
  if (a.kind != b.kind || a.text != b.text || a.integer != b.integer ||
      a.boolean != b.boolean || a.items.size() != b.items.size() ||
      a.entries.size() != b.entries.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!SameContents(a.items[i], b.items[i])) {
      return false;
    }
  }
  for (std::size_t i = 0; i < a.entries.size(); ++i) {
    if (a.entries[i].key != b.entries[i].key ||
        !SameContents(a.entries[i].value, b.entries[i].value)) {
      return false;
    }
  }
  return true;
}

const DocValue& Locate(const DocValue& root, Slice path) {
  const DocValue* at = &root;
  for (Slice element : absl::StrSplit(path, '.')) {
    const DocValue* child = Child(*at, element);
    if (child == nullptr) {
      break;
    }
    at = child;
  }
  return *at;
}

bool IsWritten(const DocValue& root, Slice path) {
  const DocValue* at = &root;
  for (Slice element : absl::StrSplit(path, '.')) {
    at = Child(*at, element);
    if (at == nullptr) {
      return false;
    }
  }
  return true;
}

void Problems::Error(Span span, std::string message, std::string help) {
  problems_.push_back(
      {Severity::kError, span, std::move(message), std::move(help)});
}

void Problems::Warning(Span span, std::string message, std::string help) {
  problems_.push_back(
      {Severity::kWarning, span, std::move(message), std::move(help)});
}

}  // namespace wringer::sim
