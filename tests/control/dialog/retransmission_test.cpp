#include "control/dialog/retransmission.h"

#include <gtest/gtest.h>

#include <vector>

namespace control {
namespace {

using namespace std::chrono_literals;

std::vector<int> play_out(Retransmission::Pace pace) {
  const base::Instant start{1000s};
  Retransmission r(pace, start);
  std::vector<int> at;
  while (true) {
    const auto now = r.deadline();
    const auto act = r.on_time(now);
    at.push_back(static_cast<int>((now - start) / 1ms));
    if (act == Retransmission::Act::kGiveUp) return at;
  }
}

TEST(Retransmission, PacesAreThoseOfTheRfcs) {
  EXPECT_EQ(play_out(Retransmission::Pace::kUpToT2),
            (std::vector<int>{500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500, 32000}));
  EXPECT_EQ(play_out(Retransmission::Pace::kDoubling),
            (std::vector<int>{500, 1500, 3500, 7500, 15500, 31500, 32000}));
}

}  // namespace
}  // namespace control
