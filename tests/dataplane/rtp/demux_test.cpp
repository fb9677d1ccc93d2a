#include "dataplane/rtp/demux.h"

#include <gtest/gtest.h>

#include "tests/dataplane/rtp/packet_table.h"

namespace dataplane::rtp {
namespace {

using test::from_hex;

TEST(Demux, SortsWhatChromeSendsOnOnePort) {
  const auto packets = test::read_packets("chrome-stun-dtls-srtp.txt");
  const Protocol expected[] = {Protocol::kStun, Protocol::kStun, Protocol::kDtls,
                               Protocol::kDtls, Protocol::kStun, Protocol::kRtcp,
                               Protocol::kRtp,  Protocol::kRtp,  Protocol::kRtp};
  ASSERT_EQ(packets.size(), std::size(expected));
  for (std::size_t i = 0; i < packets.size(); ++i) EXPECT_EQ(classify(packets[i].octets), expected[i]) << i;
}

TEST(Demux, FollowsTheRangesOfRfc7983) {
  for (unsigned first = 0; first < 256; ++first) {
    const std::byte packet[2] = {static_cast<std::byte>(first), std::byte{0}};
    const Protocol expected = first >= 128 && first <= 191 ? Protocol::kRtp
                              : first >= 16 && first <= 19 ? Protocol::kZrtp
                              : first >= 20 && first <= 63 ? Protocol::kDtls
                              : first >= 64 && first <= 79 ? Protocol::kTurnChannel
                                                           : Protocol::kUnknown;  // two octets are no STUN
    EXPECT_EQ(classify(packet), expected) << first;
  }
}

TEST(Demux, NothingAndOneOctetAreUnknown) {
  EXPECT_EQ(classify({}), Protocol::kUnknown);
  EXPECT_EQ(classify(from_hex("80")), Protocol::kUnknown);
}

TEST(Demux, StunNeedsItsCookieAndItsLength) {
  const auto request = from_hex("0001 0000 2112a442 000102030405060708090a0b");
  EXPECT_TRUE(is_stun(request));
  EXPECT_EQ(classify(request), Protocol::kStun);
  EXPECT_FALSE(is_stun(from_hex("0001 0000 2112a443 000102030405060708090a0b"))) << "RFC 3489, no cookie";
  EXPECT_FALSE(is_stun(from_hex("0001 0004 2112a442 000102030405060708090a0b")))
      << "length beyond the datagram";
  EXPECT_FALSE(is_stun(from_hex("0001 0002 2112a442 000102030405060708090a0b 0000"))) << "not whole words";
  EXPECT_FALSE(is_stun(from_hex("4001 0000 2112a442 000102030405060708090a0b"))) << "top bits";
}

}  // namespace
}  // namespace dataplane::rtp
