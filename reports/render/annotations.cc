#include "reports/render/annotations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace wringer::reports {
namespace {

constexpr std::size_t kMost = 8;

std::string Text(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}});
}

// Values of properties must not hold their separators either.
std::string Property(const std::string& text) {
  return absl::StrReplaceAll(
      text,
      {{"%", "%25"}, {"\r", "%0D"}, {"\n", "%0A"}, {":", "%3A"}, {",", "%2C"}});
}

}  // namespace

std::string GithubAnnotations(const std::vector<Annotation>& annotations) {
  std::string out;
  const std::size_t shown = std::min(annotations.size(), kMost);
  for (std::size_t i = 0; i < shown; ++i) {
    const Annotation& a = annotations[i];
    absl::StrAppend(&out, "::", a.level, " title=", Property(a.title));
    if (!a.file.empty()) absl::StrAppend(&out, ",file=", Property(a.file));
    if (a.line > 0) absl::StrAppend(&out, ",line=", a.line);
    absl::StrAppend(&out, "::", Text(a.text), "\n");
  }
  if (annotations.size() > shown) {
    absl::StrAppend(&out, "::error title=wringer::and ",
                    annotations.size() - shown, " more\n");
  }
  return out;
}

}  // namespace wringer::reports
