// Just enough UTF-8: where characters end, and whether they are well-formed.
#ifndef WR_REPORTS_HISTORY_UTF8_H_
#define WR_REPORTS_HISTORY_UTF8_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "reports/history/slice.h"

namespace wringer::reports {

// Bytes of the well-formed character at the front of `text`, 0 if there is
// none (empty, malformed, overlong, surrogate, beyond U+10FFFF).
std::size_t Utf8Length(Slice text);
// Every character of `text` is well-formed.
bool IsUtf8(Slice text);
// Appends `code` (a scalar value below 0x110000) to `*out`.
void AppendUtf8(std::uint32_t code, std::string* out);
// Columns `text` takes on a terminal, one for each character: our reports use
// no wide ones. A malformed byte counts as one.
std::size_t Utf8Columns(Slice text);

}  // namespace wringer::reports

#endif  // WR_REPORTS_HISTORY_UTF8_H_
