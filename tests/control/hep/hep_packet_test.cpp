#include "control/hep/hep_packet.h"

#include <gtest/gtest.h>

#include "tests/control/hep/hep_decoder.h"

namespace control {
namespace {

using namespace std::chrono_literals;

HepPacket packet(const char* from, const char* to) {
  HepPacket p{*base::SocketAddress::parse(from), *base::SocketAddress::parse(to)};
  p.at = base::WallTime{1795617005s + 250123us};
  p.agent_id = 2001;
  p.correlation_id = "1-2@phone";
  p.payload = "OPTIONS sip:a@b SIP/2.0\r\n\r\n";
  return p;
}

TEST(HepPacket, CarriesAMessageOverUdpAndV4) {
  const auto chunks = decode_hep(encode_hep(packet("192.0.2.1:5060", "198.51.100.7:5070")));
  ASSERT_TRUE(chunks);
  EXPECT_EQ(big_endian(chunks->at(1)), 2U);   // AF_INET
  EXPECT_EQ(big_endian(chunks->at(2)), 17U);  // UDP
  EXPECT_EQ(chunks->at(3), std::string("\xC0\x00\x02\x01", 4));
  EXPECT_EQ(chunks->at(4), std::string("\xC6\x33\x64\x07", 4));
  EXPECT_EQ(big_endian(chunks->at(7)), 5060U);
  EXPECT_EQ(big_endian(chunks->at(8)), 5070U);
  EXPECT_EQ(big_endian(chunks->at(9)), 1795617005U);
  EXPECT_EQ(big_endian(chunks->at(10)), 250123U);
  EXPECT_EQ(big_endian(chunks->at(11)), 1U);  // SIP
  EXPECT_EQ(big_endian(chunks->at(12)), 2001U);
  EXPECT_EQ(chunks->at(12).size(), 4U);
  EXPECT_EQ(chunks->at(15), "OPTIONS sip:a@b SIP/2.0\r\n\r\n");
  EXPECT_EQ(chunks->at(17), "1-2@phone");
  EXPECT_EQ(chunks->size(), 12U);
}

TEST(HepPacket, CarriesV6OverTcpWithoutACallId) {
  auto p = packet("[2001:db8::1]:5061", "[2001:db8::2]:6000");
  p.is_udp = false;
  p.correlation_id = {};
  p.payload_type = HepPayload::kRtcpJson;
  const auto chunks = decode_hep(encode_hep(p));
  ASSERT_TRUE(chunks);
  EXPECT_EQ(big_endian(chunks->at(1)), 10U);  // AF_INET6 as Linux and Homer number it
  EXPECT_EQ(big_endian(chunks->at(2)), 6U);
  EXPECT_EQ(chunks->at(5).size(), 16U);
  EXPECT_EQ(chunks->at(6).back(), '\x02');
  EXPECT_EQ(big_endian(chunks->at(11)), 5U);
  EXPECT_FALSE(chunks->contains(3) || chunks->contains(17));
}

TEST(HepPacket, IsNothingWhenTheMessageIsTooLargeForADatagram) {
  auto p = packet("192.0.2.1:5060", "198.51.100.7:5070");
  const std::string large(65500, 'x');
  p.payload = large;
  EXPECT_EQ(encode_hep(p), "");
}

}  // namespace
}  // namespace control
