#include "codecs/bcg729_codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

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

/// A conformance vector of Annex A and what the library was seen to reach on it, decoding (segmental SNR in
/// decibels) or encoding (percentage of equal bits): it interoperates without being bit-exact, and must not
/// get worse.
struct Vector {
  const char* name;
  double reached;
};

class Bcg729Vector : public testing::TestWithParam<Vector> {
 protected:
  std::string path = std::string{"g729/a_"} + GetParam().name;

  static Pcm words_of(const std::string& file) {
    const auto octets = test::read_data(file);
    Pcm words(octets.size() / 2);
    std::memcpy(words.data(), octets.data(), octets.size());
    return words;
  }

  /// Speech frames as packets; erased ones are empty.
  std::vector<test::Packet> frames() const {
    const auto file = test::read_data(path + ".bits");
    std::vector<test::Packet> packets;
    for (std::size_t at = 0; at < file.size();) {
      const auto size = std::to_integer<std::size_t>(file[at++]);
      const std::size_t octets = size <= g729::kVoiceOctets ? size : 0;
      const auto from = file.begin() + static_cast<std::ptrdiff_t>(at);
      packets.emplace_back(from, from + static_cast<std::ptrdiff_t>(octets));
      at += octets;
    }
    return packets;
  }
};

TEST_P(Bcg729Vector, DecodesCloseToTheRecommendation) {
  const Bcg729Codec codec;
  const Pcm expected = words_of(path + ".out");
  const Pcm decoded = test::decode_all(codec, *codec.make_decoder({}), frames(), g729::kFrameSamples);
  ASSERT_GE(decoded.size(), expected.size());
  EXPECT_NEAR(test::compare(expected, decoded, 80, 0).segmental_snr_db, GetParam().reached, 1);
}

class Bcg729EncoderVector : public Bcg729Vector {};

TEST_P(Bcg729EncoderVector, EncodesMuchAsTheRecommendation) {
  const Bcg729Codec codec;
  const auto encoder = codec.make_encoder({.fmtp = "annexb=no", .ptime_ms = 10});
  const auto packets = test::encode_all(codec, *encoder, words_of(path + ".in"), g729::kFrameSamples);
  const auto expected = frames();
  ASSERT_GE(packets.size(), expected.size());
  int equal = 0;
  int bits = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    for (std::size_t k = 0; k < expected[i].size(); ++k) {
      equal += 8 - std::popcount(std::to_integer<unsigned>(expected[i][k] ^ packets[i][k]));
      bits += 8;
    }
  }
  EXPECT_NEAR(100.0 * equal / bits, GetParam().reached, 1);
}

std::string vector_name(const testing::TestParamInfo<Vector>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(AnnexA, Bcg729Vector,
                         testing::Values(Vector{"algthm", 32.0}, Vector{"fixed", 29.1}, Vector{"lsp", 25.4},
                                         Vector{"parity", 35.1}, Vector{"tame", 37.5}, Vector{"test", 34.4}),
                         vector_name);
INSTANTIATE_TEST_SUITE_P(AnnexA, Bcg729EncoderVector,
                         testing::Values(Vector{"algthm", 76.0}, Vector{"fixed", 83.3}, Vector{"lsp", 68.6},
                                         Vector{"tame", 65.9}, Vector{"test", 70.2}),
                         vector_name);

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
