/// Profiles, RTCP multiplexing, addresses and the session lines.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::Scenario;
using test::sdp_of;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kB = "192.0.2.2";

struct MuxRow {
  const char* name;
  bool offered;
  const char* flags;
  bool shown_to_b;
  bool answered;
  bool granted_to_a;
  bool used_by_b;
};

class MuxTable : public ::testing::TestWithParam<MuxRow> {};

TEST_P(MuxTable, Holds) {  // RFC 5761 §5.1
  const auto& row = GetParam();
  Scenario call;
  const auto offer = call.offer(
      Side::kA, sdp_of(std::string("m=audio 4000 RTP/AVP 0\n") + (row.offered ? "a=rtcp-mux\n" : "")),
      row.flags);
  EXPECT_EQ(offer.find("a=rtcp-mux\r\n") != std::string::npos, row.shown_to_b);
  const auto answer =
      call.answer(sdp_of(std::string("m=audio 5000 RTP/AVP 0\n") + (row.answered ? "a=rtcp-mux\n" : ""), kB));
  EXPECT_EQ(answer.find("a=rtcp-mux\r\n") != std::string::npos, row.granted_to_a);
  const auto& a = call.decision().side(Side::kA);
  const auto& b = call.decision().side(Side::kB);
  EXPECT_EQ(a.rtcp_mux, row.granted_to_a);
  EXPECT_EQ(a.remote_rtcp->port.number, row.granted_to_a ? 4000 : 4001);
  EXPECT_EQ(b.rtcp_mux, row.used_by_b);
  EXPECT_EQ(b.remote_rtcp->port.number, row.used_by_b ? 5000 : 5001);
}

INSTANTIATE_TEST_SUITE_P(
    Flags, MuxTable,
    ::testing::Values(MuxRow{"NobodyAsks", false, "", false, false, false, false},
                      MuxRow{"BothWant", true, "", true, true, true, true},
                      MuxRow{"AnswererRefuses", true, "", true, false, true, false},
                      MuxRow{"Offer", false, "rtcp-mux-offer", true, true, false, true},
                      MuxRow{"Require", false, "rtcp-mux-require", true, false, false, true},
                      MuxRow{"Demux", true, "rtcp-mux-demux", false, false, true, false},
                      MuxRow{"Accept", true, "rtcp-mux-accept", true, false, true, false},
                      MuxRow{"Reject", true, "rtcp-mux-reject", false, false, false, false},
                      MuxRow{"RejectAndOffer", true, "rtcp-mux-reject rtcp-mux-offer", true, true, false,
                             true}),
    [](const auto& param) { return param.param.name; });

TEST(Transport, RequiredMuxAdvertisesNoRtcpPort) {
  Scenario call;
  EXPECT_THAT(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n"), "rtcp-mux-require"),
              HasSubstr("a=rtcp:30000\r\n"));
}

TEST(Transport, NoRtcpAttribute) {
  Scenario call;
  EXPECT_THAT(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=rtcp:4001\n"), "no-rtcp-attribute"),
              Not(HasSubstr("a=rtcp")));
}

TEST(Transport, ProfileOfTheOtherSide) {
  Scenario call;
  EXPECT_EQ(medias_of(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVPF 0\na=rtcp-fb:* nack\n"), "RTP/AVP")),
            "m=audio 30000 RTP/AVP 0\na=rtcp:30001\n");
  EXPECT_EQ(medias_of(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB), "RTP/AVP")),
            "m=audio 20000 RTP/AVPF 0\na=rtcp:20001\n");  // an answer has the profile of its offer
  EXPECT_EQ(medias_of(call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\n", kB))),
            "m=audio 20000 RTP/AVPF 0\na=rtcp:20001\n");  // and the side keeps it
}

TEST(Transport, SecuredRtpIsRelayedAsItIs) {
  Scenario call;
  constexpr std::string_view kSecured =
      "m=audio 4000 RTP/SAVP 0 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\n";
  EXPECT_EQ(medias_of(call.offer(Side::kA, sdp_of(kSecured), "codec-mask-all codec-transcode-opus")),
            "m=audio 30000 RTP/SAVP 0 8\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\na=rtcp:30001\n");
  static_cast<void>(call.answer(sdp_of(kSecured, kB)));
  EXPECT_EQ(call.decision().kind, dataplane::MediaKind::kOtherRtp);
}

