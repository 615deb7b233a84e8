#include "reports/history/edn_reader.h"

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

constexpr int kDepthMost = 100;

bool IsSpace(char c) {
  return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == ',';
}

bool IsDigit(char c) {
  return absl::ascii_isdigit(static_cast<unsigned char>(c));
}

bool EndsToken(char c) {
  return IsSpace(c) || Slice("()[]{}\";").find(c) != Slice::npos;
}

class Parser {
 public:
  explicit Parser(Slice text) : text_(text) {}

  absl::StatusOr<std::vector<Edn>> Forms() {
    std::vector<Edn> forms;
    while (SkipBlank(0)) {
      if (at_ == text_.size()) return forms;
      Edn form;
      if (!Form(&form, 0)) break;
      forms.push_back(std::move(form));
    }
    return absl::InvalidArgumentError(
        absl::StrCat("line ", line_, ": ", problem_));
  }

 private:
  bool Fail(Slice problem) {
    if (problem_.empty()) problem_ = std::string(problem);
    return false;
  }

  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek(std::size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }

  char Next() {
    const char c = text_[at_++];
    if (c == '\n') ++line_;
    return c;
  }

  // Skips blanks, comments and discarded forms.
  bool SkipBlank(int depth) {
    if (depth > kDepthMost) return Fail("nested too deeply");
    while (!AtEnd()) {
      if (IsSpace(Peek())) {
        Next();
      } else if (Peek() == ';') {
        while (!AtEnd() && Peek() != '\n') ++at_;
      } else if (Peek() == '#' && Peek(1) == '_') {
        at_ += 2;
        Edn ignored;
        if (!SkipBlank(depth + 1) || !Form(&ignored, depth + 1)) return false;
      } else {
        return true;
      }
    }
    return true;
  }

  bool Form(Edn* out, int depth) {
    if (depth > kDepthMost) return Fail("nested too deeply");
    if (AtEnd()) return Fail("the text ends inside a form");
    out->line = line_;
    switch (Peek()) {
      case '(':
        return Sequence(Edn::Type::kList, ')', out, depth);
      case '[':
        return Sequence(Edn::Type::kVector, ']', out, depth);
      case '{':
        return Map(out, depth);
      case '"':
        return String(out);
      case '#':
        return Dispatch(out, depth);
      case ')':
      case ']':
      case '}':
        return Fail(absl::StrCat("unexpected '", Slice(&text_[at_], 1), "'"));
      default:
        return Token(out);
    }
  }

  bool Sequence(Edn::Type type, char close, Edn* out, int depth) {
    out->type = type;
    const std::uint32_t opened = line_;
    Next();
    while (SkipBlank(depth)) {
      if (AtEnd()) {
        return Fail(absl::StrCat("no closing '", Slice(&close, 1),
                                 "' for the form of line ", opened));
      }
      if (Peek() == close) {
        Next();
        return true;
      }
      Edn item;
      if (!Form(&item, depth + 1)) return false;
      out->items.push_back(std::move(item));
    }
    return false;
  }

  bool Map(Edn* out, int depth) {
    if (!Sequence(Edn::Type::kMap, '}', out, depth)) return false;
    return out->items.size() % 2 == 0 || Fail("a map key without a value");
  }

  bool Dispatch(Edn* out, int depth) {
    Next();
    if (Peek() == '{') return Sequence(Edn::Type::kSet, '}', out, depth);
    if (Peek() == '#') {  // ##NaN, ##Inf
      Next();
      return Token(out);
    }
    Edn tag;
    if (AtEnd() || EndsToken(Peek())) return Fail("'#' without a tag");
    if (!Token(&tag) || !SkipBlank(depth)) return false;
    return Form(out, depth + 1);
  }

