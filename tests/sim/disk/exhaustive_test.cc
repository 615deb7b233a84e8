// Small workloads, all of them: every legal crash state is enumerated, the
// chooser must reach exactly those, and applying one must give the bytes that
// a simple redo model gives. Most published crash bugs need no more than three
// operations (Mohan et al., OSDI 2018).
#include <algorithm>
#include <set>

#include "tests/sim/disk/disk_fixture.h"

namespace wringer::sim {
namespace {

struct Op {
  enum Kind { kWrite, kTruncate, kSync, kCreate, kRename, kRemove, kReplace };
  Kind kind;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

const Op kOps[] = {
    {Op::kWrite, 0, 300},     // inside one sector
    {Op::kWrite, 400, 300},   // across two
    {Op::kWrite, 900, 400},   // grows the file
    {Op::kTruncate, 600, 0},  //
    {Op::kTruncate, 0, 0},    //
    {Op::kSync, 0, 0},       {Op::kCreate, 0, 0},  {Op::kRename, 0, 0},
    {Op::kRemove, 0, 0},     {Op::kReplace, 0, 0},
};

constexpr char kLetters[] = "bcd";

void RunOps(TestDisk* d, const std::vector<Op>& ops) {
  d->Install("/f", Fill('a', 1000));
  d->Install("/g", "g");
  auto file = d->Open("/f");
  int letter = 0;
  for (const Op& op : ops) {
    const char c = kLetters[letter++];
    switch (op.kind) {
      case Op::kWrite:
        ASSERT_TRUE(file->WriteAt(op.offset, Fill(c, op.length)).ok());
        break;
      case Op::kTruncate:
        ASSERT_TRUE(file->Truncate(op.offset).ok());
        break;
      case Op::kSync:
        ASSERT_TRUE(file->Sync().ok());
        break;
      case Op::kCreate:
        d->Open(std::string("/") + c);
        break;
      case Op::kRename:
        d->fs().Rename("/f", "/h").IgnoreError();
        break;
      case Op::kRemove:
        d->fs().Remove("/f").IgnoreError();
        break;
      case Op::kReplace:
        d->fs().Rename("/f", "/g").IgnoreError();
        break;
    }
  }
}

std::uint64_t MaskOf(const std::vector<CrashUnit>& units) {
  std::uint64_t mask = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (units[i].kept) mask |= std::uint64_t{1} << i;
  }
  return mask;
}

std::set<std::uint64_t> LegalMasks(const DiskProfile& profile,
                                   const std::vector<CrashUnit>& units) {
  std::vector<std::uint64_t> needs(units.size(), 0);
  for (std::size_t b = 0; b < units.size(); ++b) {
    for (std::size_t a = 0; a < units.size(); ++a) {
      if (a != b && MustPrecede(profile, units[a], units[b])) {
        needs[b] |= std::uint64_t{1} << a;
      }
    }
  }
  std::set<std::uint64_t> legal;
  for (std::uint64_t mask = 0; mask < std::uint64_t{1} << units.size();
       ++mask) {
    bool closed = true;
    for (std::size_t b = 0; b < units.size(); ++b) {
      if ((mask >> b & 1) != 0 && (needs[b] & ~mask) != 0) closed = false;
    }
    if (closed) legal.insert(mask);
  }
  return legal;
}

template <typename Fn>
void ForEachWorkload(Fn fn) {
  for (const Op& first : kOps) {
    for (const Op& second : kOps) {
      for (const Op& third : kOps) {
        fn(std::vector<Op>{first, second, third});
      }
    }
  }
}

class Exhaustive : public testing::TestWithParam<std::string> {};

TEST_P(Exhaustive, TheChooserReachesExactlyTheLegalStates) {
  int workloads = 0;
  std::size_t states = 0;
  ForEachWorkload([&](const std::vector<Op>& ops) {
    TestDisk d(GetParam(), 1);
    RunOps(&d, ops);
    std::vector<CrashUnit> units = d.disk().PendingUnits();
    if (units.size() > 6) return;
    const DiskProfile& profile = d.disk().options().profile;
    const std::set<std::uint64_t> legal = LegalMasks(profile, units);
    std::set<std::uint64_t> reached;
    for (std::uint64_t key = 1; key <= 4000 && reached.size() < legal.size();
         ++key) {
      Choose(profile, {}, key, &units);
      const std::uint64_t mask = MaskOf(units);
      ASSERT_TRUE(legal.contains(mask)) << mask;
      reached.insert(mask);
    }
    ASSERT_EQ(reached.size(), legal.size()) << "of " << units.size();
    ++workloads;
    states += legal.size();
  });
  EXPECT_GT(workloads, 700);
  EXPECT_GT(states, 2000u);
}

// Forward, from the durable bytes: what the kept units leave of "/f".
std::string Redo(const std::vector<Op>& ops,
                 const std::vector<CrashUnit>& units) {
  std::string bytes = Fill('a', 1000);
  bytes.resize(4096);
  std::size_t size = 1000;
  std::size_t op = 0;
  for (const CrashUnit& u : units) {
    switch (u.kind) {
      case CrashUnit::Kind::kData: {
        const auto owns = [&](const Op& o) {
          return o.kind == Op::kWrite && u.low >= o.offset &&
                 u.high <= o.offset + o.length;
        };
        // Units come in program order, and each write's are contiguous.
        while (!owns(ops[op])) ++op;
        if (u.kept) {
          std::fill(bytes.begin() + std::ptrdiff_t(u.low),
                    bytes.begin() + std::ptrdiff_t(u.high), kLetters[op]);
        }
        if (u.high == ops[op].offset + ops[op].length) ++op;
        break;
      }
      case CrashUnit::Kind::kExtend:
        if (u.kept) size = u.low;
        break;
      case CrashUnit::Kind::kTruncate:
        if (!u.kept) break;
        size = u.low;
        std::fill(bytes.begin() + std::ptrdiff_t(size), bytes.end(), '\0');
        break;
      case CrashUnit::Kind::kName:
        break;
    }
  }
  return bytes.substr(0, size);
}

TEST_P(Exhaustive, EveryLegalStateHasTheBytesOfARedoModel) {
  int states = 0;
  ForEachWorkload([&](const std::vector<Op>& ops) {
    for (const Op& op : ops) {
      if (op.kind != Op::kWrite && op.kind != Op::kTruncate) return;
    }
    TestDisk first(GetParam(), 1);
    RunOps(&first, ops);
    const std::vector<CrashUnit> units = first.disk().PendingUnits();
    for (const std::uint64_t mask :
         LegalMasks(first.disk().options().profile, units)) {
      std::vector<CrashUnit> chosen = units;
      for (std::size_t i = 0; i < chosen.size(); ++i) {
        chosen[i].kept = (mask >> i & 1) != 0;
      }
      TestDisk d(GetParam(), 1);
      RunOps(&d, ops);
      d.disk().PowerLossKeeping(chosen);
      d.Remount();
      ASSERT_EQ(d.Read("/f"), Redo(ops, chosen)) << "mask " << mask;
      ++states;
    }
  });
  EXPECT_GT(states, 400);
}

// stale_tail fills what was never written with garbage; cow-like has larger
// blocks, which the model does not know.
INSTANTIATE_TEST_SUITE_P(Profiles, Exhaustive,
                         testing::Values("ext4-ordered", "posix-strict",
                                         "xfs-like", "prefix"),
                         [](const auto& param_info) {
                           std::string name = param_info.param;
                           for (char& c : name) c = c == '-' ? '_' : c;
                           return name;
                         });

}  // namespace
}  // namespace wringer::sim
