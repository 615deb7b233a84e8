// Annotations of GitHub Actions: lines on stdout that become notes on a commit.
//
// GitHub drops all but ten of a kind and step without a word, so at most eight
// are written, and a ninth that says how many there are.
#ifndef WR_REPORTS_RENDER_ANNOTATIONS_H_
#define WR_REPORTS_RENDER_ANNOTATIONS_H_

#include <string>
#include <vector>

namespace wringer::reports {

struct Annotation {
  std::string level = "error";  // error, warning or notice
  std::string title;
  std::string text;
  std::string file;  // empty: none
  int line = 0;      // 0: none
};

std::string GithubAnnotations(const std::vector<Annotation>& annotations);

}  // namespace wringer::reports

#endif  // WR_REPORTS_RENDER_ANNOTATIONS_H_
