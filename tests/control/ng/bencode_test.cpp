#include "control/ng/bencode.h"

#include <gmock/gmock.h>

namespace control::ng {
namespace {

using testing::HasSubstr;

std::string again(std::string_view text) {
  const auto value = decode_bencode(text);
  if (!value) return "error: " + value.error().text;
  std::string out;
  encode_bencode(*value, out);
  return out;
}

TEST(Bencode, WhatIsReadPrintsTheSame) {
  for (const std::string_view text : {
           std::string_view{"d7:command4:pinge"},
           std::string_view{"d1:zi1e1:ai-2ee"},  // keys unsorted, kept so
           std::string_view{"le"}, std::string_view{"de"}, std::string_view{"0:"}, std::string_view{"i0e"},
           std::string_view{"d8:supportsl10:load limite7:call-id3:abce"},
           std::string_view{"5:a\0b\r\n", 7},  // any octet
       }) {
    EXPECT_EQ(again(text), text);
  }
}

TEST(Bencode, LineEndsBehindTheValueAreForgiven) {
  EXPECT_EQ(again(std::string_view{"i5e\r\n\0", 6}), "i5e");
}

TEST(Bencode, MalformedIsAnErrorThatNamesThePlace) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "middle"},
      {"d", "middle"},
      {"d3:abc", "middle"},
      {"5:abc", "middle"},
      {"i12", "middle"},
      {"ie", "bad number at octet 1"},
      {"i1xe", "bad number"},
      {"i99999999999999999999e", "bad number"},
      {"-1:a", "unknown type at octet 0"},
      {"99999999999999999999:", "bad number"},
      {"18446744073709551615:x", "bad number"},
      {"x", "unknown type"},
      {"di1e1:ae", "unknown type at octet 1"},
      {"i1ei2e", "goes on"},
  };
  for (const auto& [text, reason] : cases) EXPECT_THAT(again(text), HasSubstr(std::string{reason})) << text;
}

TEST(Bencode, DepthAndSizeHaveLimits) {
  const auto nested = [](std::size_t levels) { return std::string(levels, 'l') + std::string(levels, 'e'); };
  EXPECT_EQ(again(nested(kMaxDepth)), nested(kMaxDepth));
  EXPECT_THAT(again(nested(kMaxDepth + 1)), HasSubstr("too many levels"));
  EXPECT_THAT(again(std::string(60000, 'l')), HasSubstr("too many levels"));
  EXPECT_THAT(again(std::string(kMaxMessage + 1, 'l')), HasSubstr("larger"));
}

TEST(Value, NumbersMayComeAsTexts) {
  EXPECT_EQ(Value{"5"}.as_number(), 5);
  EXPECT_EQ(Value{std::int64_t{-7}}.as_number(), -7);
  EXPECT_EQ(Value{"5x"}.as_number(), std::nullopt);
  EXPECT_EQ(Value{""}.as_number(), std::nullopt);
  EXPECT_EQ(Value{Value::List{}}.as_number(), std::nullopt);
  EXPECT_EQ(Value{std::int64_t{12}}.as_text(), "12");
}

TEST(Value, TheFirstOfTwoEqualKeysCounts) {
  const auto value = decode_bencode("d1:a1:x1:a1:ye");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->find("a")->as_text(), "x");
  EXPECT_EQ(value->find("b"), nullptr);
}

}  // namespace
}  // namespace control::ng
