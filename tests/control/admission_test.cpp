#include "control/admission.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(Admission, WithoutALimitEverythingFits) {
  EXPECT_TRUE(Admission{1}.fits(0, 5'000'000, 1'000'000, 0));
}

TEST(Admission, KnownCostsDecideBeforeTheWorkerIsFull) {
  const Admission admission{2};
  EXPECT_TRUE(admission.fits(0, 690'000, 10'000, 70));
  EXPECT_FALSE(admission.fits(0, 690'000, 10'001, 70));
  EXPECT_TRUE(admission.fits(1, 0, 700'000, 70));
}

TEST(Admission, WhatCallsReallyTakeScalesTheirCost) {
  Admission admission{2};
  for (int second = 0; second < 60; ++second) admission.measure(0, 0.6, 300'000);
  EXPECT_NEAR(admission.scale(0), 2, 0.01);
  EXPECT_FALSE(admission.fits(0, 300'000, 60'000, 70));
  EXPECT_TRUE(admission.fits(0, 300'000, 40'000, 70));
  EXPECT_EQ(admission.scale(1), 1);
  // An idle moment does not make calls cheap, nor a stall them dear beyond belief.
  for (int second = 0; second < 60; ++second) admission.measure(0, 0.01, 300'000);
  EXPECT_NEAR(admission.scale(0), 0.5, 0.01);
  for (int second = 0; second < 60; ++second) admission.measure(0, 1, 60'000);
  EXPECT_NEAR(admission.scale(0), 4, 0.01);
}

TEST(Admission, NearlyNothingIsNoMeasure) {
  Admission admission{1};
  admission.measure(0, 0.04, 200);
  EXPECT_EQ(admission.scale(0), 1);
}

}  // namespace
}  // namespace control
