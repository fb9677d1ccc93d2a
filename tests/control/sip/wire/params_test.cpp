#include "control/sip/wire/params.h"

#include <gtest/gtest.h>

#include <vector>

namespace control::sip {
namespace {

TEST(Params, FindsByNameWithoutCase) {
  std::string_view text = ";a;B = \"x;c=1\" ; c=2, rest";
  const auto params = take_params(text);
  ASSERT_TRUE(params);
  EXPECT_EQ(text, ", rest");
  EXPECT_EQ(find_param(*params, "A"), "");
  EXPECT_EQ(find_param(*params, "b"), "\"x;c=1\"");
  EXPECT_EQ(find_param(*params, "c"), "2");
  EXPECT_FALSE(find_param(*params, "d"));
}

TEST(Params, QuotingIsUndone) {
  for (const auto* text : {"", "plain", "with \"quotes\" and \\"}) EXPECT_EQ(unquoted(quoted(text)), text);
  EXPECT_EQ(unquoted("token"), "token");
  std::string_view open = "\"never closed\\\"";
  EXPECT_FALSE(take_quoted(open));
}

TEST(Params, NumbersHaveALimit) {
  EXPECT_EQ(parse_number("00042", 100), 42U);
  EXPECT_FALSE(parse_number("101", 100));
  EXPECT_FALSE(parse_number("99999999999999999999999999", 0xffffffff));
  EXPECT_FALSE(parse_number("", 100));
  EXPECT_FALSE(parse_number("1x", 100));
  std::string_view huge = "99999999999999999999999999;x";
  EXPECT_EQ(take_delta_seconds(huge), 0xffffffffU);
  EXPECT_EQ(huge, ";x");
}

TEST(Params, TokensOfAList) {
  std::vector<std::string_view> tokens;
  for_each_token("100rel , timer,\treplaces", [&](std::string_view t) { tokens.push_back(t); });
  EXPECT_EQ(tokens, (std::vector<std::string_view>{"100rel", "timer", "replaces"}));
}

}  // namespace
}  // namespace control::sip
