/// Hold in both styles, and streams that are off (RFC 3264 §6, §8.2, §8.4).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::Scenario;
using test::sdp_of;

constexpr std::string_view kB = "192.0.2.2";

void connect(Scenario& call) {
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n")));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB)));
}

TEST(Hold, WithSendonly) {
  Scenario call;
  connect(call);
  EXPECT_EQ(medias_of(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=sendonly\n"))),
            "m=audio 30000 RTP/AVP 0\na=sendonly\na=rtcp:30001\n");
  EXPECT_EQ(medias_of(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\na=recvonly\n", kB))),
            "m=audio 20000 RTP/AVP 0\na=recvonly\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0");
  EXPECT_EQ(call.flow(Side::kB), "held relay 0>0");
  EXPECT_EQ(call.decision().why(), "audio: PCMU relayed, both sides take it; A is sendonly; B is recvonly");
}

TEST(Hold, WithInactiveAndResume) {
  Scenario call;
  connect(call);
  static_cast<void>(call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\na=inactive\n", kB)));
  static_cast<void>(call.answer(sdp_of("m=audio 4000 RTP/AVP 0\na=inactive\n")));
  EXPECT_EQ(call.flow(Side::kA), "held relay 0>0");
  EXPECT_EQ(call.flow(Side::kB), "held relay 0>0");
  static_cast<void>(call.offer(Side::kB, sdp_of("m=audio 5000 RTP/AVP 0\na=sendrecv\n", kB)));
  static_cast<void>(call.answer(sdp_of("m=audio 4000 RTP/AVP 0\n")));
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0");
  EXPECT_EQ(call.flow(Side::kB), "relay 0>0");
}

TEST(Hold, WithTheZeroAddressAndResume) {
  Scenario call;
  connect(call);
  const auto offer = call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=sendrecv\n", "0.0.0.0"));
  EXPECT_THAT(offer, ::testing::HasSubstr("c=IN IP4 10.0.0.2\r\n"));
  EXPECT_EQ(medias_of(offer), "m=audio 30000 RTP/AVP 0\na=sendonly\na=rtcp:30001\n");
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\na=recvonly\n", kB)));
  EXPECT_EQ(call.flow(Side::kA), "relay 0>0");
  EXPECT_EQ(call.flow(Side::kB), "held relay 0>0");
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp, std::nullopt);
  connect(call);
  EXPECT_EQ(call.flow(Side::kB), "relay 0>0");
  EXPECT_EQ(call.decision().side(Side::kA).remote_rtp->to_string(), "192.0.2.1:4000");
}

TEST(Hold, AnOldPhoneAnswersWithTheZeroAddress) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\n")));
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", "0.0.0.0"));
  EXPECT_EQ(medias_of(answer), "m=audio 20000 RTP/AVP 0\na=sendonly\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kA), "held relay 0>0");
  EXPECT_EQ(call.flow(Side::kB), "relay 0>0");
}

TEST(Hold, AnAnswerOnlyNarrows) {  // RFC 3264 §6.1
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=sendonly\n")));
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 0\na=sendrecv\n", kB));
  EXPECT_EQ(medias_of(answer), "m=audio 20000 RTP/AVP 0\na=recvonly\na=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kB), "held relay 0>0");
}

TEST(Hold, DirectionMayPassAsItCame) {
  Scenario call;
  const auto offer =
      call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\na=sendrecv\n", "0.0.0.0"), "original-sendrecv");
  EXPECT_EQ(medias_of(offer), "m=audio 30000 RTP/AVP 0\na=sendrecv\na=rtcp:30001\n");
}

TEST(Streams, RejectedByTheAnswerer) {
  Scenario call;
  static_cast<void>(call.offer(
      Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96\na=rtpmap:96 VP8/90000\n")));
  const auto answer =
      call.answer(sdp_of("m=audio 5000 RTP/AVP 0\nm=video 0 RTP/AVP 96\nc=IN IP4 192.0.2.2\n", kB));
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 0\na=rtcp:20001\nm=video 0 RTP/AVP 96\nc=IN IP4 10.0.0.1\n");
  EXPECT_TRUE(call.decision(0).enabled);
  EXPECT_FALSE(call.decision(1).enabled);
  EXPECT_EQ(call.decision(1).why(), "video: refused by the answerer");
}

TEST(Streams, MissingInTheAnswerAreRejected) {
  Scenario call;
  static_cast<void>(call.offer(Side::kA, sdp_of("m=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 96\n")));
  EXPECT_EQ(medias_of(call.answer(sdp_of("m=audio 5000 RTP/AVP 0\n", kB))),
            "m=audio 20000 RTP/AVP 0\na=rtcp:20001\nm=video 0 RTP/AVP 96\n");
}

TEST(Streams, OffInTheOfferStaysOff) {
  Scenario call;
  const auto offer =
      call.offer(Side::kA, sdp_of("m=video 0 RTP/AVP 31\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n"));
  EXPECT_EQ(medias_of(offer),
            "m=video 0 RTP/AVP 31\nc=IN IP4 10.0.0.2\nm=audio 30004 RTP/AVP 0\na=rtcp:30005\n");
  const auto answer = call.answer(sdp_of("m=video 5002 RTP/AVP 31\nm=audio 5000 RTP/AVP 0\n", kB));
  EXPECT_EQ(medias_of(answer), "m=video 0 RTP/AVP 31\nm=audio 20004 RTP/AVP 0\na=rtcp:20005\n");
  EXPECT_EQ(call.decision(0).why(), "video: off in the offer");
}

}  // namespace
}  // namespace control
