#include "codecs/fmtp.h"

#include <gtest/gtest.h>

namespace codecs {
namespace {

TEST(Fmtp, FindsValuesWhateverTheSpacingAndCase) {
  constexpr std::string_view kFmtp = "minptime=10; useinbandfec=1 ;maxPlaybackRate = 16000";
  EXPECT_EQ(fmtp_value(kFmtp, "minptime"), "10");
  EXPECT_EQ(fmtp_value(kFmtp, "useinbandfec"), "1");
  EXPECT_EQ(fmtp_integer(kFmtp, "maxplaybackrate"), 16000);
  EXPECT_FALSE(fmtp_value(kFmtp, "ptime").has_value());
}

TEST(Fmtp, AParameterWithoutValueIsNone) {
  EXPECT_FALSE(fmtp_value("0-15", "0-15").has_value());
  EXPECT_FALSE(fmtp_value("", "annexb").has_value());
  EXPECT_EQ(fmtp_value("annexb=", "annexb"), "");
  EXPECT_EQ(fmtp_value(";;annexb=no;", "annexb"), "no");
}

TEST(Fmtp, IntegersMustBeWhole) {
  EXPECT_FALSE(fmtp_integer("cbr=1x", "cbr").has_value());
  EXPECT_FALSE(fmtp_integer("maxaveragebitrate=99999999999", "maxaveragebitrate").has_value());
  EXPECT_FALSE(fmtp_integer("cbr=", "cbr").has_value());
  EXPECT_EQ(fmtp_integer("x=-3", "x"), -3);
}

TEST(Fmtp, OnlyOneSetsAFlag) {
  EXPECT_TRUE(fmtp_flag("usedtx=1", "usedtx"));
  EXPECT_FALSE(fmtp_flag("usedtx=0", "usedtx"));
  EXPECT_FALSE(fmtp_flag("usedtx=yes", "usedtx"));
  EXPECT_FALSE(fmtp_flag("", "usedtx"));
}

}  // namespace
}  // namespace codecs
