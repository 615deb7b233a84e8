// JUnit XML, as every CI server reads it: one suite, one case a scenario.
#ifndef WR_REPORTS_RENDER_JUNIT_H_
#define WR_REPORTS_RENDER_JUNIT_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "reports/history/slice.h"

namespace wringer::reports {

struct JUnitCase {
  std::string name;
  std::string group;  // "classname"
  std::int64_t real_ns = 0;
  // Empty: passed. Else one line, its kind, and the whole story.
  std::string failure;
  std::string failure_type;
  std::string failure_text;
  std::string skipped;  // why there is no verdict; empty otherwise
  std::vector<std::pair<std::string, std::string>> properties;
};

struct JUnitSuite {
  std::string name;
  std::int64_t real_ns = 0;
  std::vector<std::pair<std::string, std::string>> properties;
  std::vector<JUnitCase> cases;
};

// A whole document. Characters XML cannot carry are written as "?".
std::string JUnitXml(const JUnitSuite& suite);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_JUNIT_H_
