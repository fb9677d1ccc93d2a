/// Descriptions of real devices, through the whole of an exchange.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/control/negotiation/scenario.h"

namespace control {
namespace {

using test::medias_of;
using test::read_sdp;
using test::Scenario;
using test::sdp_of;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::string_view kB = "192.0.2.2";

TEST(Vendors, EveryOneMeetsItself) {
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MEDIAD_TEST_DATA) + "/sdp")) {
    if (entry.path().extension() != ".sdp") continue;
    const auto name = entry.path().filename().string();
    Scenario call;
    const auto offer = call.offer(Side::kA, read_sdp(name));
    const auto answer = call.answer(read_sdp(name));
    EXPECT_TRUE(sdp::SessionDescription::parse(offer)) << name;
    EXPECT_TRUE(sdp::SessionDescription::parse(answer)) << name;
    for (const auto& decision : call.negotiation.decisions()) {
      EXPECT_TRUE(decision.enabled) << name;
      EXPECT_FALSE(decision.translates()) << name << ": " << decision.why();
    }
  }
}

TEST(Vendors, EveryOneMeetsAnOpusOnlyPhone) {
  for (const auto& entry : std::filesystem::directory_iterator(std::string(MEDIAD_TEST_DATA) + "/sdp")) {
    const auto name = entry.path().filename().string();
    if (entry.path().extension() != ".sdp" || name.starts_with("chromium") ||
        name.find("t38") != std::string::npos)
      continue;
    Scenario call;
    const auto offer = call.offer(Side::kA, read_sdp(name), "codec-mask-all codec-transcode-opus");
    static_cast<void>(call.answer(sdp_of(medias_of(offer), kB)));
    EXPECT_TRUE(call.decision().enabled) << name;
    const auto& takers = call.decision().side(Side::kB).send;
    ASSERT_FALSE(takers.empty()) << name;
    EXPECT_EQ(takers[0].payload.format.encoding, "opus") << name;
  }
}

TEST(Vendors, LinphoneG729WithPcmuFallback) {
  Scenario call;
  EXPECT_THAT(medias_of(call.offer(Side::kA, read_sdp("linphone-5.1-g729.sdp"),
                                   "codec-mask-all codec-transcode-opus")),
              StartsWith("m=audio 30000 RTP/AVP 96 101 97\n"));
  const auto answer = call.answer(read_sdp("baresip-1.0-opus-pcmu.sdp"));
  // baresip also lists PCMU and PCMA, which it was not offered: they are left alone.
  EXPECT_THAT(answer, HasSubstr("m=audio 20000 RTP/AVP 18 0 101\r\n"));
  EXPECT_EQ(call.flow(Side::kA), "translate 18*96 0*96 101>101 as opus 20ms");
  EXPECT_THAT(answer, Not(HasSubstr("a=ssrc")));
}

TEST(Vendors, TrunkWithG729AndComfortNoise) {
  Scenario call;
  static_cast<void>(
      call.offer(Side::kA, read_sdp("sonus-sbc-trunk-offer.sdp"), "codec-mask-all codec-transcode-opus"));
  const auto answer = call.answer(sdp_of(
      "m=audio 5000 RTP/AVP 96 97\na=rtpmap:96 opus/48000/2\na=rtpmap:97 telephone-event/48000\n", kB));
  EXPECT_THAT(answer, HasSubstr("m=audio 20000 RTP/AVP 18 0 8 13 101\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=fmtp:18 annexb=no\r\n"));
  EXPECT_EQ(call.flow(Side::kA), "translate 18*96 0*96 8*96 13~0 101@97/48000 as opus 20ms");
  EXPECT_EQ(call.flow(Side::kB), "translate 96*18 97@101/8000 as G729 20ms");
  EXPECT_EQ(call.decision().flows[1].send->comfort_noise, 13);
}

TEST(Vendors, FreeswitchAnswersG729) {
  Scenario call;
  static_cast<void>(
      call.offer(Side::kA, sdp_of("m=audio 6000 RTP/AVP 18\na=rtpmap:18 G729/8000\na=recvonly\n")));
  const auto answer = call.answer(read_sdp("freeswitch-1.6-answer-g729.sdp"));
  EXPECT_THAT(answer, HasSubstr("m=audio 20000 RTP/AVP 18\r\n"));  // it added an event that nobody offered
  EXPECT_THAT(answer, HasSubstr("a=sendonly\r\n"));
  EXPECT_EQ(call.flow(Side::kA), "held relay 18>18");
  EXPECT_EQ(call.flow(Side::kB), "relay 18>18 -101");
}

TEST(Vendors, StudioLineMeetsAPhone) {  // linear 48 kHz at 5 ms
  Scenario call;
  static_cast<void>(
      call.offer(Side::kA, read_sdp("studio-codec-l16-48k.sdp"), "codec-mask-all codec-transcode-PCMA"));
  const auto answer = call.answer(sdp_of("m=audio 5000 RTP/AVP 8\na=sendonly\n", kB), "single-codec");
  EXPECT_EQ(medias_of(answer),
            "m=audio 20000 RTP/AVP 97\na=sendonly\na=rtpmap:97 L16/48000\na=ptime:5\n"
            "a=rtcp:20001\n");
  EXPECT_EQ(call.flow(Side::kB), "translate 8*97 as L16 5ms");
}

TEST(Vendors, YealinkHold) {
  Scenario call;
  const auto offer = call.offer(Side::kA, read_sdp("yealink-t46-hold-reinvite.sdp"));
  EXPECT_THAT(offer, HasSubstr("a=fmtp:101 0-15\r\na=rtpmap:101"));  // its odd order stays
  static_cast<void>(
      call.answer(sdp_of("m=audio 5000 RTP/AVP 0 101\na=rtpmap:101 telephone-event/8000\na=recvonly\n", kB)));
  EXPECT_EQ(call.flow(Side::kB), "held relay 0>0 101>101");
}

TEST(Vendors, GrandstreamOldHold) {
  Scenario call;
  EXPECT_THAT(call.offer(Side::kA, read_sdp("grandstream-gxp-old-hold.sdp")), HasSubstr("a=sendonly\r\n"));
}

TEST(Vendors, AudiocodesOffersSpeechAndFaxSideBySide) {
  Scenario call;
  const auto offer = call.offer(Side::kA, read_sdp("audiocodes-mediant-t38-dual.sdp"));
  EXPECT_THAT(offer, HasSubstr("m=image 30004 udptl t38\r\na=T38FaxVersion:0\r\n"));
  static_cast<void>(call.answer(sdp_of("m=audio 5000 RTP/AVP 8\nm=image 0 udptl t38\n", kB)));
  EXPECT_EQ(call.decision(1).why(), "image: refused by the answerer");
}

TEST(Vendors, SnomsKeysDoNotTravelInPlainRtp) {
  Scenario call;
  EXPECT_THAT(call.offer(Side::kA, read_sdp("snom-d785-srtp-optional.sdp")), Not(HasSubstr("a=crypto")));
}

TEST(Vendors, ChromiumsSecuredAudioKeepsItsKeys) {
  Scenario call;
  const auto offer = call.offer(Side::kA, read_sdp("chromium-audio-offer.sdp"));
  EXPECT_THAT(offer, HasSubstr("a=fingerprint:sha-256"));
  EXPECT_THAT(offer, Not(HasSubstr("a=candidate")));
}

}  // namespace
}  // namespace control
