#include "codecs/g722.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Pcm;

Pcm words_of(const std::string& name) {
  const auto octets = test::read_data("codecs/g722/" + name);
  Pcm words(octets.size() / 2);
  std::memcpy(words.data(), octets.data(), octets.size());
  return words;
}

const G722Codec kG722;
const CoderParams kWide{.fmtp = "", .sample_rate = {16000}};

TEST(G722, EncodesTheItuVectorBitForBit) {
  const Pcm speech = words_of("speech.linear");
  const auto encoder = kG722.make_encoder(kWide);
  std::vector<std::byte> code;
  for (const auto& packet : test::encode_all(kG722, *encoder, speech, 320)) {
    code.insert(code.end(), packet.begin(), packet.end());
  }
  EXPECT_EQ(code, test::read_data("codecs/g722/speech.g722"));
}

TEST(G722, DecodesTheItuVectorBitForBit) {
  const auto code = test::read_data("codecs/g722/speech.g722");
  const auto decoder = kG722.make_decoder(kWide);
  std::vector<test::Packet> packets;
  for (std::size_t at = 0; at + 160 <= code.size(); at += 160) {
    packets.emplace_back(code.begin() + static_cast<std::ptrdiff_t>(at),
                         code.begin() + static_cast<std::ptrdiff_t>(at + 160));
  }
  EXPECT_EQ(test::decode_all(kG722, *decoder, packets, 320), words_of("speech.decoded"));
}

// RFC 3551 §4.5.2: the clock ticks at 8 kHz for historical reasons.
TEST(G722, AnOctetIsOneTickAndTwoSamples) {
  const std::vector<std::byte> payload(160);
  EXPECT_EQ(kG722.duration_ticks(payload), 160U);
  Pcm pcm(2000);
  EXPECT_EQ(test::decode_one(kG722, *kG722.make_decoder(kWide), payload, pcm).samples, 320U);
  EXPECT_EQ(test::decode_one(kG722, *kG722.make_decoder({}), payload, pcm).samples, 160U);
}

TEST(G722, ANarrowBandLegNeedsNoResampling) {
  EXPECT_EQ(kG722.best_rate({8000}).hz, 8000U);
  EXPECT_EQ(kG722.best_rate({48000}).hz, 16000U);
  const Pcm speech = test::read_speech("female_8k.wav");
  const auto packets = test::encode_all(kG722, *kG722.make_encoder({}), speech, 160);
  const Pcm heard = test::decode_all(kG722, *kG722.make_decoder({}), packets, 160);
  const auto delay = test::delay_of(speech, heard, 80);
  const auto result = test::compare(speech, heard, 160, delay);
  EXPECT_LE(delay, 2U);
  EXPECT_GT(result.segmental_snr_db, 20);
  EXPECT_NEAR(result.gain_db, 0, 0.3);
}

// A tone coded by a wide-band encoder is as loud for a narrow-band decoder, and the other way round.
TEST(G722, BothWidthsAgreeOnTheLevel) {
  const Pcm wide = test::tone(1000, 8000, 16000, 16000);
  const Pcm narrow = test::tone(1000, 8000, 8000, 8000);
  const auto from_wide = test::encode_all(kG722, *kG722.make_encoder(kWide), wide, 320);
  const auto from_narrow = test::encode_all(kG722, *kG722.make_encoder({}), narrow, 160);
  const Pcm at_narrow = test::decode_all(kG722, *kG722.make_decoder({}), from_wide, 160);
  const Pcm at_wide = test::decode_all(kG722, *kG722.make_decoder(kWide), from_narrow, 320);
  const double level = test::rms(wide);
  EXPECT_NEAR(test::rms(at_narrow) / level, 1, 0.04);
  EXPECT_NEAR(test::rms(at_wide) / level, 1, 0.04);
}

}  // namespace
}  // namespace codecs
