#include "codecs/mix.h"

#include <gtest/gtest.h>

#include <vector>

namespace codecs {
namespace {

using Pcm = std::vector<std::int16_t>;

TEST(Mix, DecibelsBecomeFactors) {
  EXPECT_EQ(gain_from_db(0).q12, 4096);
  EXPECT_NEAR(gain_from_db(6.02F).q12, 8192, 2);
  EXPECT_NEAR(gain_from_db(-20).q12, 410, 1);
  EXPECT_EQ(gain_from_db(40).q12, 32767);
  EXPECT_EQ(gain_from_db(-200).q12, 0);
}

TEST(Mix, GainRoundsAndSaturates) {
  Pcm pcm{100, -100, 20000, -20000, 1, -1, 0};
  apply_gain(pcm, {8192});
  EXPECT_EQ(pcm, (Pcm{200, -200, 32767, -32768, 2, -2, 0}));
  apply_gain(pcm, {2048});
  EXPECT_EQ(pcm, (Pcm{100, -100, 16384, -16384, 1, -1, 0}));
}

TEST(Mix, EachHearsTheOthers) {
  const Pcm a{30000, -30000, 5};
  const Pcm b{30000, -30000, 6};
  const Pcm c{-1000, 1000, 7};
  std::vector<std::int32_t> sum(3);
  for (const auto* voice : {&a, &b, &c}) accumulate(sum, *voice);
  Pcm out(3);
  mix_minus(sum, a, out);
  EXPECT_EQ(out, (Pcm{29000, -29000, 13}));
  mix_minus(sum, c, out);
  EXPECT_EQ(out, (Pcm{32767, -32768, 11}));
  mix_minus(sum, {}, out);
  EXPECT_EQ(out, (Pcm{32767, -32768, 18}));
}

}  // namespace
}  // namespace codecs
