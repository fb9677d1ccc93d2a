#include "mediad/base/log.h"

#include <gtest/gtest.h>

namespace base {
namespace {

using namespace std::chrono_literals;

TEST(LogLimiter, AdmitsABurstThenTheRateAndCountsTheRest) {
  LogLimiter limiter{/*per_second=*/2, /*burst=*/3};
  Instant now{1h};
  int admitted = 0;
  for (int i = 0; i < 10; ++i) admitted += limiter.admit(now) ? 1 : 0;
  EXPECT_EQ(admitted, 3);
  EXPECT_EQ(limiter.take_withheld(), 7u);
  EXPECT_EQ(limiter.take_withheld(), 0u);
  EXPECT_TRUE(limiter.admit(now + 500ms));
  EXPECT_FALSE(limiter.admit(now + 600ms));
}

}  // namespace
}  // namespace base
