#include "mediad/base/result.h"

#include <gtest/gtest.h>

#include <memory>

namespace base {
namespace {

TEST(Result, HoldsAValueOrAnError) {
  Result<std::unique_ptr<int>> good{std::make_unique<int>(5)};
  ASSERT_TRUE(good);
  EXPECT_EQ(**good, 5);
  const auto moved = *std::move(good);
  EXPECT_EQ(*moved, 5);

  const Result<int> bad{Error{"port range is empty"}};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text, "port range is empty");
}

TEST(Result, OfVoid) {
  EXPECT_TRUE(Result<void>{});
  const Result<void> bad{Error{"no"}};
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().text, "no");
}

}  // namespace
}  // namespace base
