#include "codecs/bcg729_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "codecs/g729_format.h"
#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Pcm;

constexpr std::size_t kDelay = 40;  // 5 ms of look-ahead

TEST(Bcg729, CodesSpeech) {
  const Bcg729Codec codec;
  for (const char* voice : {"female_8k.wav", "male_8k.wav"}) {
    const Pcm speech = test::read_speech(voice);
    const auto encoder = codec.make_encoder({.fmtp = "annexb=no"});
    const auto decoder = codec.make_decoder({});
    const auto packets = test::encode_all(codec, *encoder, speech, 160);
    EXPECT_TRUE(std::ranges::all_of(packets, [](const auto& packet) { return packet.size() == 20; }));
    const Pcm heard = test::decode_all(codec, *decoder, packets, 160);
    EXPECT_NEAR(static_cast<double>(test::delay_of(speech, heard, 80)), kDelay, 2) << voice;
    const auto result = test::compare(speech, heard, 160, kDelay);
    EXPECT_GT(result.segmental_snr_db, 3) << voice;
    EXPECT_NEAR(result.gain_db, 0, 1.5) << voice;
  }
}

TEST(Bcg729, PausesAreDescribedAndFilled) {
  const Bcg729Codec codec;
  Pcm speech = test::read_speech("male_8k.wav");
  // Two seconds of faint noise after four of speech.
  std::uint32_t seed = 1;
  for (std::size_t i = 32000; i < speech.size(); ++i) {
    seed = seed * 1664525 + 1013904223;
    speech[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(seed) >> 25);
  }
  const auto encoder = codec.make_encoder({.fmtp = "", .dtx = true});
  const auto decoder = codec.make_decoder({});
  const auto packets = test::encode_all(codec, *encoder, speech, 160);
  const auto tail = std::span{packets}.subspan(200);
  EXPECT_TRUE(std::ranges::any_of(
      tail, [](const auto& packet) { return packet.size() % g729::kVoiceOctets == g729::kSidOctets; }));
  EXPECT_GT(std::ranges::count_if(tail, &test::Packet::empty), 20);
  const Pcm heard = test::decode_all(codec, *decoder, packets, 160);
  const double level = test::rms(std::span{heard}.subspan(40000));
  EXPECT_NEAR(20 * std::log10(level / test::rms(std::span{speech}.subspan(40000))), 0, 3);
}

TEST(Bcg729, SendsNoNoiseFramesToWhoRefusedThem) {
  const Bcg729Codec codec;
  const auto encoder = codec.make_encoder({.fmtp = "annexb=no", .dtx = true});
  const Pcm silence(8000);
  for (const auto& packet : test::encode_all(codec, *encoder, silence, 160)) EXPECT_EQ(packet.size(), 20U);
}

TEST(Bcg729, ConcealsErasures) {
  const Bcg729Codec codec;
  const Pcm speech = test::read_speech("female_8k.wav");
  const auto encoder = codec.make_encoder({.fmtp = "annexb=no"});
  const auto packets = test::encode_all(codec, *encoder, speech, 160);
  const auto decoder = codec.make_decoder({});
  const auto lost = [](std::size_t i) { return i % 20 == 7; };
  const Pcm concealed = test::decode_all(codec, *decoder, packets, 160, lost);
  Pcm silent = test::decode_all(codec, *codec.make_decoder({}), packets, 160);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (lost(i)) std::fill_n(silent.begin() + static_cast<std::ptrdiff_t>(i * 160), 160, 0);
  }
  ASSERT_EQ(concealed.size(), silent.size());
  // Repeating the past is a guess: what it must do is to leave no hole.
  for (std::size_t i = 0; i < packets.size(); ++i) {
    const auto around = std::span{concealed}.subspan(i * 160, 160);
    const auto reference = std::span{speech}.subspan(i * 160, 160);
    if (lost(i) && test::rms(reference) > 1000) {
      EXPECT_GT(test::rms(around), 100) << i;
    }
  }
}

TEST(Bcg729, RefusesForeignSizes) {
  const Bcg729Codec codec;
  const auto decoder = codec.make_decoder({});
  Pcm pcm(960, 5);
  const std::vector<std::byte> payload(33);
  for (const std::size_t octets : {1, 3, 8, 15, 33}) {
    EXPECT_FALSE(test::decode_one(codec, *decoder, {payload.data(), octets}, pcm).ok) << octets;
    EXPECT_EQ(pcm.front(), 5);
  }
}

}  // namespace
}  // namespace codecs
