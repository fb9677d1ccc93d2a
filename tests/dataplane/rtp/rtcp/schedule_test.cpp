#include "dataplane/rtp/rtcp/schedule.h"

#include <gtest/gtest.h>

#include <set>

namespace dataplane::rtp::rtcp {
namespace {

using namespace std::chrono_literals;

TEST(Schedule, IntervalsLieBetweenHalfAndOneAndAHalf) {
  for (std::uint32_t seed = 0; seed < 200; ++seed) {
    base::Instant now{1000s};
    Schedule schedule(seed * 0x9E3779B9u, now);
    EXPECT_GE(schedule.due() - now, 1250ms) << "the first after half the time";
    EXPECT_LE(schedule.due() - now, 3750ms);
    base::Duration total{};
    for (int i = 0; i < 100; ++i) {
      now = schedule.due();
      schedule.sent(now);
      const auto interval = schedule.due() - now;
      ASSERT_GE(interval, 2500ms);
      ASSERT_LE(interval, 7500ms);
      total += interval;
    }
    EXPECT_NEAR(static_cast<double>(total.count()), 500e9, 75e9) << seed;
  }
}

TEST(Schedule, SameSeedSameTimesOtherSeedOthers) {
  std::set<base::Instant> due;
  for (std::uint32_t seed = 1; seed < 100; seed += 2) due.insert(Schedule(seed * 0x9E3779B9u, {}).due());
  EXPECT_GT(due.size(), 45u);
  EXPECT_EQ(Schedule(7, {}).due(), Schedule(7, {}).due());
}

TEST(Schedule, WhatWasMissedIsNotMadeUpFor) {
  Schedule schedule(1, {});
  schedule.sent(base::Instant{1h});
  EXPECT_GT(schedule.due(), base::Instant{1h});
}

}  // namespace
}  // namespace dataplane::rtp::rtcp
