#include "control/sip_service/arguments.h"

#include <gtest/gtest.h>

namespace control {
namespace {

TEST(Arguments, TakesPositionsAndBothFormsOfOptions) {
  const auto a = Arguments::parse({"user", "add", "--password=a=b", "101", "--prefixes", "00,01,"},
                                  {"password", "prefixes"});
  ASSERT_TRUE(a);
  EXPECT_EQ(a->count(), 3U);
  EXPECT_EQ(a->at(2), "101");
  EXPECT_EQ(a->at(3), "");
  EXPECT_EQ(a->value("password"), "a=b");
  EXPECT_EQ(a->list("prefixes"), (std::vector<std::string>{"00", "01"}));
  EXPECT_EQ(a->value("display", "none"), "none");
}

TEST(Arguments, RefusesWhatItDoesNotKnow) {
  EXPECT_FALSE(Arguments::parse({"--passwort", "x"}, {"password"}));
  EXPECT_FALSE(Arguments::parse({"--password"}, {"password"}));
  const auto a = Arguments::parse({"--strip=1x", "--weight=7"}, {"strip", "weight"});
  ASSERT_TRUE(a);
  EXPECT_FALSE(a->number("strip", 0));
  EXPECT_EQ(*a->number("weight", 0), 7U);
  EXPECT_EQ(*a->number("priority", 3), 3U);
}

}  // namespace
}  // namespace control
