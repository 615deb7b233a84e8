#include "reports/history/json_reader.h"

#include <limits>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

constexpr int kDepthMost = 64;

class Parser {
 public:
  explicit Parser(Slice text) : text_(text) {}

  absl::StatusOr<Json> Document() {
    Json value;
    if (!Value(&value, 0)) return Error();
    SkipSpace();
    if (at_ != text_.size()) {
      Fail("text after the end of the document");
      return Error();
    }
    return value;
  }

 private:
  absl::Status Error() const {
    return absl::InvalidArgumentError(
        absl::StrCat("at byte ", at_, ": ", problem_));
  }

  bool Fail(const char* problem) {
    if (problem_ == nullptr) problem_ = problem;
    return false;
  }

  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void SkipSpace() {
    while (at_ < text_.size() && (Peek() == ' ' || Peek() == '\t' ||
                                  Peek() == '\n' || Peek() == '\r')) {
      ++at_;
    }
  }

  bool Eat(char c) {
    if (Peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }

  bool Word(Slice word) {
    if (text_.substr(at_, word.size()) != word) return Fail("unknown word");
    at_ += word.size();
    return true;
  }

  bool Value(Json* out, int depth) {
    if (depth > kDepthMost) return Fail("nested too deeply");
    SkipSpace();
    switch (Peek()) {
      case '{':
        return Object(out, depth);
      case '[':
        return Array(out, depth);
      case '"':
        out->type = Json::Type::kString;
        return String(&out->text);
      case 't':
      case 'f':
        out->type = Json::Type::kBool;
        out->boolean = Peek() == 't';
        return Word(out->boolean ? "true" : "false");
      case 'n':
        return Word("null");
      default:
        return Number(out);
    }
  }

  bool Object(Json* out, int depth) {
    out->type = Json::Type::kObject;
    ++at_;
    SkipSpace();
    if (Eat('}')) return true;
    while (true) {
      SkipSpace();
      std::string key;
      if (Peek() != '"') return Fail("expected a member name");
      if (!String(&key)) return false;
      if (out->Find(key) != nullptr) return Fail("member given twice");
      SkipSpace();
      if (!Eat(':')) return Fail("expected ':'");
      Json value;
      if (!Value(&value, depth + 1)) return false;
      out->names.push_back(std::move(key));
      out->items.push_back(std::move(value));
      SkipSpace();
      if (Eat('}')) return true;
      if (!Eat(',')) return Fail("expected ',' or '}'");
    }
  }

  bool Array(Json* out, int depth) {
    out->type = Json::Type::kArray;
    ++at_;
    SkipSpace();
    if (Eat(']')) return true;
    while (true) {
      Json value;
      if (!Value(&value, depth + 1)) return false;
      out->items.push_back(std::move(value));
      SkipSpace();
      if (Eat(']')) return true;
      if (!Eat(',')) return Fail("expected ',' or ']'");
    }
  }

  bool String(std::string* out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (static_cast<unsigned char>(c) < 0x20) {
        return Fail("control character in a string");
      }
      if (c == '\\') {
        if (!Escape(out)) return false;
        continue;
      }
      const std::size_t length = Utf8Length(text_.substr(at_));
      if (length == 0) return Fail("a string is not UTF-8");
      out->append(text_.data() + at_, length);
      at_ += length;
    }
    return Fail("string without an end");
  }

  bool Escape(std::string* out) {
    ++at_;
    const char c = Peek();
    ++at_;
    constexpr Slice kFrom = "\"\\/bfnrt";
    constexpr Slice kTo = "\"\\/\b\f\n\r\t";
    if (const auto i = kFrom.find(c); i != Slice::npos && c != '\0') {
      out->push_back(kTo[i]);
      return true;
    }
    std::uint32_t code = 0;
    if (c != 'u') return Fail("unknown escape");
    if (!FourHex(&code)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
      std::uint32_t low = 0;
      if (!Eat('\\') || !Eat('u')) return Fail("half a surrogate pair");
      if (!FourHex(&low)) return false;
      if (low < 0xdc00 || low >= 0xe000) return Fail("half a surrogate pair");
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    } else if (code >= 0xdc00 && code < 0xe000) {
      return Fail("half a surrogate pair");
    }
    AppendUtf8(code, out);
    return true;
  }

  bool FourHex(std::uint32_t* out) {
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = absl::ascii_tolower(static_cast<unsigned char>(Peek()));
      if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
        return Fail("expected four hex digits");
      }
      const int digit = c <= '9' ? c - '0' : c - 'a' + 10;
      *out = (*out << 4) | static_cast<std::uint32_t>(digit);
    }
    return true;
  }

  bool Digits() {
    const std::size_t start = at_;
    while (absl::ascii_isdigit(static_cast<unsigned char>(Peek()))) ++at_;
    return at_ > start || Fail("expected a value");
  }

  bool Number(Json* out) {
    const std::size_t start = at_;
    out->negative = Eat('-');
    const std::size_t digits = at_;
    if (!Digits()) return false;
    if (text_[digits] == '0' && at_ > digits + 1) return Fail("leading zero");
    const Slice whole = text_.substr(digits, at_ - digits);
    const bool plain = Peek() != '.' && Peek() != 'e' && Peek() != 'E';
    if (Eat('.') && !Digits()) return false;
    if (Eat('e') || Eat('E')) {
      if (!Eat('+')) Eat('-');
      if (!Digits()) return false;
    }
    const Slice all = text_.substr(start, at_ - start);
    out->text.assign(all.data(), all.size());
    const bool fits = plain && absl::SimpleAtoi(whole, &out->magnitude);
    out->type = fits ? Json::Type::kInteger : Json::Type::kReal;
    return true;
  }

  Slice text_;
  std::size_t at_ = 0;
  const char* problem_ = nullptr;
};

}  // namespace

const Json* Json::Find(Slice name) const {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return &items[i];
  }
  return nullptr;
}

bool Json::GetUint(std::uint64_t* out) const {
  if (type != Type::kInteger || (negative && magnitude != 0)) return false;
  *out = magnitude;
  return true;
}

bool Json::GetInt(std::int64_t* out) const {
  constexpr auto kMost =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (type != Type::kInteger || magnitude > kMost) return false;
  const auto value = static_cast<std::int64_t>(magnitude);
  *out = negative ? -value : value;
  return true;
}

absl::StatusOr<Json> ParseJson(Slice text) { return Parser(text).Document(); }

}  // namespace wringer::reports
