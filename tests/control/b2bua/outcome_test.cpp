#include "control/b2bua/outcome.h"

#include <gtest/gtest.h>

namespace control {
namespace {

std::uint16_t best_of(std::initializer_list<std::uint16_t> statuses) {
  BestOutcome best;
  for (const auto status : statuses) best.consider({status, {}, {}, false});
  return best.get().status;
}

// RFC 3261 §16.7 step 6.
TEST(BestOutcome, PrefersWhatSaysMost) {
  EXPECT_EQ(best_of({}), 480);
  EXPECT_EQ(best_of({503, 486, 404}), 486);
  EXPECT_EQ(best_of({480, 404}), 404);
  EXPECT_EQ(best_of({503, 480}), 480);
  EXPECT_EQ(best_of({486, 603}), 603);
  EXPECT_EQ(best_of({500, 503}), 500);
}

TEST(Outcome, ASilentTrunkSendsTheCallElsewhere) {
  EXPECT_TRUE(outcome_of(sip::TxnFailed::Cause::kTimeout, true).elsewhere);
  EXPECT_FALSE(outcome_of(sip::TxnFailed::Cause::kTimeout, false).elsewhere);
  EXPECT_EQ(outcome_of(sip::TxnFailed::Cause::kUnresolved, true).status, 503);
  EXPECT_EQ(outcome_of(sip::TxnFailed::Cause::kFlowGone, false).status, 480);
}

}  // namespace
}  // namespace control
