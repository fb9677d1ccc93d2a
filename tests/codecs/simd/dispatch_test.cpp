#include "codecs/simd/dispatch.h"

#include <gtest/gtest.h>

namespace codecs::simd {
namespace {

TEST(Dispatch, NamesAreReadBack) {
  for (const Target target : {Target::kScalar, Target::kSse41, Target::kAvx2, Target::kAvx512}) {
    EXPECT_EQ(parse_target(name(target)), target);
  }
  EXPECT_FALSE(parse_target("neon").has_value());
  EXPECT_FALSE(parse_target("").has_value());
}

TEST(Dispatch, AWishCanOnlyLowerTheChoice) {
  EXPECT_EQ(choose("scalar", Target::kAvx2), Target::kScalar);
  EXPECT_EQ(choose("sse41", Target::kAvx2), Target::kSse41);
  EXPECT_EQ(choose("avx512", Target::kAvx2), Target::kAvx2);
  EXPECT_EQ(choose("", Target::kAvx2), Target::kAvx2);
  EXPECT_EQ(choose("fastest", Target::kSse41), Target::kSse41);
}

TEST(Dispatch, RunnableEndsWithTheDetectedTarget) {
  ASSERT_FALSE(runnable().empty());
  EXPECT_EQ(runnable().front(), Target::kScalar);
  EXPECT_EQ(runnable().back(), detected());
  EXPECT_LE(selected(), detected());
}

}  // namespace
}  // namespace codecs::simd
