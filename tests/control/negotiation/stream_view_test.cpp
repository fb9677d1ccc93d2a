#include "control/negotiation/stream_view.h"

#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using dataplane::MediaKind;
using test::sdp_of;

StreamView view(const std::string& text, std::optional<base::IpAddress> source = {}) {
  const auto description = sdp::SessionDescription::parse(text);
  EXPECT_TRUE(description) << text;
  return view_of(*description, 0, source);
}

TEST(StreamView, ReadsFormatsOnceAndInOrder) {
  const auto v =
      view(sdp_of("m=audio 4000 RTP/AVP 96 0 0 101 120 999 x\n"
                  "a=rtpmap:96 opus/48000/2\na=fmtp:96 stereo=1\na=rtpmap:101 telephone-event/8000\n"
                  "a=ptime:20.0\na=maxptime:60\na=mid:audio1\n"));
  ASSERT_EQ(v.formats.size(), 4U);
  EXPECT_EQ(v.formats[0], (PayloadFormat{96, {"opus", {48000}, 2, "stereo=1"}}));
  EXPECT_EQ(v.formats[1], (PayloadFormat{0, {"PCMU", {8000}, 1, ""}}));  // RFC 3551 table 4
  EXPECT_EQ(v.formats[2].number, 101);
  EXPECT_EQ(v.formats[3].format.encoding, "payload-type-120");  // no rtpmap: known by its number alone
  EXPECT_EQ(v.ptime_ms, 20);
  EXPECT_EQ(v.maxptime_ms, 60);
  EXPECT_EQ(v.mid, "audio1");
}

TEST(StreamView, KnowsWhatItMayLookInto) {
  EXPECT_EQ(view(sdp_of("m=audio 4000 RTP/AVPF 0\n")).kind, MediaKind::kAudio);
  EXPECT_EQ(view(sdp_of("m=audio 4000 RTP/SAVP 0\n")).kind, MediaKind::kOtherRtp);
  EXPECT_EQ(view(sdp_of("m=video 4000 RTP/AVP 96\n")).kind, MediaKind::kOtherRtp);
  EXPECT_EQ(view(sdp_of("m=image 4000 udptl t38\n")).kind, MediaKind::kDatagram);
}

TEST(StreamView, FindsRtcp) {  // RFC 3605, RFC 5761
  const auto address = [](const StreamView& v) { return v.rtcp ? v.rtcp->to_string() : "none"; };
  EXPECT_EQ(address(view(sdp_of("m=audio 4000 RTP/AVP 0\n"))), "192.0.2.1:4001");
  EXPECT_EQ(address(view(sdp_of("m=audio 4000 RTP/AVP 0\na=rtcp:4777\n"))), "192.0.2.1:4777");
  EXPECT_EQ(address(view(sdp_of("m=audio 4000 RTP/AVP 0\na=rtcp:4777 IN IP4 192.0.2.99\n"))),
            "192.0.2.99:4777");
  EXPECT_EQ(address(view(sdp_of("m=audio 4000 RTP/AVP 0\na=rtcp:9 IN IP4 0.0.0.0\na=rtcp-mux\n"))),
            "192.0.2.1:4000");
  EXPECT_EQ(address(view(sdp_of("m=audio 65535 RTP/AVP 0\n"))), "none");
  EXPECT_EQ(address(view(sdp_of("m=image 4000 udptl t38\n"))), "none");
}

TEST(StreamView, SourceAddressReplacesTheSignalledOne) {
  const auto v = view(sdp_of("m=audio 4000 RTP/AVP 0\na=rtcp:4777 IN IP4 192.0.2.99\n"),
                      base::IpAddress::v4(203, 0, 113, 9));
  EXPECT_EQ(v.rtp->to_string(), "203.0.113.9:4000");
  EXPECT_EQ(v.rtcp->to_string(), "203.0.113.9:4777");
}

TEST(StreamView, ZeroAddressReceivesNothing) {  // RFC 3264 §8.4
  const auto v =
      view(sdp_of("m=audio 4000 RTP/AVP 0\na=sendrecv\n", "0.0.0.0"), base::IpAddress::v4(203, 0, 113, 9));
  EXPECT_EQ(v.direction, sdp::Direction::kSendOnly);
  EXPECT_EQ(v.rtp, std::nullopt);
}

TEST(StreamView, PortZeroIsOff) {
  const auto v = view(sdp_of("m=audio 0 RTP/AVP 0\n"));
  EXPECT_FALSE(v.enabled);
  EXPECT_EQ(v.rtp, std::nullopt);
}

TEST(Profiles, KeyingAndFeedback) {
  EXPECT_EQ(keying_of("RTP/AVPF"), Keying::kNone);
  EXPECT_EQ(keying_of("RTP/SAVP"), Keying::kSdes);
  EXPECT_EQ(keying_of("UDP/TLS/RTP/SAVPF"), Keying::kDtls);
  EXPECT_TRUE(has_feedback("RTP/SAVPF"));
  EXPECT_FALSE(has_feedback("RTP/AVP"));
}

}  // namespace
}  // namespace control
