#include "control/ng/cookie_cache.h"

#include <gtest/gtest.h>

namespace control::ng {
namespace {

using std::chrono::seconds;

constexpr base::Instant kStart{seconds{1000}};

TEST(CookieCache, AReplyIsKeptForThirtySecondsAtLeastAndSixtyAtMost) {
  CookieCache cache;
  cache.store("a", "reply", kStart);
  ASSERT_NE(cache.find("a", kStart), nullptr);
  EXPECT_EQ(*cache.find("a", kStart), "reply");
  EXPECT_EQ(cache.find("b", kStart), nullptr);
  // Late in its generation: gone two generations later, not before thirty seconds have passed.
  cache.store("late", "reply", kStart + seconds{29});
  EXPECT_NE(cache.find("a", kStart + seconds{31}), nullptr);
  EXPECT_NE(cache.find("late", kStart + seconds{59}), nullptr);
  EXPECT_EQ(cache.find("late", kStart + seconds{90}), nullptr);
}

TEST(CookieCache, AfterALongSilenceNothingIsLeft) {
  CookieCache cache;
  cache.store("a", "reply", kStart);
  EXPECT_EQ(cache.find("a", kStart + seconds{61}), nullptr);
}

TEST(CookieCache, AFloodShortensTheGenerationInsteadOfEatingMemory) {
  CookieCache cache;
  const std::string reply(1024 * 1024, 'x');
  cache.store("first", reply, kStart);
  for (int i = 0; i < 31; ++i) cache.store("b" + std::to_string(i), reply, kStart);
  EXPECT_NE(cache.find("first", kStart), nullptr);
  for (int i = 0; i < 33; ++i) cache.store("c" + std::to_string(i), reply, kStart);
  EXPECT_EQ(cache.find("first", kStart), nullptr);
  EXPECT_NE(cache.find("c32", kStart), nullptr);
}

}  // namespace
}  // namespace control::ng
