#include "engine/base/run_context.h"

#include <cstdio>
#include <cstdlib>

namespace wringer {
namespace {

constexpr std::array<MarkInfo, kMarkCount> kMarks = {{
#define WR_MARK_DEF(id, name, about) MarkInfo{name, about},
#include "engine/base/marks.def"
#undef WR_MARK_DEF
}};

constexpr std::array<MutantInfo, kMutantCount> kMutants = {{
#define WR_MUTANT_DEF(id, name, catalogue, about) \
  MutantInfo{name, catalogue, about},
#include "engine/base/mutants.def"
#undef WR_MUTANT_DEF
}};

RunContext& DefaultContext() {
  static RunContext context;
  return context;
}

RunContext* current = nullptr;

}  // namespace

const MarkInfo& Info(Mark mark) { return kMarks[std::size_t(mark)]; }
const MutantInfo& Info(Mutant mutant) { return kMutants[std::size_t(mutant)]; }

std::optional<Mark> FindMark(Slice name) {
  for (std::size_t i = 0; i < kMarkCount; ++i) {
    if (kMarks[i].name == name) return Mark(i);
  }
  return std::nullopt;
}

std::optional<Mutant> FindMutant(Slice name) {
  for (std::size_t i = 0; i < kMutantCount; ++i) {
    if (kMutants[i].name == name) return Mutant(i);
  }
  return std::nullopt;
}

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
