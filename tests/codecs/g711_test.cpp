#include "codecs/g711.h"

#include <gtest/gtest.h>

#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Pcm;

TEST(G711, CodesSpeechWithinAFewDecibelsOfThePerfect) {
  const Pcm speech = test::read_speech("female_8k.wav");
  for (const auto law : {G711Codec::Law::kMu, G711Codec::Law::kA}) {
    const G711Codec codec{law};
    const auto encoder = codec.make_encoder({});
    const auto decoder = codec.make_decoder({});
    const auto packets = test::encode_all(codec, *encoder, speech, 160);
    const Pcm heard = test::decode_all(codec, *decoder, packets, 160);
    const auto result = test::compare(speech, heard, 160, 0);
    EXPECT_GT(result.segmental_snr_db, 32);
    EXPECT_NEAR(result.gain_db, 0, 0.05);
  }
}

TEST(G711, TakesManyCallsInOneSpan) {
  const G711Codec codec{G711Codec::Law::kA};
  const Pcm speech = test::read_speech("male_8k.wav");
  constexpr std::size_t kCalls = 5;
  std::vector<std::unique_ptr<Encoder>> encoders;
  std::vector<std::vector<std::byte>> payloads(kCalls, std::vector<std::byte>(kMaxPayload));
  std::vector<EncodeJob> jobs;
  for (std::size_t i = 0; i < kCalls; ++i) {
    encoders.push_back(codec.make_encoder({}));
    jobs.push_back({.encoder = encoders[i].get(),
                    .pcm = std::span{speech}.subspan(8000 + i * 160, 80 + i * 10),
                    .payload = payloads[i]});
  }
  codec.encode(jobs);
  for (std::size_t i = 0; i < kCalls; ++i) {
    ASSERT_EQ(jobs[i].size, 80 + i * 10);
    std::vector<std::byte> alone(kMaxPayload);
    EncodeJob job{.encoder = encoders[i].get(), .pcm = jobs[i].pcm, .payload = alone};
    codec.encode({&job, 1});
    EXPECT_EQ(payloads[i], alone);
  }
}

TEST(G711, APacketMayLastUpTo120Ms) {
  const G711Codec codec{G711Codec::Law::kMu};
  const auto decoder = codec.make_decoder({});
  Pcm pcm(960);
  const std::vector<std::byte> payload(1200, std::byte{0xFF});
  EXPECT_EQ(test::decode_one(codec, *decoder, std::span{payload}.first(960), pcm).samples, 960U);
  EXPECT_FALSE(test::decode_one(codec, *decoder, std::span{payload}.first(961), pcm).ok);
  EXPECT_EQ(codec.duration_ticks(payload), 0U);
}

TEST(G711, AGapInATonePlaysOn) {
  const G711Codec codec{G711Codec::Law::kA};
  const auto encoder = codec.make_encoder({});
  const auto decoder = codec.make_decoder({});
  const Pcm tone = test::tone(400, 8000, 8000, 8000);
  const auto packets = test::encode_all(codec, *encoder, tone, 160);
  const Pcm heard = test::decode_all(codec, *decoder, packets, 160, [](std::size_t i) { return i == 20; });
  // The first 10 ms of the gap are not faded (G.711 Appendix I) and a steady tone is foretold in phase.
  const auto gap =
      test::compare(std::span{tone}.subspan(3200, 80), std::span{heard}.subspan(3200, 80), 80, 0);
  EXPECT_GT(gap.segmental_snr_db, 25);
  EXPECT_GT(test::compare(tone, heard, 160, 0).segmental_snr_db, 30);
}

}  // namespace
}  // namespace codecs
