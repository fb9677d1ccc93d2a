#include "dataplane/net/first_octet.h"

#include <gtest/gtest.h>

namespace dataplane {
namespace {

MediaProtocol of(int first, int second) {
  const std::byte octets[]{static_cast<std::byte>(first), static_cast<std::byte>(second)};
  return classify(octets);
}

// The figure of RFC 7983 §7, every value.
TEST(Classify, FirstOctetByRfc7983) {
  for (int first = 0; first < 256; ++first) {
    auto expected = MediaProtocol::kUnknown;
    if (first <= 3)
      expected = MediaProtocol::kStun;
    else if (first >= 16 && first <= 19)
      expected = MediaProtocol::kZrtp;
    else if (first >= 20 && first <= 63)
      expected = MediaProtocol::kDtls;
    else if (first >= 64 && first <= 79)
      expected = MediaProtocol::kTurnChannel;
    else if (first >= 128 && first <= 191)
      expected = MediaProtocol::kRtp;
    EXPECT_EQ(of(first, 0), expected) << first;
  }
}

// RFC 5761 §4.
TEST(Classify, RtcpByPacketType) {
  for (int second = 0; second < 256; ++second)
    EXPECT_EQ(of(0x80, second), second >= 192 && second <= 223 ? MediaProtocol::kRtcp : MediaProtocol::kRtp);
}

TEST(Classify, TooShortIsUnknown) {
  EXPECT_EQ(classify({}), MediaProtocol::kUnknown);
  const std::byte one{0x80};
  EXPECT_EQ(classify({&one, 1}), MediaProtocol::kUnknown);
}

}  // namespace
}  // namespace dataplane
