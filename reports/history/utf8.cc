#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

std::uint32_t Byte(Slice text, std::size_t i) {
  return static_cast<unsigned char>(text[i]);
}

}  // namespace

std::size_t Utf8Length(Slice text) {
  if (text.empty()) return 0;
  const std::uint32_t lead = Byte(text, 0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  std::uint32_t code = lead & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((Byte(text, i) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (Byte(text, i) & 0x3f);
  }
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  const bool overlong =
      (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  return surrogate || overlong || code > 0x10ffff ? 0 : length;
}

bool IsUtf8(Slice text) {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

void AppendUtf8(std::uint32_t code, std::string* out) {
  const auto put = [out](std::uint32_t byte) {
    out->push_back(static_cast<char>(static_cast<unsigned char>(byte)));
  };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | (code >> 6));
    return put(0x80 | (code & 0x3f));
  }
  if (code < 0x10000) {
    put(0xe0 | (code >> 12));
  } else {
    put(0xf0 | (code >> 18));
    put(0x80 | ((code >> 12) & 0x3f));
  }
  put(0x80 | ((code >> 6) & 0x3f));
  put(0x80 | (code & 0x3f));
}

std::size_t Utf8Columns(Slice text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    text.remove_prefix(length == 0 ? 1 : length);
    ++columns;
  }
  return columns;
}

}  // namespace wringer::reports
