#include "dataplane/timer_wheel.h"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <vector>

namespace dataplane {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};

std::size_t fire_all(TimerWheel& wheel, base::Instant now) {
  std::size_t fired = 0;
  while (wheel.pop_due(now) != nullptr) ++fired;
  return fired;
}

TEST(TimerWheel, FiresNeverBeforeAndAtMostOneTickAfter) {
  TimerWheel wheel{kStart};
  Timer timer;
  wheel.schedule(timer, kStart + microseconds{20'300});
  EXPECT_EQ(wheel.pop_due(kStart + microseconds{20'299}), nullptr);
  EXPECT_TRUE(timer.scheduled());
  EXPECT_EQ(wheel.pop_due(kStart + microseconds{21'300}), &timer);
  EXPECT_FALSE(timer.scheduled());
  EXPECT_EQ(wheel.pop_due(kStart + seconds{10}), nullptr);
}

TEST(TimerWheel, AnInstantThatHasPassedFiresOnTheNextTick) {
  TimerWheel wheel{kStart};
  EXPECT_EQ(wheel.pop_due(kStart + seconds{5}), nullptr);
  Timer timer;
  wheel.schedule(timer, kStart + seconds{1});
  EXPECT_EQ(wheel.pop_due(kStart + seconds{5} + TimerWheel::kTick), &timer);
}

TEST(TimerWheel, ATimerBeyondOneRoundWaitsForItsOwn) {
  TimerWheel wheel{kStart};
  Timer timer;
  const auto due = kStart + 3 * TimerWheel::kSlots * TimerWheel::kTick + milliseconds{7};
  wheel.schedule(timer, due);
  for (auto now = kStart; now < due; now += milliseconds{3}) ASSERT_EQ(wheel.pop_due(now), nullptr);
  EXPECT_EQ(wheel.pop_due(due + TimerWheel::kTick), &timer);
}

TEST(TimerWheel, CancelAndRescheduleMoveATimer) {
  TimerWheel wheel{kStart};
  Timer a, b;
  wheel.schedule(a, kStart + milliseconds{5});
  wheel.schedule(b, kStart + milliseconds{5});
  wheel.cancel(a);
  wheel.cancel(a);
  wheel.schedule(b, kStart + milliseconds{50});
  EXPECT_EQ(wheel.pop_due(kStart + milliseconds{20}), nullptr);
  EXPECT_EQ(wheel.pop_due(kStart + milliseconds{51}), &b);
}

TEST(TimerWheel, CancellingTheNextOneInASlotWhileWalkingIt) {
  TimerWheel wheel{kStart};
  std::array<Timer, 3> timers;
  for (auto& timer : timers) wheel.schedule(timer, kStart + milliseconds{5});
  EXPECT_EQ(wheel.pop_due(kStart + milliseconds{6}), &timers[0]);
  wheel.cancel(timers[1]);
  EXPECT_EQ(wheel.pop_due(kStart + milliseconds{6}), &timers[2]);
  EXPECT_EQ(wheel.pop_due(kStart + milliseconds{6}), nullptr);
}

TEST(TimerWheel, ABudgetMayStopInTheMiddleAndNothingIsForgotten) {
  TimerWheel wheel{kStart};
  std::array<Timer, 100> timers;
  for (std::size_t i = 0; i < timers.size(); ++i) wheel.schedule(timers[i], kStart + milliseconds{i % 10});
  std::size_t fired = 0;
  for (int turn = 0; turn < 50; ++turn) {
    for (int budget = 0; budget < 3; ++budget)
      fired += wheel.pop_due(kStart + milliseconds{20 + turn}) != nullptr;
  }
  EXPECT_EQ(fired, timers.size());
}

TEST(TimerWheel, RandomTimersAfterAnyPauseAllFireInTime) {
  std::mt19937 random{7};
  TimerWheel wheel{kStart};
  std::array<Timer, 300> timers;
  std::array<base::Instant, 300> due;
  auto now = kStart;
  for (int round = 0; round < 400; ++round) {
    for (std::size_t i = 0; i < timers.size(); ++i) {
      if (timers[i].scheduled() || random() % 4 != 0) continue;
      due[i] = now + microseconds{random() % 9'000'000};
      wheel.schedule(timers[i], due[i]);
    }
    now += microseconds{random() % (round % 50 == 0 ? 12'000'000 : 40'000)};
    while (auto* timer = wheel.pop_due(now))
      ASSERT_LE(due[static_cast<std::size_t>(timer - timers.data())], now);
    for (std::size_t i = 0; i < timers.size(); ++i) {
      if (timers[i].scheduled()) {
        ASSERT_GT(due[i] + 2 * TimerWheel::kTick, now) << "timer " << i << " is overdue";
      }
    }
  }
  EXPECT_LE(fire_all(wheel, now + seconds{20}), timers.size());
}

}  // namespace
}  // namespace dataplane
