#include "control/negotiation/negotiation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::Scenario;
using test::sdp_of;

constexpr std::string_view kPcmu =
    "m=audio 4000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 "
    "0-15\na=ptime:20\n";
constexpr std::string_view kOpusAnswer =
    "m=audio 5000 RTP/AVP 96 101 97\na=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\n"
    "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=rtpmap:97 telephone-event/48000\na=fmtp:97 "
    "0-15\na=ptime:20\n";
constexpr std::string_view kB = "192.0.2.2";

TEST(Negotiation, RelayedCallChangesAddressesAlone) {
  Scenario call;
  const auto offer = call.offer(Side::kA, sdp_of(kPcmu));
  EXPECT_EQ(offer,
            "v=0\r\no=- 7 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0 "
            "101\r\n"
            "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
            "a=rtcp:30001\r\n");
  const auto answer =
      call.answer(sdp_of("m=audio 5000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\n"
                         "a=rtpmap:101 telephone-event/8000\n",
                         kB));
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\n"
            "a=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0 101>101");
  EXPECT_EQ(call.flow(Side::kB), "relay 0>0 101>101");
  const auto& decision = call.decision();
  EXPECT_EQ(decision.side(Side::kA).remote_rtp->to_string(), "192.0.2.1:4000");
  EXPECT_EQ(decision.side(Side::kA).remote_rtcp->to_string(), "192.0.2.1:4001");
  EXPECT_EQ(decision.side(Side::kB).remote_rtp->to_string(), "192.0.2.2:5000");
  EXPECT_EQ(decision.why(), "audio: PCMU relayed, both sides take it");
}

TEST(Negotiation, PcmuToOpusByMaskAndTranscode) {
  Scenario call;
  const auto offer = call.offer(Side::kA, sdp_of(kPcmu),
                                "codec-mask-all codec-transcode-opus codec-transcode-telephone-event");
  EXPECT_EQ(
      medias_of(offer),
      "m=audio 30000 RTP/AVP 96 101 97\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\n"
      "a=rtpmap:96 opus/48000/2\na=fmtp:96 useinbandfec=1\na=rtpmap:97 telephone-event/48000\na=fmtp:97 "
      "0-15\n"
      "a=rtcp:30001\n");
  const auto answer = call.answer(sdp_of(kOpusAnswer, kB));
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\n"
            "a=rtpmap:0 PCMU/8000\na=ptime:20\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "translate 0*96 101@97/48000 as opus 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*0 101>101 97@101/8000 as PCMU 20ms");
  EXPECT_EQ(
      call.decision().why(),
      "audio: translated, no codec in common: A takes PCMU, B takes opus; A to B PCMU into opus at 20 ms, "
      "B to A opus into PCMU at 20 ms");
}

TEST(Negotiation, PhoneThatKnowsOnlyNarrowbandEventsBesideOpus) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu), "codec-mask-all codec-transcode-opus"));
  static_cast<void>(
      call.answer(sdp_of("m=audio 5000 RTP/AVP 96 101\na=rtpmap:96 opus/48000/2\n"
                         "a=rtpmap:101 telephone-event/8000\n",
                         kB)));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*96 101>101 as opus 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*0 101>101 as PCMU 20ms");
}

TEST(Negotiation, G729ToOpusKeepsAnnexBOfEachSide) {  // RFC 4856 §2.1.9
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 18\na=fmtp:18 annexb=no\na=ptime:20\n"),
                               "codec-mask-all codec-transcode-opus"));
  const auto answer = call.answer(
      sdp_of("m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=ptime:40\na=maxptime:60\n", kB));
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 18\na=rtpmap:18 G729/8000\na=fmtp:18 annexb=no\na=ptime:20\n"
            "a=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "translate 18*96 as opus 40ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*18 as G729 20ms");
  EXPECT_EQ(call.decision().flows[1].send->format.fmtp, "annexb=no");
}