TEST(Transport, Ipv4OnOneSideIpv6OnTheOther) {
  auto ends = test::local_ends(1);
  ends[0][1].ip = ends[0][1].advertised = *base::IpAddress::parse("2001:db8::2");
  Negotiation negotiation;
  const auto offer =
      negotiation.offer(Side::kA, *sdp::SessionDescription::parse(sdp_of("m=audio 4000 RTP/AVP 0\n")),
                        test::policy_with("replace-origin"), ends);
  ASSERT_TRUE(offer);
  EXPECT_EQ(offer->origin().to_string(), "- 7 1 IN IP6 2001:db8::2");
  EXPECT_EQ(offer->session.find('c')->value(), "IN IP6 2001:db8::2");
  const auto answer = negotiation.answer(
      *sdp::SessionDescription::parse(
          "v=0\no=- 1 1 IN IP6 2001:db8::9\ns=-\nt=0 0\nm=audio 5000 RTP/AVP 0\nc=IN IP6 2001:db8::9\n"),
      test::policy_with("replace-origin"), ends);
  ASSERT_TRUE(answer);
  EXPECT_EQ(medias_of(answer->print()), "m=audio 20000 RTP/AVP 0\nc=IN IP4 10.0.0.1\na=rtcp:20001\n");
  EXPECT_EQ(negotiation.decisions()[0].side(Side::kB).remote_rtp->to_string(), "[2001:db8::9]:5000");
  const auto plan = plan_of(negotiation.decisions()[0]);
  EXPECT_TRUE(plan.endpoints[1].local_ip.is_v6());
}

TEST(Transport, AdvertisedAddressIsNotTheDataplanes) {
  auto ends = test::local_ends(1);
  ends[0][1].advertised = base::IpAddress::v4(198, 51, 100, 7);
  Negotiation negotiation;
  const auto offer = negotiation.offer(
      Side::kA, *sdp::SessionDescription::parse(sdp_of("m=audio 4000 RTP/AVP 0\n")), {}, ends);
  EXPECT_EQ(offer->session.find('c')->value(), "IN IP4 198.51.100.7");
  EXPECT_EQ(plan_of(negotiation.decisions()[0]).endpoints[1].local_ip.to_string(), "10.0.0.2");
}

TEST(Transport, MediaComesFromWhereTheSignallingCame) {
  Scenario call;
  Policy policy;
  policy.source_address = base::IpAddress::v4(203, 0, 113, 9);
  static_cast<void>(call.offer_with(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n", "10.9.9.9"), policy));
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp->to_string(), "203.0.113.9:4000");
}

TEST(Transport, MidsAreMadeAndTakenBack) {  // RFC 5888 §9.1: an answer has the mid of its offer
  Scenario call;
  EXPECT_THAT(
      call.offer(Side::kA, sdp_of("m=audio 1 RTP/AVP 0\nm=video 3 RTP/AVP 96\na=mid:1\n"), "generate-mid"),
      HasSubstr("a=mid:2\r\nm=video"));
  EXPECT_EQ(medias_of(call.answer(sdp_of("m=audio 5 RTP/AVP 0\na=mid:2\nm=video 7 RTP/AVP 96\n", kB))),
            "m=audio 20000 RTP/AVP 0\na=rtcp:20001\nm=video 20004 RTP/AVP 96\na=mid:1\na=rtcp:20005\n");
}

TEST(Transport, IceAndBundleWouldLeadAroundUs) {
  Scenario call;
  const auto offer =
      call.offer(Side::kA,
                 "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\na=group:BUNDLE a\na=ice-options:trickle\n"
                 "m=audio 9 RTP/AVP 0\nc=IN IP4 192.0.2.1\na=candidate:1 1 udp 1 192.0.2.1 4000 typ "
                 "host\na=ice-ufrag:u\n"
                 "a=ice-pwd:p\na=mid:a\n");
  EXPECT_THAT(offer, Not(HasSubstr("192.0.2.1 4000")));
  EXPECT_THAT(offer, Not(HasSubstr("ice-")));
  EXPECT_THAT(offer, Not(HasSubstr("BUNDLE")));
}

TEST(Transport, VersionIsOursIfAsked) {
  Scenario call;
  const auto version = [&](const char* medias) {
    const auto out =
        sdp::SessionDescription::parse(call.offer(Side::kA, sdp_of(medias), "replace-SDP-version"));
    return out->origin().version;
  };
  EXPECT_EQ(version("m=audio 4000 RTP/AVP 0\n"), "1");
  EXPECT_EQ(version("m=audio 4400 RTP/AVP 0\n"), "1");  // only our own ports are seen there
  EXPECT_EQ(version("m=audio 4400 RTP/AVP 0 8\n"), "2");
}

}  // namespace
}  // namespace control
