#include "control/negotiation/rewrite.h"

#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::sdp_of;

sdp::SessionDescription parse(const std::string& text) {
  auto description = sdp::SessionDescription::parse(text);
  EXPECT_TRUE(description) << text;
  return *std::move(description);
}

constexpr std::string_view kAudio =
    "m=audio 4000 RTP/AVP 0 96 101\na=rtpmap:0 PCMU/8000\na=rtpmap:96 opus/48000/2\na=fmtp:96 stereo=1\n"
    "a=rtcp-fb:96 nack\na=rtcp-fb:* trr-int 100\na=rtpmap:101 telephone-event/8000\na=ptime:20\n";

TEST(WriteFormats, TheSameListTouchesNothing) {
  auto description = parse(sdp_of(kAudio));
  const auto before = description.print();
  write_formats(description.medias[0], {{{0, {}}, 0}, {{96, {}}, 96}, {{101, {}}, 101}});
  EXPECT_EQ(description.print(), before);
}

TEST(WriteFormats, DropsRenumbersAndAdds) {
  auto description = parse(sdp_of(kAudio));
  write_formats(
      description.medias[0],
      {{{97, {"opus", {48000}, 2, ""}}, 96}, {{18, {"G729", {8000}, 1, "annexb=no"}}, {}}, {{101, {}}, 101}});
  EXPECT_EQ(
      medias_of(description.print()),
      "m=audio 4000 RTP/AVP 97 18 101\na=rtpmap:97 opus/48000/2\na=fmtp:97 stereo=1\na=rtcp-fb:97 nack\n"
      "a=rtcp-fb:* trr-int 100\na=rtpmap:101 telephone-event/8000\na=ptime:20\n"
      "a=rtpmap:18 G729/8000\na=fmtp:18 annexb=no\n");
}

TEST(WriteFormats, NumbersMaySwap) {
  auto description =
      parse(sdp_of("m=audio 1 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=rtpmap:97 iLBC/8000\n"));
  write_formats(description.medias[0], {{{97, {}}, 96}, {{96, {}}, 97}});
  EXPECT_EQ(medias_of(description.print()),
            "m=audio 1 RTP/AVP 97 96\na=rtpmap:97 opus/48000/2\na=rtpmap:96 iLBC/8000\n");
}

TEST(WriteTransport, MultiplexedAndNot) {
  const LocalMedia local{
      base::IpAddress::v4(10, 0, 0, 1), base::IpAddress::v4(198, 51, 100, 1), {20000}, {20001}};
  auto description = parse(sdp_of("m=audio 4000/2 RTP/AVP 0\na=rtcp:9 IN IP4 0.0.0.0\na=rtcp-mux\n"));
  auto muxed = description;
  write_transport(muxed, muxed.medias[0], local, true, RtcpAttribute::kShort);
  EXPECT_EQ(medias_of(muxed.print()),
            "m=audio 20000 RTP/AVP 0\nc=IN IP4 198.51.100.1\na=rtcp:20000\na=rtcp-mux\n");
  auto separate = description;
  write_transport(separate, separate.medias[0], local, false, RtcpAttribute::kFull);
  EXPECT_EQ(medias_of(separate.print()),
            "m=audio 20000 RTP/AVP 0\nc=IN IP4 198.51.100.1\na=rtcp:20001 IN IP4 198.51.100.1\n");
  auto none = description;
  write_transport(none, none.medias[0], local, false, RtcpAttribute::kNone);
  EXPECT_EQ(medias_of(none.print()), "m=audio 20000 RTP/AVP 0\nc=IN IP4 198.51.100.1\n");
}

TEST(WriteDirection, LeavesWhatSaysItAlready) {
  auto description = parse("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\na=sendonly\nm=audio 1 RTP/AVP 0\n");
  const auto before = description.print();
  write_direction(description, description.medias[0], sdp::Direction::kSendOnly);
  EXPECT_EQ(description.print(), before);
  write_direction(description, description.medias[0], sdp::Direction::kInactive);
  EXPECT_EQ(medias_of(description.print()), "m=audio 1 RTP/AVP 0\na=inactive\n");
}

TEST(WriteProfile, WithoutFeedbackNoFeedbackLines) {
  auto description = parse(sdp_of("m=audio 1 RTP/AVPF 0\na=rtcp-fb:* nack\n"));
  write_profile(description.medias[0], "RTP/AVP");
  EXPECT_EQ(medias_of(description.print()), "m=audio 1 RTP/AVP 0\n");
}

TEST(RemoveBypass, IceBundleAndKeysOfPlainRtp) {
  auto description = parse(
      "v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\na=group:BUNDLE 0 1\na=group:LS 0 "
      "1\na=ice-lite\n"
      "a=fingerprint:sha-256 AA\n"
      "m=audio 1 RTP/AVP 0\na=candidate:1 1 udp 1 192.0.2.1 1 typ host\na=ice-ufrag:x\na=ice-pwd:y\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\na=setup:actpass\na=mid:0\n");
  remove_bypass(description);
  EXPECT_EQ(description.print(),
            "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\na=group:LS 0 1\r\n"
            "m=audio 1 RTP/AVP 0\r\na=mid:0\r\n");
}

TEST(RemoveBypass, KeysOfSecuredRtpStay) {
  auto description = parse(sdp_of("m=audio 1 RTP/SAVP 0\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n"));
  const auto before = description.print();
  remove_bypass(description);
  EXPECT_EQ(description.print(), before);
}

TEST(WriteRejected, HasPortZeroAndTheOfferedFormats) {  // RFC 3264 §6
  auto description = parse(sdp_of("m=audio 5000 RTP/AVPF 96\na=rtpmap:96 opus/48000/2\na=mid:a\n"));
  write_rejected(description.medias[0], *sdp::MediaLine::parse("audio 4000/2 RTP/AVP 0 8"));
  EXPECT_EQ(medias_of(description.print()), "m=audio 0 RTP/AVP 0 8\na=mid:a\n");
}

}  // namespace
}  // namespace control
