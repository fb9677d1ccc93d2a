#include "control/sip/transaction/timer_wheel.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace control::sip {
namespace {

using namespace std::chrono_literals;

constexpr base::Instant kStart{1000s};

TEST(TimerWheel, FiresInOrderAndNeverEarly) {
  TimerWheel wheel(kStart);
  std::mt19937 random(1);
  std::vector<base::Instant> at;
  for (std::uint64_t key = 0; key < 2000; ++key) {
    at.push_back(kStart + std::chrono::milliseconds(random() % 32000));
    wheel.schedule(key, at.back());
  }
  std::size_t fired = 0;
  auto now = kStart;
  while (const auto next = wheel.next()) {
    ASSERT_GT(*next, now);
    now = *next;
    wheel.advance(now, [&](std::uint64_t key) {
      ++fired;
      EXPECT_LE(at[key], now);
      EXPECT_LE(now - at[key], 2 * TimerWheel::kTick);
    });
  }
  EXPECT_EQ(fired, 2000U);
}

TEST(TimerWheel, FarDeadlinesComeDueEarlyAndMayBeScheduledAgain) {
  TimerWheel wheel(kStart);
  const auto deadline = kStart + 100s;
  wheel.schedule(7, deadline);
  int turns = 0;
  auto now = kStart;
  while (const auto next = wheel.next()) {
    now = *next;
    wheel.advance(now, [&](std::uint64_t key) {
      ++turns;
      if (now < deadline) wheel.schedule(key, deadline);
    });
  }
  EXPECT_GE(now, deadline);
  EXPECT_EQ(turns, 4);
}

TEST(TimerWheel, SkipsIdleTimeAtOnce) {
  TimerWheel wheel(kStart);
  EXPECT_FALSE(wheel.next());
  wheel.advance(kStart + std::chrono::hours(1000), [](std::uint64_t) { FAIL(); });
  wheel.schedule(1, kStart + std::chrono::hours(1000));
  EXPECT_EQ(wheel.size(), 1U);
}

}  // namespace
}  // namespace control::sip
