#include "control/routing/number_target.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(NumberTarget, ReadsBackWhatItPrints) {
  for (const auto* text : {"user:101", "group:sales", "trunk:carrier:+4930123"}) {
    const auto target = parse_number_target(text);
    ASSERT_TRUE(target) << text;
    EXPECT_EQ(print_number_target(*target), text);
  }
}

TEST(NumberTarget, SaysWhatItExpects) {
  for (const auto* text :
       {"", "101", "user:", "phone:101", "trunk:carrier", "trunk:carrier:", "trunk::123"}) {
    const auto target = parse_number_target(text);
    ASSERT_FALSE(target) << text;
    EXPECT_NE(target.error().text.find("user:NAME"), std::string::npos);
  }
}

}  // namespace
}  // namespace control