  bool String(Edn* out) {
    out->type = Edn::Type::kString;
    Next();
    while (!AtEnd()) {
      const char c = Next();
      if (c == '"') return true;
      if (c != '\\') {
        out->text.push_back(c);
        continue;
      }
      if (AtEnd()) break;
      const char escaped = Next();
      constexpr Slice kFrom = "ntrbf\"\\";
      constexpr Slice kTo = "\n\t\r\b\f\"\\";
      if (const auto i = kFrom.find(escaped); i != Slice::npos) {
        out->text.push_back(kTo[i]);
      } else if (escaped != 'u' || !Unicode(&out->text)) {
        return Fail("unknown escape in a string");
      }
    }
    return Fail("a string without an end");
  }

  bool Unicode(std::string* out) {
    std::uint32_t code = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const auto c = static_cast<unsigned char>(Peek());
      if (!absl::ascii_isxdigit(c)) return false;
      const int digit = c <= '9' ? c - '0' : absl::ascii_tolower(c) - 'a' + 10;
      code = (code << 4) | static_cast<std::uint32_t>(digit);
    }
    if (code >= 0xd800 && code < 0xe000) return false;
    AppendUtf8(code, out);
    return true;
  }

  bool Token(Edn* out) {
    const std::size_t start = at_;
    if (Peek() == '\\') at_ += 2;  // a character may itself end a token
    while (!AtEnd() && !EndsToken(Peek())) ++at_;
    if (at_ > text_.size()) at_ = text_.size();
    const Slice token = text_.substr(start, at_ - start);
    if (token.empty()) return Fail("expected a value");
    return Classify(token, out);
  }

  bool Classify(Slice token, Edn* out) {
    out->text = std::string(token);
    const bool signed_number = (token[0] == '-' || token[0] == '+') &&
                               token.size() > 1 && IsDigit(token[1]);
    if (IsDigit(token[0]) || signed_number) return Number(token, out);
    if (token[0] == ':') {
      out->type = Edn::Type::kKeyword;
      out->text.erase(0, 1);
      return !out->text.empty() || Fail("a keyword without a name");
    }
    if (token[0] == '\\') {
      out->type = Edn::Type::kChar;
      return true;
    }
    if (token == "nil") {
      out->type = Edn::Type::kNil;
    } else if (token == "true" || token == "false") {
      out->type = Edn::Type::kBool;
    } else {
      out->type = Edn::Type::kSymbol;
    }
    return true;
  }

  bool Number(Slice token, Edn* out) {
    const Slice digits =
        token.back() == 'N' ? token.substr(0, token.size() - 1) : token;
    if (absl::SimpleAtoi(digits, &out->integer)) {
      out->type = Edn::Type::kInteger;
      return true;
    }
    for (const char c : token) {
      if (!IsDigit(c) && Slice("+-.eENM/").find(c) == Slice::npos) {
        return Fail(absl::StrCat("bad number \"", token, "\""));
      }
    }
    out->type = Edn::Type::kNumber;
    return true;
  }

  Slice text_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::string problem_;
};

std::string Joined(const Edn& value, Slice open, Slice close) {
  std::string text(open);
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) text.push_back(' ');
    text.append(EdnText(value.items[i]));
  }
  text.append(close.data(), close.size());
  return text;
}

}  // namespace

const Edn* Edn::Find(Slice name) const {
  if (type != Type::kMap) return nullptr;
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (items[i].IsKeyword(name)) return &items[i + 1];
  }
  return nullptr;
}

absl::StatusOr<std::vector<Edn>> ParseEdn(Slice text) {
  return Parser(text).Forms();
}

std::string EdnText(const Edn& value) {
  switch (value.type) {
    case Edn::Type::kNil:
      return "nil";
    case Edn::Type::kInteger:
      return absl::StrCat(value.integer);
    case Edn::Type::kString:
      return absl::StrCat("\"", value.text, "\"");
    case Edn::Type::kKeyword:
      return absl::StrCat(":", value.text);
    case Edn::Type::kList:
      return Joined(value, "(", ")");
    case Edn::Type::kVector:
      return Joined(value, "[", "]");
    case Edn::Type::kSet:
      return Joined(value, "#{", "}");
    case Edn::Type::kMap:
      return Joined(value, "{", "}");
    default:
      return value.text;
  }
}

}  // namespace wringer::reports
