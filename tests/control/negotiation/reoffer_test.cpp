/// Second and later offers of a call, from either side.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::Scenario;
using test::sdp_of;

constexpr std::string_view kB = "192.0.2.2";
constexpr std::string_view kPcmu =
    "m=audio 4000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=ptime:20\n";
constexpr std::string_view kOpus =
    "m=audio 5000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\n";

void connect_transcoded(Scenario& call) {
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu), "codec-mask-all codec-transcode-opus"));
  static_cast<void>(call.answer(sdp_of(kOpus, kB)));
}

TEST(Reoffer, WithoutFlagsKeepsTheTranslation) {  // Kamailio gives codec flags with the first INVITE only
  Scenario call;
  connect_transcoded(call);
  const auto before = call.flow(Side::kA);
  const auto offer = call.offer(Side::kA, sdp_of(kPcmu));
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 30000 RTP/AVP 96 101\n"));
  EXPECT_THAT(offer, ::testing::HasSubstr("a=rtpmap:96 opus/48000/2\r\n"));
  EXPECT_EQ(call.flow(Side::kA), before);  // until the answer nothing changes
  EXPECT_THAT(medias_of(call.answer(sdp_of(kOpus, kB))),
              ::testing::StartsWith("m=audio 20000 RTP/AVP 0 101\n"));
  EXPECT_EQ(call.flow(Side::kA), before);
}

TEST(Reoffer, FromTheOtherSideIsMirrored) {
  Scenario call;
  connect_transcoded(call);
  const auto offer = call.offer(Side::kB, sdp_of(std::string(kOpus) + "a=sendonly\n", kB));
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 20000 RTP/AVP 0 101\n"));
  EXPECT_THAT(offer, ::testing::HasSubstr("a=sendonly\r\n"));
  const auto answer = call.answer(sdp_of(std::string(kPcmu) + "a=recvonly\n"));
  EXPECT_THAT(medias_of(answer), ::testing::StartsWith("m=audio 30000 RTP/AVP 96 101\n"));
  EXPECT_EQ(call.flow(Side::kA), "held translate 0*96 101>101 as opus 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*0 101>101 as PCMU 20ms");
}

TEST(Reoffer, BecomesARelayOnceThereIsACommonCodec) {
  Scenario call;
  connect_transcoded(call);
  const auto offer = call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 111 0\na=rtpmap:111 opus/48000/2\n"));
  EXPECT_THAT(medias_of(offer),
              ::testing::StartsWith("m=audio 30000 RTP/AVP 96 101\n"));  // 96 is opus for B, for good
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n", kB)));
  EXPECT_EQ(call.flow(Side::kA), "relay 111>96");
  EXPECT_EQ(call.flow(Side::kB), "relay 96>111");
}

TEST(Reoffer, NewFlagsReplaceTheOld) {
  Scenario call;
  connect_transcoded(call);
  const auto offer = call.offer(Side::kA, sdp_of(kPcmu), "codec-mask-all codec-transcode-PCMA");
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 30000 RTP/AVP 8 101\n"));
}

TEST(Reoffer, ForcedPtimeStays) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=ptime:20\n"), "ptime-40"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*0 as PCMU 40ms");
  static_cast<void>(call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  static_cast<void>(call.answer(sdp_of("m=audio 4000 RTP/AVP 0\na=ptime:20\n")));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*0 as PCMU 40ms");
}

TEST(Reoffer, NumberOfAnotherFormatIsNotReused) {  // RFC 3264 §8.3.2
  Scenario call;
  connect_transcoded(call);
  const auto offer = call.offer(
      Side::kA, sdp_of("m=audio 4000 RTP/AVP 0 96\na=rtpmap:96 telephone-event/8000\na=fmtp:96 0-15\n"));
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 30000 RTP/AVP 96 101\n"));
  EXPECT_THAT(offer, ::testing::HasSubstr("a=rtpmap:101 telephone-event/8000\r\n"));
  static_cast<void>(call.answer(sdp_of(kOpus, kB)));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*96 96>101 as opus 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*0 101>96 as PCMU 20ms");
}