TEST(Negotiation, OpusToG729) {
  Scenario call;
  const auto offer = call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 111\na=rtpmap:111 opus/48000/2\n"),
                                "codec-mask-all codec-transcode-G729");
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 30000 RTP/AVP 18\na=rtpmap:18 G729/8000\n"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 18\na=fmtp:18 annexb=no\n", kB)));
  EXPECT_EQ(call.flow(Side::kA), "translate 111*18 as G729 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 18*111 as opus 20ms");
}

TEST(Negotiation, AddedCodecIsNotUsedIfOneIsCommon) {
  Scenario call;
  const auto offer = call.offer(Side::kA, sdp_of(kPcmu), "codec-transcode-opus");
  EXPECT_THAT(medias_of(offer), ::testing::StartsWith("m=audio 30000 RTP/AVP 0 96 101 97\n"));
  const auto answer =
      call.answer(sdp_of("m=audio 5000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\n", kB));
  EXPECT_THAT(medias_of(answer), ::testing::StartsWith("m=audio 20000 RTP/AVP 0 101\n"));
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0 101>101");
}

TEST(Negotiation, AnswererMaySendEitherOfItsCodecs) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n"), "codec-transcode-opus"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 96 0\na=rtpmap:96 opus/48000/2\n", kB)));
  EXPECT_EQ(call.flow(Side::kA), "translate 0>0 as PCMU 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*0 0>0 as PCMU 20ms");
}

TEST(Negotiation, DynamicNumbersAreMapped) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 111 110\na=rtpmap:111 opus/48000/2\n"
                                                "a=rtpmap:110 telephone-event/48000\n")));
  const auto answer =
      call.answer(sdp_of("m=audio 5000 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=fmtp:96 stereo=0\n"
                         "a=rtpmap:97 telephone-event/48000\n",
                         kB));
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 111 110\na=rtpmap:111 opus/48000/2\na=fmtp:111 stereo=0\n"
            "a=rtpmap:110 telephone-event/48000\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "relay 111>96 110>97");
  EXPECT_EQ(call.flow(Side::kB), "relay 111>111 110>110");  // an answerer sends with the numbers of the offer
  EXPECT_FALSE(call.decision().flows[0].relay_unlisted);
}

TEST(Negotiation, ForcedPtimesEachWay) {
  Scenario call;
  const auto offer =
      call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=ptime:20\n"), "ptime-40 ptime-reverse-30");
  EXPECT_EQ(medias_of(offer), "m=audio 30000 RTP/AVP 0\na=ptime:40\na=rtcp:30001\n");
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 0\na=ptime:20\n", kB));
  EXPECT_EQ(medias_of(answer), "m=audio 20000 RTP/AVP 0\na=ptime:30\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "translate 0*0 as PCMU 40ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 0*0 as PCMU 30ms");
  EXPECT_THAT(call.decision().why(), ::testing::HasSubstr("packets of 30 ms are wanted towards A"));
}

TEST(Negotiation, OddPtimeIsNotAskedOfAnAddedCodec) {
  Scenario call;
  const auto offer = call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=ptime:30\na=maxptime:30\n"),
                                "codec-mask-all codec-transcode-opus");
  EXPECT_THAT(offer, ::testing::Not(::testing::HasSubstr("ptime")));
}

TEST(Negotiation, ComfortNoiseBecomesSoundForOpus) {
  Scenario call;
  static_cast<void>(
      call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0 13\n"), "codec-mask-all codec-transcode-opus"));
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n", kB));
  EXPECT_THAT(medias_of(answer), ::testing::StartsWith("m=audio 20000 RTP/AVP 0 13\n"));
  EXPECT_EQ(call.flow(Side::kA), "translate 0*96 13~0 as opus 20ms");
  EXPECT_EQ(call.decision().flows[1].send->comfort_noise, 13);
}

TEST(Negotiation, NothingInCommonIsRejected) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 97\na=rtpmap:97 iLBC/8000\n")));
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 98\na=rtpmap:98 speex/8000\n", kB));
  EXPECT_EQ(medias_of(answer), "m=audio 0 RTP/AVP 97\n");
  EXPECT_FALSE(call.decision().enabled);
  EXPECT_EQ(call.decision().why(), "audio: rejected, the sides have nothing in common");
}

