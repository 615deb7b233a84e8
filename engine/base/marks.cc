#include "engine/base/marks.h"

#include <array>

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

static_assert(kMarkCount <= kMaxMarks && kMutantCount <= kMaxMutants);

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

}  // namespace wringer
