#include "engine/base/run_context.h"

#include <cstdio>
#include <cstdlib>

#include "engine/base/check.h"

namespace wringer {
namespace {

RunContext& DefaultContext() {
  static RunContext context;
  return context;
}

RunContext* current = nullptr;

}  // namespace

void RunContext::OnCheckFailed(const char* file, int line,
                               const char* condition,
                               const std::string& message) {
  std::fprintf(stderr, "%s:%d: check failed: %s%s%s\n", file, line, condition,
               message.empty() ? "" : ": ", message.c_str());
  std::fflush(stderr);
  std::abort();
}

RunContext& CurrentRun() {
  return current != nullptr ? *current : DefaultContext();
}

void FailCheck(const char* file, int line, const char* condition) {
  FailCheck(file, line, condition, std::string());
}

void FailCheck(const char* file, int line, const char* condition,
               const std::string& message) {
  CurrentRun().OnCheckFailed(file, line, condition, message);
  std::abort();  // g++ does not believe [[noreturn]] of a virtual function
}

RunContext* SetCurrentRun(RunContext* context) {
  RunContext* former = current;
  current = context;
  return former;
}

}  // namespace wringer