TEST(Negotiation, SsrcOfAStreamThatWeRestampIsNotAnnounced) {
  constexpr std::string_view kWithSsrc = "m=audio 4000 RTP/AVP 0\na=ssrc:1 cname:x\n";
  Scenario relayed;
  EXPECT_THAT(relayed.offer(Side::kA, sdp_of(kWithSsrc)), ::testing::HasSubstr("a=ssrc:1 cname:x"));
  Scenario translated;
  EXPECT_THAT(translated.offer(Side::kA, sdp_of(kWithSsrc), "codec-mask-all codec-transcode-opus"),
              ::testing::Not(::testing::HasSubstr("a=ssrc")));
  EXPECT_THAT(
      translated.answer(sdp_of("m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\na=ssrc:2 cname:y\n", kB)),
      ::testing::Not(::testing::HasSubstr("a=ssrc")));
}

TEST(Negotiation, EarlyMediaHasAProvisionalDecision) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu)));
  ASSERT_EQ(call.negotiation.decisions().size(), 1U);
  EXPECT_TRUE(call.decision().enabled);
  EXPECT_EQ(call.flow(Side::kB), "relay 0>0 101>101");
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtp, std::nullopt);
}

TEST(Negotiation, SecondAnswerToTheSameOffer) {  // 183, then 200 from elsewhere
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu), "codec-transcode-opus"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 96\na=rtpmap:96 opus/48000/2\n", kB)));
  EXPECT_TRUE(call.decision().translates());
  static_cast<void>(call.answer(sdp_of("m=audio 6000 RTP/AVP 0\n", "192.0.2.3")));
  EXPECT_FALSE(call.decision().translates());
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtp->to_string(), "192.0.2.3:6000");
}

TEST(Negotiation, ClosedExchangeTakesNoAnswerButTheNextOffer) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu)));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  call.negotiation.close_exchange();
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0");
  EXPECT_EQ(call.answer(sdp_of("m=audio 6000 RTP/AVP 0\n", kB)), "error: answer without an offer");
  EXPECT_THAT(medias_of(call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\n", kB))),
              ::testing::StartsWith("m=audio 20000 RTP/AVP 0\n"));
}

TEST(Negotiation, ForksAreCopies) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu)));
  auto fork = call;
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
  static_cast<void>(fork.answer(sdp_of("m=audio 6000 RTP/AVP 0\n", "192.0.2.3")));
  EXPECT_EQ(call.decision().side(Side::kB).remote_rtp->to_string(), "192.0.2.2:5000");
  EXPECT_EQ(fork.decision().side(Side::kB).remote_rtp->to_string(), "192.0.2.3:6000");
}

TEST(Negotiation, ErrorsSayWhy) {
  Scenario call(1);
  EXPECT_EQ(call.answer(sdp_of(kPcmu)), "error: answer without an offer");
  EXPECT_EQ(call.offer(Side::kA, sdp_of("m=audio 1 RTP/AVP 0\nm=video 2 RTP/AVP 96\n")),
            "error: 2 streams are offered and 1 have ports");
  EXPECT_EQ(call.offer(Side::kA, sdp_of("m=audio 1 RTP/SAVP 0\n"), "RTP/AVP"),
            "error: stream 1: RTP/SAVP cannot be turned into RTP/AVP");
  static_cast<void>(call.offer(Side::kA, sdp_of(kPcmu)));
  EXPECT_EQ(call.answer(sdp_of("m=audio 1 RTP/AVP 0\nm=video 2 RTP/AVP 96\n")),
            "error: answer has 2 streams, the offer 1");
}

}  // namespace
}  // namespace control
