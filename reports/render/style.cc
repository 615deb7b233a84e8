#include "reports/render/style.h"

#include "absl/strings/str_cat.h"
#include "reports/history/utf8.h"

namespace wringer::reports {
namespace {

Slice Escape(Color color) {
  switch (color) {
    case Color::kGood:
      return "\033[32m";
    case Color::kBad:
      return "\033[31m";
    case Color::kWarn:
      return "\033[33m";
    case Color::kDim:
      return "\033[2m";
    case Color::kBold:
      return "\033[1m";
    case Color::kPlain:
      break;
  }
  return "";
}

std::string Blanks(Slice text, std::size_t columns) {
  const std::size_t taken = Utf8Columns(text);
  return std::string(taken < columns ? columns - taken : 0, ' ');
}

}  // namespace

std::string Style::Paint(Color paint, Slice text) const {
  if (!color || paint == Color::kPlain || text.empty()) {
    return std::string(text);
  }
  return absl::StrCat(Escape(paint), text, "\033[0m");
}

std::string PadRight(Slice text, std::size_t columns) {
  return absl::StrCat(text, Blanks(text, columns));
}

std::string PadLeft(Slice text, std::size_t columns) {
  return absl::StrCat(Blanks(text, columns), text);
}

std::string Clip(Slice text, std::size_t columns) {
  if (Utf8Columns(text) <= columns) return std::string(text);
  if (columns <= 2) return std::string(columns, '.');
  std::size_t bytes = 0;
  for (std::size_t i = 0; i + 2 < columns; ++i) {
    const std::size_t length = Utf8Length(text.substr(bytes));
    bytes += length == 0 ? 1 : length;
  }
  return absl::StrCat(text.substr(0, bytes), "..");
}

}  // namespace wringer::reports
