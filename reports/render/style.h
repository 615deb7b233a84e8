// How text is drawn: with or without colour, with or without Unicode. Every
// colour is doubled by a sign or a word, so nothing is lost without it.
#ifndef WR_REPORTS_RENDER_STYLE_H_
#define WR_REPORTS_RENDER_STYLE_H_

#include <string>

#include "reports/history/slice.h"

namespace wringer::reports {

enum class Color { kPlain, kGood, kBad, kWarn, kDim, kBold };

struct Style {
  bool color = false;  // ANSI escapes
  bool ascii = false;  // nothing outside ASCII
  int width = 100;     // columns; at least 60 are used

  // `text` in that colour, if there is any.
  std::string Paint(Color color, Slice text) const;
  // One of two signs.
  Slice Sign(Slice unicode, Slice plain) const {
    return ascii ? plain : unicode;
  }
};

// `text` filled up with blanks to `columns`, counted in characters.
std::string PadRight(Slice text, std::size_t columns);
std::string PadLeft(Slice text, std::size_t columns);
// At most `columns` characters; a longer text ends in "..".
std::string Clip(Slice text, std::size_t columns);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_STYLE_H_
