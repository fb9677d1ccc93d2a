#include "control/dialog/offer_state.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(OfferState, OneOfferAtATime) {
  OfferState s;
  EXPECT_TRUE(s.local_offer());
  EXPECT_FALSE(s.local_offer());
  EXPECT_EQ(s.remote_offer(), OfferState::Verdict::kGlare);
  s.settle();
  EXPECT_EQ(s.remote_offer(), OfferState::Verdict::kTake);
  EXPECT_EQ(s.remote_offer(), OfferState::Verdict::kBusy);
  EXPECT_FALSE(s.local_offer());
  s.settle();
  EXPECT_TRUE(s.local_offer());
}

TEST(OfferState, OwnersOfTheCallIdWaitLonger) {
  for (std::uint32_t random = 0; random < 1000; ++random) {
    EXPECT_GE(glare_wait_10ms(true, random), 210U);
    EXPECT_LE(glare_wait_10ms(true, random), 400U);
    EXPECT_LE(glare_wait_10ms(false, random), 200U);
  }
}

}  // namespace
}  // namespace control
