#include "control/sdp/values.h"

#include <gtest/gtest.h>

namespace control::sdp {
namespace {

TEST(Origin, ReadsAndPrints) {
  const auto origin = Origin::parse("SIPDECT2504 4400 1459 IN IP4 192.168.105.110");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->username, "SIPDECT2504");
  EXPECT_EQ(origin->session_id, "4400");
  EXPECT_EQ(origin->version, "1459");
  EXPECT_EQ(origin->address, "192.168.105.110");
  EXPECT_EQ(origin->to_string(), "SIPDECT2504 4400 1459 IN IP4 192.168.105.110");
}

TEST(Origin, ToleratesBlanksInTheUserName) {
  const auto origin = Origin::parse("Front Desk 1 2 IN IP4 192.0.2.1");
  ASSERT_TRUE(origin);
  EXPECT_EQ(origin->username, "Front Desk");
  EXPECT_EQ(origin->session_id, "1");
}

TEST(Origin, RefusesWhatIsNone) {
  EXPECT_FALSE(Origin::parse(""));
  EXPECT_FALSE(Origin::parse("- 1 2 IN IP4"));
  EXPECT_FALSE(Origin::parse("- 1 two IN IP4 192.0.2.1"));
}

TEST(Origin, VersionGrowsWithoutALimit) {
  Origin origin;
  origin.version = "1459";
  origin.increment_version();
  EXPECT_EQ(origin.version, "1460");
  origin.version = "99999999999999999999";  // beyond 64 bits
  origin.increment_version();
  EXPECT_EQ(origin.version, "100000000000000000000");
}

TEST(Connection, KnowsFamiliesNamesAndMulticast) {
  EXPECT_EQ(Connection::parse("IN IP4 192.0.2.1")->ip, base::IpAddress::v4(192, 0, 2, 1));
  EXPECT_EQ(Connection::parse("IN IP4 233.252.0.1/127/3")->ip, base::IpAddress::v4(233, 252, 0, 1));
  EXPECT_TRUE(Connection::parse("IN IP6 2001:db8::1")->ip->is_v6());
  EXPECT_EQ(Connection::parse("IN IP4 media.example.net")->ip, std::nullopt);
  EXPECT_EQ(Connection::parse("IN IP6 192.0.2.1")->ip, std::nullopt);  // family and address disagree
  EXPECT_FALSE(Connection::parse("IN IP4"));
  EXPECT_FALSE(Connection::parse("IN IP4 192.0.2.1 more"));
  EXPECT_EQ(Connection::of(*base::IpAddress::parse("2001:db8::1")).to_string(), "IN IP6 2001:db8::1");
}

TEST(MediaLine, ReadsPortsProfileAndFormats) {
  const auto media = MediaLine::parse("audio 49170/2 RTP/AVP 0 8 101");
  ASSERT_TRUE(media);
  EXPECT_EQ(media->type, "audio");
  EXPECT_EQ(media->port, 49170);
  EXPECT_EQ(media->port_count, 2);
  EXPECT_EQ(media->formats, (std::vector<std::string>{"0", "8", "101"}));
  EXPECT_TRUE(media->is_rtp());
  EXPECT_EQ(media->to_string(), "audio 49170/2 RTP/AVP 0 8 101");
}

TEST(MediaLine, KnowsWhatCarriesRtp) {
  for (const auto* proto : {"RTP/AVP", "RTP/AVPF", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVPF", "rtp/avp"}) {
    EXPECT_TRUE(MediaLine::parse(std::string("audio 1 ") + proto + " 0")->is_rtp()) << proto;
  }
  EXPECT_FALSE(MediaLine::parse("image 16756 udptl t38")->is_rtp());
  EXPECT_FALSE(MediaLine::parse("application 9 UDP/DTLS/SCTP webrtc-datachannel")->is_rtp());
}

TEST(MediaLine, TakesARejectedStreamWithoutFormats) {
  EXPECT_EQ(MediaLine::parse("video 0 RTP/AVP")->formats.size(), 0U);
}

TEST(MediaLine, RefusesWhatIsNone) {
  for (const auto* text : {"", "audio", "audio 5000", "audio x RTP/AVP 0", "audio 65536 RTP/AVP 0",
                           "audio -1 RTP/AVP 0", "audio 5000/0 RTP/AVP 0", "audio 5000/ RTP/AVP 0"}) {
    EXPECT_FALSE(MediaLine::parse(text)) << text;
  }
  std::string endless = "audio 5000 RTP/AVP";
  for (int i = 0; i < 200; ++i) endless += " 0";
  EXPECT_FALSE(MediaLine::parse(endless));
}

TEST(DirectionTable, ReversesAndMeets) {  // RFC 3264 §6.1
  EXPECT_EQ(reversed(Direction::kSendOnly), Direction::kRecvOnly);
  EXPECT_EQ(reversed(Direction::kSendRecv), Direction::kSendRecv);
  EXPECT_EQ(common(Direction::kSendRecv, Direction::kSendOnly), Direction::kSendOnly);
  EXPECT_EQ(common(Direction::kRecvOnly, Direction::kSendOnly), Direction::kInactive);
  for (const auto d :
       {Direction::kSendRecv, Direction::kSendOnly, Direction::kRecvOnly, Direction::kInactive}) {
    EXPECT_EQ(parse_direction(to_string(d)), d);
  }
  EXPECT_FALSE(parse_direction("direction"));
}

TEST(RtpMap, ReadsAndPrints) {
  const auto opus = RtpMap::parse("111 opus/48000/2");
  ASSERT_TRUE(opus);
  EXPECT_EQ(opus->payload_type, 111);
  EXPECT_EQ(opus->encoding, "opus");
  EXPECT_EQ(opus->clock_rate.hz, 48000U);
  EXPECT_EQ(opus->channels, 2);
  EXPECT_EQ(opus->to_string(), "111 opus/48000/2");
  EXPECT_EQ(RtpMap::parse("102 telephone-event/8000/1")->to_string(), "102 telephone-event/8000");
  for (const auto* text :
       {"", "0", "0 PCMU", "128 PCMU/8000", "x PCMU/8000", "0 /8000", "0 PCMU/0", "0 PCMU/8000/0"}) {
    EXPECT_FALSE(RtpMap::parse(text)) << text;
  }
}

TEST(PayloadParameter, KnowsTheWildcard) {
  const auto all = PayloadParameter::parse("* nack pli");
  ASSERT_TRUE(all);
  EXPECT_EQ(all->payload_type, std::nullopt);
  EXPECT_EQ(all->text, "nack pli");
  EXPECT_EQ(PayloadParameter::parse("18 annexb=no")->payload_type, 18);
  EXPECT_FALSE(PayloadParameter::parse("annexb=no"));
}

TEST(RtcpAddress, WithAndWithoutAddress) {  // RFC 3605 §2.1
  EXPECT_EQ(RtcpAddress::parse("53020")->port, 53020);
  EXPECT_EQ(RtcpAddress::parse("53020 IN IP4 126.16.64.4")->ip, base::IpAddress::v4(126, 16, 64, 4));
  EXPECT_FALSE(RtcpAddress::parse("53020 IN IP4"));
  EXPECT_FALSE(RtcpAddress::parse("no"));
}

}  // namespace
}  // namespace control::sdp
