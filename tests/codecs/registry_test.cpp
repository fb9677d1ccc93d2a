#include "codecs/registry.h"

#include <gtest/gtest.h>

#include <vector>

namespace codecs {
namespace {

TEST(Registry, FindsByFormatWithoutRegardToCase) {
  const Codec* pcmu = find(Format{"pcmu", {8000}, 1, ""});
  ASSERT_NE(pcmu, nullptr);
  EXPECT_EQ(pcmu->info().encoding, "PCMU");
  EXPECT_EQ(find("PcMu"), pcmu);
  EXPECT_NE(find(Format{"OPUS", {48000}, 2, ""}), nullptr);
}

TEST(Registry, AnotherClockRateOrChannelCountIsAnotherCodec) {
  EXPECT_EQ(find(Format{"PCMU", {16000}, 1, ""}), nullptr);
  EXPECT_EQ(find(Format{"opus", {48000}, 1, ""}), nullptr);  // RFC 7587 §7: always 2
  EXPECT_EQ(find("speex"), nullptr);
}

TEST(Registry, EventsAndNoiseAreNoCodecs) {
  const Format event{"Telephone-Event", {48000}, 1, "0-15"};
  const Format noise{"cn", {8000}, 1, ""};
  EXPECT_TRUE(is_telephone_event(event));
  EXPECT_FALSE(is_telephone_event(noise));
  EXPECT_TRUE(is_comfort_noise(noise));
  EXPECT_EQ(find(event), nullptr);
  EXPECT_EQ(find(noise), nullptr);
}

// RFC 3551 tables 4 and 5.
TEST(Registry, KnowsTheStaticPayloadTypes) {
  ASSERT_NE(static_format(9), nullptr);
  EXPECT_EQ(*static_format(9), (Format{"G722", {8000}, 1, ""}));
  EXPECT_EQ(*static_format(10), (Format{"L16", {44100}, 2, ""}));
  EXPECT_EQ(*static_format(34), (Format{"H263", {90000}, 1, ""}));
  for (const std::uint8_t unassigned : {1, 2, 19, 20, 27, 35, 96, 127}) {
    EXPECT_EQ(static_format(unassigned), nullptr) << int{unassigned};
  }
}

TEST(Registry, StaticTypesOfCodecsAgreeWithTheTable) {
  for (const Codec* codec : all()) {
    const CodecInfo& info = codec->info();
    if (info.static_payload_type == kDynamic) continue;
    const Format* format = static_format(info.static_payload_type);
    ASSERT_NE(format, nullptr) << info.encoding;
    EXPECT_EQ(find(*format), codec) << info.encoding;
  }
}

TEST(Registry, SelectsTheG729Engine) {
  select_engines({.g729_engine = "bcg729"});
  const Codec* g729 = find(Format{"G729", {8000}, 1, "annexb=no"});
  ASSERT_NE(g729, nullptr);
  select_engines({});
  ASSERT_NE(find("G729"), nullptr);
  EXPECT_NE(find("G729"), g729);  // our own is the default
}

class EveryCodec : public testing::TestWithParam<const Codec*> {};

TEST_P(EveryCodec, ItsDefaultPacketFits) {
  const Codec& codec = *GetParam();
  const CodecInfo& info = codec.info();
  EXPECT_EQ(codec.fit_ptime(info.default_ptime_ms), info.default_ptime_ms);
  EXPECT_EQ(codec.fit_ptime(info.max_ptime_ms), info.max_ptime_ms);
  EXPECT_LE(codec.fit_ptime(1000), info.max_ptime_ms);
  EXPECT_GE(codec.fit_ptime(0), 1);
  EXPECT_EQ(codec.best_rate(codec.best_rate(info.native_rate)), codec.best_rate(info.native_rate));
}

// What comes out of the encoder at the best rate for a counterpart is taken by the decoder at the same rate.
TEST_P(EveryCodec, CodesAndDecodesAtEachBestRateAndPtime) {
  const Codec& codec = *GetParam();
  for (const std::uint32_t other : {8000, 16000, 48000}) {
    for (const std::uint16_t wanted : {5, 10, 20, 30, 40, 60, 120}) {
      CoderParams params;
      params.sample_rate = codec.best_rate({other});
      params.ptime_ms = codec.fit_ptime(wanted);
      const auto encoder = codec.make_encoder(params);
      const auto decoder = codec.make_decoder(params);
      ASSERT_NE(encoder, nullptr) << codec.info().encoding << other << '/' << wanted;
      ASSERT_NE(decoder, nullptr);
      const std::size_t samples = std::size_t{params.sample_rate.hz} / 1000 * params.ptime_ms;
      const std::vector<std::int16_t> pcm(samples, 1000);
      std::vector<std::byte> payload(kMaxPayload);
      EncodeJob encode{.encoder = encoder.get(), .pcm = pcm, .payload = payload};
      codec.encode({&encode, 1});
      ASSERT_TRUE(encode.ok) << codec.info().encoding << other << '/' << wanted;
      ASSERT_GT(encode.size, 0U);
      const base::Octets code{payload.data(), encode.size};
      EXPECT_EQ(codec.duration_ticks(code), codec.info().clock_rate.hz / 1000 * params.ptime_ms);
      std::vector<std::int16_t> out(params.sample_rate.hz / 1000 * kMaxPacketMs);
      DecodeJob decode{.decoder = decoder.get(), .payload = code, .pcm = out};
      codec.decode({&decode, 1});
      EXPECT_TRUE(decode.ok);
      EXPECT_EQ(decode.samples, samples) << codec.info().encoding << other << '/' << wanted;
    }
  }
}

TEST_P(EveryCodec, RefusesWhatItCannotDo) {
  const Codec& codec = *GetParam();
  EXPECT_EQ(codec.make_decoder({.fmtp = {}, .sample_rate = {11025}}), nullptr);
  EXPECT_EQ(codec.make_encoder({.fmtp = {}, .sample_rate = codec.info().native_rate, .channels = 3}),
            nullptr);
  EXPECT_EQ(codec.make_encoder({.fmtp = {}, .sample_rate = codec.info().native_rate, .ptime_ms = 0}),
            nullptr);
}

TEST_P(EveryCodec, AnEmptyPayloadIsNotItsOwn) {
  const Codec& codec = *GetParam();
  const auto decoder = codec.make_decoder({.fmtp = {}, .sample_rate = codec.info().native_rate});
  ASSERT_NE(decoder, nullptr);
  std::vector<std::int16_t> pcm(kMaxPacketSamples, 7);
  DecodeJob job{.decoder = decoder.get(), .payload = {}, .pcm = pcm};
  codec.decode({&job, 1});
  EXPECT_FALSE(job.ok);
  EXPECT_EQ(job.samples, 0U);
  EXPECT_EQ(pcm.front(), 7);
  EXPECT_EQ(codec.duration_ticks({}), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, EveryCodec, testing::ValuesIn(all().begin(), all().end()));

}  // namespace
}  // namespace codecs
