#include "codecs/format.h"

#include <gtest/gtest.h>

namespace codecs {
namespace {

TEST(Format, SameEncodingFoldsCaseAndIgnoresFmtp) {
  const Format opus{"opus", {48000}, 2, "useinbandfec=1"};
  EXPECT_TRUE(same_encoding(opus, {"OPUS", {48000}, 2, ""}));
  EXPECT_FALSE(same_encoding(opus, {"opus", {48000}, 1, ""}));
  EXPECT_FALSE(same_encoding(opus, {"opus", {8000}, 2, ""}));
  EXPECT_FALSE(same_encoding(opus, {"opusx", {48000}, 2, ""}));
}

}  // namespace
}  // namespace codecs
