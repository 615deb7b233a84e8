#include "sim/core/fiber.h"

#include <gtest/gtest.h>

#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace wringer::sim {
namespace {

class FiberTest : public testing::Test {
 protected:
  Fiber* Make(FiberBody body) {
    return pool_.Create(std::move(body), this, ++made_);
  }
  FiberPool pool_;
  std::uint64_t made_ = 0;
};

struct CountsLife {
  explicit CountsLife(int* counter) : count(counter) { ++*count; }
  ~CountsLife() { --*count; }
  CountsLife(const CountsLife&) = delete;
  CountsLife& operator=(const CountsLife&) = delete;
  int* count;
};

TEST_F(FiberTest, RunsUntilItSuspendsAndGoesOnFromThere) {
  std::vector<int> steps;
  Fiber* fiber = nullptr;
  fiber = Make([&] {
    steps.push_back(1);
    fiber->Suspend();
    steps.push_back(3);
  });
  EXPECT_TRUE(steps.empty());
  fiber->Resume();
  steps.push_back(2);
  EXPECT_FALSE(fiber->done());
  fiber->Resume();
  EXPECT_TRUE(fiber->done());
  EXPECT_EQ(steps, (std::vector<int>{1, 2, 3}));
  pool_.Destroy(fiber);
  EXPECT_EQ(pool_.live(), 0u);
}

TEST_F(FiberTest, KnowsWhichOneRuns) {
  Fiber* fiber = nullptr;
  fiber = Make([&] { EXPECT_EQ(pool_.current(), fiber); });
  EXPECT_EQ(pool_.current(), nullptr);
  fiber->Resume();
  EXPECT_EQ(pool_.current(), nullptr);
  pool_.Destroy(fiber);
}

TEST_F(FiberTest, UnwindingRunsTheDestructorsOfEveryFrame) {
  int alive = 0;
  bool reached_the_end = false;
  Fiber* fiber = nullptr;
  const auto inner = [&] {
    CountsLife b(&alive);
    fiber->Suspend();
    reached_the_end = true;
  };
  fiber = Make([&] {
    CountsLife a(&alive);
    inner();
  });
  fiber->Resume();
  EXPECT_EQ(alive, 2);
  fiber->Unwind();
  EXPECT_TRUE(fiber->done());
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(reached_the_end);
  pool_.Destroy(fiber);
}

TEST_F(FiberTest, UnwindingOneThatNeverRanOnlyDropsItsBody) {
  int alive = 0;
  bool ran = false;
  Fiber* fiber =
      Make([life = std::make_unique<CountsLife>(&alive), &ran] { ran = true; });
  EXPECT_EQ(alive, 1);
  fiber->Unwind();
  EXPECT_EQ(alive, 0);
  EXPECT_FALSE(ran);
  pool_.Destroy(fiber);
}

// Without the wrapper's care A rethrows "B" and B rethrows "A".
TEST_F(FiberTest, TwoFibersThatSuspendInsideCatchKeepTheirExceptions) {
  std::vector<std::string> seen;
  std::vector<Fiber*> fibers;
  for (const char* name : {"A", "B"}) {
    fibers.push_back(Make([this, name, &seen] {
      try {
        try {
          throw std::runtime_error(name);
        } catch (const std::runtime_error&) {
          pool_.current()->Suspend();
          throw;
        }
      } catch (const std::runtime_error& e) {
        seen.push_back(std::string(name) + " got " + e.what());
      }
    }));
  }
  for (Fiber* fiber : fibers) fiber->Resume();
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  EXPECT_EQ(std::current_exception(), nullptr);
  for (Fiber* fiber : fibers) fiber->Resume();
  for (Fiber* fiber : fibers) pool_.Destroy(fiber);
  EXPECT_EQ(seen, (std::vector<std::string>{"A got A", "B got B"}));
}

TEST_F(FiberTest, TheLoopKeepsItsOwnExceptionWhileFibersThrow) {
  Fiber* fiber = Make([] {
    try {
      throw std::runtime_error("inner");
    } catch (const std::runtime_error&) {
    }
  });
  try {
    try {
      throw std::runtime_error("outer");
    } catch (const std::runtime_error&) {
      fiber->Resume();
      throw;
    }
  } catch (const std::runtime_error& e) {
    EXPECT_STREQ(e.what(), "outer");
  }
  pool_.Destroy(fiber);
}

TEST_F(FiberTest, AFiberSuspendedInsideCatchUnwindsCleanly) {
  Fiber* fiber = Make([this] {
    try {
      throw std::runtime_error("held");
    } catch (const std::runtime_error&) {
      pool_.current()->Suspend();
    }
  });
  fiber->Resume();
  fiber->Unwind();
  EXPECT_EQ(std::uncaught_exceptions(), 0);
  pool_.Destroy(fiber);
}

TEST_F(FiberTest, StacksAreUsedAgain) {
  for (int i = 0; i < 1000; ++i) {
    Fiber* fiber = Make([this] { pool_.current()->Suspend(); });
    fiber->Resume();
    fiber->Resume();
    pool_.Destroy(fiber);
  }
  EXPECT_EQ(pool_.stacks().mapped_bytes(),
            16 * StackPoolOptions::kStackBytesDefault);
}

TEST_F(FiberTest, AThousandParkedFibersUnwindToNothing) {
  int alive = 0;
  std::vector<Fiber*> fibers;
  for (int i = 0; i < 1000; ++i) {
    fibers.push_back(Make([this, &alive] {
      CountsLife life(&alive);
      pool_.current()->Suspend();
    }));
    fibers.back()->Resume();
  }
  EXPECT_EQ(alive, 1000);
  for (Fiber* fiber : fibers) {
    fiber->Unwind();
    pool_.Destroy(fiber);
  }
  EXPECT_EQ(alive, 0);
  EXPECT_EQ(pool_.live(), 0u);
}

class FiberDeathTest : public FiberTest {};

// Touches every page on the way down, as real frames do.
[[gnu::noinline]] int Dig(int depth) {
  volatile char frame[1024];
  frame[0] = char(depth);
  return depth == 0 ? int(frame[0]) : Dig(depth - 1) + int(frame[0]);
}

TEST_F(FiberDeathTest, AStackOverflowStopsAtTheGuardPage) {
  Fiber* fiber = Make([] { EXPECT_NE(Dig(1'000'000), 1); });
  EXPECT_DEATH(fiber->Resume(), "");
  pool_.Destroy(fiber);
}

struct SuspendsInDestructor {
  ~SuspendsInDestructor() noexcept(false) { pool->current()->Suspend(); }
  FiberPool* pool;
};

TEST_F(FiberDeathTest, SuspendingWhileAnExceptionIsInFlightIsOurBug) {
  Fiber* fiber = Make([this] {
    try {
      SuspendsInDestructor guard{&pool_};
      throw std::runtime_error("in flight");
    } catch (const std::runtime_error&) {
    }
  });
  EXPECT_DEATH(fiber->Resume(), "while an exception is in flight");
  pool_.Destroy(fiber);
}

TEST_F(FiberDeathTest, ADestructorMayNotSuspendADyingFiber) {
  Fiber* fiber = Make([this] {
    SuspendsInDestructor guard{&pool_};
    pool_.current()->Suspend();
  });
  fiber->Resume();
  EXPECT_DEATH(fiber->Unwind(), "a destructor blocks");
  // One that lives may.
  fiber->Resume();
  fiber->Resume();
  pool_.Destroy(fiber);
}

TEST_F(FiberDeathTest, AFiberMayNotResumeAnother) {
  Fiber* inner = Make([] {});
  Fiber* outer = Make([inner] { inner->Resume(); });
  EXPECT_DEATH(outer->Resume(), "current_ == nullptr");
  pool_.Destroy(outer);
  pool_.Destroy(inner);
}

}  // namespace
}  // namespace wringer::sim
