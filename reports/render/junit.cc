#include "reports/render/junit.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace wringer::reports {
namespace {

std::string Escaped(Slice text) {
  std::string out;
  for (const char c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20;
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\n':
        out += "&#10;";
        break;
      default:
        out.push_back(control && c != '\t' ? '?' : c);
    }
  }
  return out;
}

std::string Attribute(Slice name, Slice value) {
  return absl::StrCat(" ", name, "=\"", Escaped(value), "\"");
}

std::string Seconds(std::int64_t ns) {
  const std::int64_t ms = ns / 1'000'000;
  return absl::StrFormat("%d.%03d", ms / 1000, ms % 1000);
}

void AppendProperties(
    const std::vector<std::pair<std::string, std::string>>& properties,
    Slice indent, std::string* out) {
  if (properties.empty()) return;
  absl::StrAppend(out, indent, "<properties>\n");
  for (const auto& [name, value] : properties) {
    absl::StrAppend(out, indent, "  <property", Attribute("name", name),
                    Attribute("value", value), "/>\n");
  }
  absl::StrAppend(out, indent, "</properties>\n");
}

void AppendCase(const JUnitCase& c, std::string* out) {
  absl::StrAppend(out, "    <testcase", Attribute("name", c.name),
                  Attribute("classname", c.group),
                  Attribute("time", Seconds(c.real_ns)), ">\n");
  AppendProperties(c.properties, "      ", out);
  if (!c.failure.empty()) {
    absl::StrAppend(out, "      <failure", Attribute("message", c.failure),
                    Attribute("type", c.failure_type), ">",
                    Escaped(c.failure_text), "</failure>\n");
  }
  if (!c.skipped.empty()) {
    absl::StrAppend(out, "      <skipped", Attribute("message", c.skipped),
                    "/>\n");
  }
  absl::StrAppend(out, "    </testcase>\n");
}

}  // namespace

std::string JUnitXml(const JUnitSuite& suite) {
  std::size_t failures = 0;
  std::size_t skipped = 0;
  for (const JUnitCase& c : suite.cases) {
    if (!c.failure.empty()) ++failures;
    if (!c.skipped.empty()) ++skipped;
  }
  const std::string counts =
      absl::StrCat(" tests=\"", suite.cases.size(), "\" failures=\"", failures,
                   "\" errors=\"0\" skipped=\"", skipped, "\"",
                   Attribute("time", Seconds(suite.real_ns)));
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  absl::StrAppend(&out, "<testsuites", counts, ">\n  <testsuite",
                  Attribute("name", suite.name), counts, ">\n");
  AppendProperties(suite.properties, "    ", &out);
  for (const JUnitCase& c : suite.cases) AppendCase(c, &out);
  absl::StrAppend(&out, "  </testsuite>\n</testsuites>\n");
  return out;
}

}  // namespace wringer::reports
