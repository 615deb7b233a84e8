#include "sim/explore/fingerprint.h"

#include <cctype>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/hash.h"

namespace wringer::sim {

std::string FingerprintOf(const FailureSignature& s) {
  const std::string text =
      absl::StrCat(s.violation, "|", s.rule, "|", s.role, "|", s.phase);
  return absl::StrFormat("%06x", Hash64(text) & 0xffffff);
}

std::string CrashRule(Slice last_words) {
  constexpr Slice kFailed = ": check failed: ";
  const std::size_t at = last_words.find(kFailed);
  if (at == Slice::npos) {
    // A sanitizer's line, a signal: its words without numbers.
    std::string rule;
    for (const char c : last_words.substr(0, 80)) {
      const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
      if (!digit) rule.push_back(c);
    }
    return rule;
  }
  const Slice place = last_words.substr(0, at);
  const Slice file = place.substr(0, place.rfind(':'));
  const Slice words = last_words.substr(at + kFailed.size());
  return absl::StrCat(file, " ", words.substr(0, words.find(": ")));
}

}  // namespace wringer::sim
