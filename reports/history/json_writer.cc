#include "reports/history/json_writer.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "reports/history/utf8.h"

namespace wringer::reports {

JsonWriter& JsonWriter::Open(char open, char close) {
  Separate();
  out_->push_back(open);
  closers_.push_back(close);
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::End() {
  if (closers_.empty()) return *this;
  out_->push_back(closers_.back());
  closers_.pop_back();
  first_ = false;
  return *this;
}

void JsonWriter::Separate() {
  if (!first_ && !closers_.empty()) out_->push_back(',');
  first_ = false;
}

JsonWriter& JsonWriter::Key(Slice name) {
  String(name);
  out_->push_back(':');
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::String(Slice text) {
  Separate();
  out_->push_back('"');
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const char c = text[0];
    if (length == 0) {
      out_->append("\xef\xbf\xbd");
    } else if (c == '"' || c == '\\') {
      out_->push_back('\\');
      out_->push_back(c);
    } else if (c == '\n') {
      out_->append("\\n");
    } else if (length == 1 && (c < 0x20 || c == 0x7f)) {
      absl::StrAppendFormat(out_, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out_->append(text.data(), length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_->push_back('"');
  return *this;
}

JsonWriter& JsonWriter::Int(std::int64_t value) {
  Separate();
  absl::StrAppend(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Uint(std::uint64_t value) {
  Separate();
  absl::StrAppend(out_, value);
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  Separate();
  out_->append(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::Null() {
  Separate();
  out_->append("null");
  return *this;
}

JsonWriter& JsonWriter::Hex(std::uint64_t value) {
  Separate();
  absl::StrAppend(out_, "\"", absl::Hex(value, absl::kZeroPad16), "\"");
  return *this;
}

}  // namespace wringer::reports