TEST(Reoffer, AddressesChangeWithTheAnswer) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n")));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4400 RTP/AVP 0\n", "192.0.2.77")));
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp->to_string(), "192.0.2.1:4000");
  static_cast<void>(call.answer(sdp_of("m=audio 5500 RTP/AVP 0\n", "192.0.2.78")));
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp->to_string(), "192.0.2.77:4400");
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtp->to_string(), "192.0.2.78:5500");
}

TEST(Reoffer, AddsAVideoStreamThatIsRelayed) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n")));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  constexpr std::string_view kVideo =
      "m=video 4002 RTP/AVPF 96 97\na=rtpmap:96 VP8/90000\na=rtpmap:97 rtx/90000\n"
      "a=fmtp:97 apt=96\na=rtcp-fb:96 nack pli\na=ssrc-group:FID 1 2\na=ssrc:1 cname:x\n";
  const auto offer = call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\n" + std::string(kVideo), kB));
  EXPECT_EQ(medias_of(offer),
            "m=audio 20000 RTP/AVP 0\na=rtcp:20001\nm=video 20004 RTP/AVPF 96 97\na=rtpmap:96 VP8/90000\n"
            "a=rtpmap:97 rtx/90000\na=fmtp:97 apt=96\na=rtcp-fb:96 nack pli\na=ssrc-group:FID 1 2\na=ssrc:1 "
            "cname:x\n"
            "a=rtcp:20005\n");
  static_cast<void>(
      call.answer(sdp_of("m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVPF 96\na=rtpmap:96 VP8/90000\n")));
  ASSERT_EQ(call.negotiation.decisions().size(), 2U);
  EXPECT_EQ(call.decision(1).kind, dataplane::MediaKind::kOtherRtp);
  EXPECT_EQ(call.flow(Side::kA, 1), "relay");
  EXPECT_TRUE(call.decision(1).flows[0].relay_unlisted);
  EXPECT_EQ(call.decision(1).side(Side::kB).remote_rtp->to_string(), "192.0.2.2:4002");
  EXPECT_EQ(call.decision(1).why(), "video: RTP relayed as it is");
}

TEST(Reoffer, StreamIsDisabledAndTakenUpAgain) {
  Scenario call;
  const std::string both = "m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96\n";
  const std::string off = "m=audio 4000 RTP/AVP 0\nm=video 0 RTP/AVP 96\n";
  for (const auto& [text, enabled] : {std::pair{both, true}, {off, false}, {both, true}}) {
    static_cast<void>(call.offer(Side::kA, sdp_of(text)));
    static_cast<void>(call.answer(sdp_of(text, kB)));
    EXPECT_EQ(call.decision(1).enabled, enabled);
  }
}

TEST(Reoffer, FromAudioToFaxAndBack) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, test::read_sdp("telekom-imss-pcma-g726.sdp")));
  static_cast<void>(call.answer(test::read_sdp("arcor-gateway-answer-pcma.sdp")));
  EXPECT_EQ(call.flow(Side::kA), "relay 8>8 102>102");
  const auto offer = call.offer(Side::kA, test::read_sdp("telekom-imss-t38.sdp"));
  EXPECT_EQ(medias_of(offer), "m=image 30000 udptl t38\n");
  EXPECT_EQ(medias_of(call.answer(sdp_of("m=image 5002 udptl t38\na=T38FaxVersion:0\n", kB))),
            "m=image 20000 udptl t38\na=T38FaxVersion:0\n");
  EXPECT_EQ(call.decision().kind, dataplane::MediaKind::kDatagram);
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtp->to_string(), "192.0.2.2:5002");
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtcp, std::nullopt);
  EXPECT_EQ(call.decision().why(), "image: passed on octet for octet");
  static_cast<void>(call.offer(Side::kA, test::read_sdp("telekom-imss-pcma-g726.sdp")));
  static_cast<void>(call.answer(test::read_sdp("arcor-gateway-answer-pcma.sdp")));
  EXPECT_EQ(call.flow(Side::kA), "relay 8>8 102>102");
}

TEST(Reoffer, ThatIsRefusedChangesNothing) {
  Scenario call;
  connect_transcoded(call);
  const auto before = call.flow(Side::kA);
  static_cast<void>(
      call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 8\n", "192.0.2.9")));  // answered by 488
  EXPECT_EQ(call.flow(Side::kA), before);
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp->to_string(), "192.0.2.1:4000");
}

}  // namespace
}  // namespace control
