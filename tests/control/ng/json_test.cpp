#include "control/ng/json.h"

#include <gmock/gmock.h>

namespace control::ng {
namespace {

using testing::HasSubstr;

std::string again(std::string_view text) {
  const auto value = decode_json(text);
  if (!value) return "error: " + value.error().text;
  std::string out;
  encode_json(*value, out);
  return out;
}

TEST(Json, WhatIsReadPrintsTheSame) {
  for (const std::string_view text :
       {R"({"command":"ping"})", R"({"z":1,"a":[-2,"x",{}],"b":[]})", R"("v=0\r\no=-")", R"("é")"}) {
    EXPECT_EQ(again(text), text);
  }
}

TEST(Json, OtherTypesBecomeTexts) {
  EXPECT_EQ(again(R"([true, false, null, 1.50, 18446744073709551615])"),
            R"(["yes","no","","1.50","18446744073709551615"])");
}

TEST(Json, MalformedIsAnErrorThatNamesThePlace) {
  EXPECT_THAT(again(R"({"a":)"), HasSubstr("malformed at octet"));
  EXPECT_THAT(again(R"({"a":1}x)"), HasSubstr("malformed at octet"));
  EXPECT_THAT(again(""), HasSubstr("malformed"));
  EXPECT_THAT(again("\"\xff\""), HasSubstr("malformed"));
  EXPECT_THAT(again(R"({1:2})"), HasSubstr("malformed"));
}

TEST(Json, DepthAndSizeHaveLimits) {
  EXPECT_THAT(again(std::string(60000, '[')), HasSubstr("too many levels"));
  EXPECT_THAT(again(std::string(kMaxMessage + 1, ' ')), HasSubstr("larger"));
}

TEST(Json, OctetsThatAreNoUtf8AreReplacedOnTheWayOut) {
  std::string out;
  encode_json(Value{std::string{"a\xff"}}, out);
  EXPECT_EQ(out, "\"a\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace control::ng
