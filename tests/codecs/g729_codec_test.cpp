#include "codecs/g729_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "codecs/bcg729_codec.h"
#include "codecs/g729_format.h"
#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Pcm;

constexpr std::size_t kDelay = 40;  // 5 ms of look-ahead

TEST(G729, CodesSpeech) {
  const G729Codec codec;
  for (const char* voice : {"female_8k.wav", "male_8k.wav"}) {
    const Pcm speech = test::read_speech(voice);
    const auto encoder = codec.make_encoder({.fmtp = "annexb=no"});
    const auto packets = test::encode_all(codec, *encoder, speech, 160);
    EXPECT_TRUE(std::ranges::all_of(packets, [](const auto& packet) { return packet.size() == 20; }));
    const Pcm heard = test::decode_all(codec, *codec.make_decoder({}), packets, 160);
    const auto result = test::compare(speech, heard, 160, kDelay);
    EXPECT_GT(result.segmental_snr_db, 3) << voice;
    EXPECT_NEAR(result.gain_db, 0, 1.5) << voice;
    // The library hears the same.
    const Bcg729Codec other;
    const Pcm heard_there = test::decode_all(other, *other.make_decoder({}), packets, 160);
    EXPECT_NEAR(test::compare(speech, heard_there, 160, kDelay).segmental_snr_db, result.segmental_snr_db, 1)
        << voice;
  }
}

/// Packets of calls with different durations, coded side by side, are those of each call alone.
TEST(G729, CallsSideBySideDoNotTouchEachOther) {
  const G729Codec codec;
  const Pcm speech = test::read_speech("male_8k.wav");
  constexpr std::size_t kCalls = 70;
  std::vector<std::unique_ptr<Encoder>> together;
  std::vector<std::unique_ptr<Encoder>> alone;
  std::vector<std::unique_ptr<Decoder>> decoders;
  std::vector<std::unique_ptr<Decoder>> decoders_alone;
  const auto frames = [](std::size_t call) { return 1 + call % 4; };
  for (std::size_t i = 0; i < kCalls; ++i) {
    const CoderParams params{
        .fmtp = "", .ptime_ms = static_cast<std::uint16_t>(10 * frames(i)), .dtx = i % 2 == 0};
    together.push_back(codec.make_encoder(params));
    alone.push_back(codec.make_encoder(params));
    decoders.push_back(codec.make_decoder({}));
    decoders_alone.push_back(codec.make_decoder({}));
  }
  for (std::size_t step = 0; step < 30; ++step) {
    std::vector<test::Packet> payloads(2 * kCalls, test::Packet(kMaxPayload));
    std::vector<EncodeJob> jobs(kCalls);
    for (std::size_t i = 0; i < kCalls; ++i) {
      const std::size_t samples = frames(i) * g729::kFrameSamples;
      const std::size_t from = 997 * i % 8000 + step * samples;
      jobs[i] = {.encoder = together[i].get(), .pcm = {&speech[from], samples}, .payload = payloads[i]};
    }
    codec.encode(jobs);
    std::vector<DecodeJob> decode_jobs(kCalls);
    std::vector<Pcm> heard(2 * kCalls, Pcm(kMaxPacketSamples));
    for (std::size_t i = 0; i < kCalls; ++i) {
      EncodeJob single{.encoder = alone[i].get(), .pcm = jobs[i].pcm, .payload = payloads[kCalls + i]};
      codec.encode({&single, 1});
      ASSERT_EQ(jobs[i].ok, single.ok);
      ASSERT_EQ(jobs[i].size, single.size);
      ASSERT_EQ(jobs[i].skipped, single.skipped);
      ASSERT_TRUE(std::ranges::equal(std::span(payloads[i]).first(single.size),
                                     std::span(payloads[kCalls + i]).first(single.size)));
      DecodeJob& job = decode_jobs[i];
      job = {.decoder = decoders[i].get(),
             .payload = std::span(payloads[i]).first(single.size),
             .pcm = heard[i]};
      if (single.size == 0 || (step + i) % 10 == 0) {
        job.kind = DecodeKind::kLost;
        job.samples_wanted = static_cast<std::uint32_t>(jobs[i].pcm.size());
      }
    }
    codec.decode(decode_jobs);
    for (std::size_t i = 0; i < kCalls; ++i) {
      DecodeJob single = decode_jobs[i];
      single.decoder = decoders_alone[i].get();
      single.pcm = heard[kCalls + i];
      codec.decode({&single, 1});
      ASSERT_TRUE(decode_jobs[i].ok);
      ASSERT_EQ(decode_jobs[i].samples, single.samples);
      ASSERT_EQ(heard[i], heard[kCalls + i]) << step << ' ' << i;
    }
  }
}

TEST(G729, RefusesWhatIsNoPacketOfIts) {
  const G729Codec codec;
  const auto decoder = codec.make_decoder({});
  Pcm pcm(kMaxPacketSamples);
  for (const std::size_t size : {1U, 9U, 11U, 15U, 1000U}) {
    const test::Packet payload(size);
    EXPECT_FALSE(test::decode_one(codec, *decoder, payload, pcm).ok) << size;
  }
  const test::Packet two(20);
  EXPECT_FALSE(test::decode_one(codec, *decoder, two, std::span(pcm).first(159)).ok);
  EXPECT_EQ(codec.make_decoder({.fmtp = "", .sample_rate = {16000}}), nullptr);
  EXPECT_EQ(codec.make_encoder({.fmtp = "", .ptime_ms = 15}), nullptr);
}

TEST(G729, SendsNoNoiseFramesToWhoRefusedThem) {
  const G729Codec codec;
  const auto encoder = codec.make_encoder({.fmtp = "annexb=no", .dtx = true});
  const Pcm silence(8000);
  for (const auto& packet : test::encode_all(codec, *encoder, silence, 160)) EXPECT_EQ(packet.size(), 20U);
}

}  // namespace
}  // namespace codecs
