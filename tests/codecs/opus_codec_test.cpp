#include "codecs/opus_codec.h"

#include <gtest/gtest.h>

#include <opus/opus.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "tests/codecs/coding.h"

namespace codecs {
namespace {

using test::Packet;
using test::Pcm;

const OpusCodec kOpus;

double bit_rate(std::span<const Packet> packets, double packets_per_second) {
  double octets = 0;
  for (const Packet& packet : packets) octets += static_cast<double>(packet.size());
  return octets / static_cast<double>(packets.size()) * packets_per_second * 8;
}

TEST(OpusReceiver, ReadsRfc7587Parameters) {
  const auto receiver =
      opus_receiver("maxplaybackrate=16000; maxaveragebitrate=20000;useinbandfec=1;usedtx=1");
  EXPECT_EQ(receiver.max_playback_rate, 16000);
  EXPECT_EQ(receiver.max_average_bit_rate, 20000);
  EXPECT_TRUE(receiver.fec);
  EXPECT_TRUE(receiver.dtx);
  EXPECT_FALSE(receiver.constant_bit_rate);
  EXPECT_EQ(opus_receiver("").max_playback_rate, 48000);
}

TEST(Opus, WorksAtTheRateOfTheOtherLeg) {
  EXPECT_EQ(kOpus.best_rate({8000}).hz, 8000U);
  EXPECT_EQ(kOpus.best_rate({16000}).hz, 16000U);
  EXPECT_EQ(kOpus.best_rate({44100}).hz, 48000U);
  EXPECT_EQ(kOpus.best_rate({96000}).hz, 48000U);
  EXPECT_EQ(kOpus.fit_ptime(30), 20);
  EXPECT_EQ(kOpus.fit_ptime(3), 10);
  EXPECT_EQ(kOpus.make_encoder({.fmtp = "", .sample_rate = {8000}, .ptime_ms = 30}), nullptr);
}

struct Voice {
  const char* file;
  std::uint32_t rate;
  double floor_db;
};

class OpusSpeech : public testing::TestWithParam<Voice> {};

TEST_P(OpusSpeech, KeepsLevelAndWaveform) {
  const auto& voice = GetParam();
  const Pcm speech = test::read_speech(voice.file);
  const CoderParams params{.fmtp = "", .sample_rate = {voice.rate}};
  const auto encoder = kOpus.make_encoder(params);
  const auto decoder = kOpus.make_decoder(params);
  const std::size_t frame = voice.rate / 50;
  const auto packets = test::encode_all(kOpus, *encoder, speech, frame);
  const Pcm heard = test::decode_all(kOpus, *decoder, packets, frame);
  const auto delay = test::delay_of(speech, heard, voice.rate / 100);
  EXPECT_NEAR(static_cast<double>(delay) * 1000 / voice.rate, 6.5, 0.6);
  const auto result = test::compare(speech, heard, frame, delay);
  EXPECT_GT(result.segmental_snr_db, voice.floor_db);
  EXPECT_NEAR(result.gain_db, 0, 0.5);
}

INSTANTIATE_TEST_SUITE_P(Voices, OpusSpeech,
                         testing::Values(Voice{"female_8k.wav", 8000, 17}, Voice{"male_8k.wav", 8000, 17},
                                         Voice{"female_48k.wav", 48000, 9}),
                         [](const auto& row) {
                           return std::string{row.param.file}.substr(
                               0, std::string_view{row.param.file}.find('.'));
                         });

// The lowest tones of a voice come through: a high-pass of libopus' voice application would take decibels.
TEST(Opus, LowTonesKeepTheirLevel) {
  for (const double hz : {60.0, 100.0, 200.0}) {
    const Pcm said = test::tone(hz, 8000, 16000, 8000);
    const CoderParams params{.fmtp = "", .sample_rate = {8000}};
    const auto packets = test::encode_all(kOpus, *kOpus.make_encoder(params), said, 160);
    const Pcm heard = test::decode_all(kOpus, *kOpus.make_decoder(params), packets, 160);
    const double ratio = test::rms(std::span{heard}.subspan(4000, 8000)) / test::rms(said);
    EXPECT_NEAR(20 * std::log10(ratio), 0, 0.5) << hz;
  }
}

// What makes a call cheap: with the bits that we choose, speech is coded in the transform mode, whose packets
// begin with configuration 16 or above (RFC 6716 §3.1); the speech mode is for few bits, pauses and losses.
TEST(Opus, TheModeFollowsBitsPausesAndLosses) {
  const Pcm speech = test::read_speech("female_8k.wav");
  const auto transform = [&](const char* fmtp, std::uint32_t rate, bool dtx, float loss) {
    const auto encoder = kOpus.make_encoder({.fmtp = fmtp, .sample_rate = {rate}, .dtx = dtx});
    kOpus.set_expected_loss(*encoder, loss);
    const auto packets = test::encode_all(kOpus, *encoder, std::span{speech}.first(16000), rate / 50);
    return (std::to_integer<unsigned>(packets.back().at(0)) >> 3) >= 16;
  };
  EXPECT_TRUE(transform("useinbandfec=1", 8000, false, 0));
  EXPECT_TRUE(transform("useinbandfec=1", 16000, false, 0));
  EXPECT_FALSE(transform("maxaveragebitrate=20000", 8000, false, 0));
  EXPECT_FALSE(transform("usedtx=1", 8000, true, 0));
  EXPECT_FALSE(transform("useinbandfec=1", 8000, false, 0.05F));
  EXPECT_TRUE(transform("", 8000, false, 0.05F));
}

class OpusVector : public testing::TestWithParam<const char*> {};

// RFC 6716 §6: a decoder conforms when the range decoder's final state is the vector's after every packet.
TEST_P(OpusVector, LeavesTheRangeDecoderAsTheVectorSays) {
  const auto file = test::read_data(std::string{"codecs/opus/testvector"} + GetParam() + ".bit");
  const auto decoder = kOpus.make_decoder({.fmtp = "", .sample_rate = {48000}});
  Pcm pcm(5760);
  std::span<const std::byte> rest{file};
  std::size_t packets = 0;
  while (rest.size() > 8) {
    const std::size_t size = base::load_be32(rest.data());
    const std::uint32_t range = base::load_be32(rest.data() + 4);
    ASSERT_LE(size, rest.size() - 8);
    const auto job = test::decode_one(kOpus, *decoder, rest.subspan(8, size), pcm);
    ASSERT_TRUE(job.ok) << packets;
    ASSERT_EQ(job.samples, kOpus.duration_ticks(rest.subspan(8, size))) << packets;
    ASSERT_EQ(OpusCodec::final_range(*decoder), range) << packets;
    rest = rest.subspan(8 + size);
    ++packets;
  }
  EXPECT_TRUE(rest.empty());
  EXPECT_GT(packets, 300U);
}

INSTANTIATE_TEST_SUITE_P(Rfc8251, OpusVector, testing::Values("02", "06", "07", "10"),
                         [](const auto& row) { return std::string{row.param}; });

TEST(Opus, KeepsTheReceiversBitRate) {
  const Pcm speech = test::read_speech("female_8k.wav");
  const auto encoder =
      kOpus.make_encoder({.fmtp = "maxaveragebitrate=9000", .sample_rate = {8000}, .bit_rate = 30000});
  EXPECT_LT(bit_rate(test::encode_all(kOpus, *encoder, speech, 160), 50), 9500);
  const auto constant = kOpus.make_encoder({.fmtp = "cbr=1", .sample_rate = {8000}});
  const auto packets = test::encode_all(kOpus, *constant, speech, 160);
  EXPECT_TRUE(std::ranges::all_of(packets, [&](const Packet& p) { return p.size() == packets[0].size(); }));
}

TEST(Opus, PausesOnlyWhereTheReceiverLikesThem) {
  const Pcm silence(8000 * 2);
  const auto pausing = kOpus.make_encoder({.fmtp = "usedtx=1", .sample_rate = {8000}, .dtx = true});
  const auto paused = test::encode_all(kOpus, *pausing, silence, 160);
  EXPECT_GT(std::ranges::count_if(paused, &Packet::empty), 60);
  const auto steady = kOpus.make_encoder({.fmtp = "", .sample_rate = {8000}, .dtx = true});
  EXPECT_EQ(std::ranges::count_if(test::encode_all(kOpus, *steady, silence, 160), &Packet::empty), 0);
}

TEST(Opus, FecRebuildsTheLostPacketFromTheNext) {
  const Pcm speech = test::read_speech("male_8k.wav");
  const auto encoder =
      kOpus.make_encoder({.fmtp = "useinbandfec=1", .sample_rate = {8000}, .bit_rate = 24000});
  kOpus.set_expected_loss(*encoder, 0.2F);
  const auto packets = test::encode_all(kOpus, *encoder, speech, 160);
  const auto lost = [](std::size_t i) { return i % 4 == 2; };
  const auto run = [&](DecodeKind kind) {
    const auto decoder = kOpus.make_decoder({.fmtp = "", .sample_rate = {8000}});
    Pcm out;
    for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
      Pcm pcm(960);
      DecodeJob job{.decoder = decoder.get(), .payload = packets[i], .pcm = pcm};
      if (lost(i)) {
        job.kind = kind;
        job.samples_wanted = 160;
        job.payload = packets[i + 1];
      }
      kOpus.decode({&job, 1});
      EXPECT_TRUE(job.ok);
      EXPECT_EQ(job.samples, 160U);
      out.insert(out.end(), pcm.begin(), pcm.begin() + job.samples);
    }
    return test::compare(speech, out, 160, test::delay_of(speech, out, 80)).segmental_snr_db;
  };
  EXPECT_GT(run(DecodeKind::kRecover), run(DecodeKind::kLost) + 1);
}

// RFC 7587 §4.1: a receiver must take stereo whatever it asked for. Both channels are heard, at half each.
TEST(Opus, StereoIsMixedDown) {
  int error = 0;
  const std::unique_ptr<::OpusEncoder, void (*)(::OpusEncoder*)> stereo{
      opus_encoder_create(48000, 2, OPUS_APPLICATION_AUDIO, &error), opus_encoder_destroy};
  ASSERT_EQ(error, OPUS_OK);
  const Pcm left = test::tone(500, 8000, 48000, 48000);
  const Pcm right = test::tone(1100, 4000, 48000, 48000);
  const auto decoder = kOpus.make_decoder({.fmtp = "", .sample_rate = {16000}});
  Pcm heard;
  for (std::size_t at = 0; at < left.size(); at += 960) {
    Pcm both;
    for (std::size_t i = at; i < at + 960; ++i) both.insert(both.end(), {left[i], right[i]});
    Packet packet(kMaxPayload);
    const auto size = opus_encode(stereo.get(), both.data(), 960,
                                  reinterpret_cast<unsigned char*>(packet.data()), kMaxPayload);
    ASSERT_GT(size, 2);
    packet.resize(static_cast<std::size_t>(size));
    Pcm pcm(1920);
    const auto job = test::decode_one(kOpus, *decoder, packet, pcm);
    ASSERT_EQ(job.samples, 320U);
    heard.insert(heard.end(), pcm.begin(), pcm.begin() + 320);
  }
  // Half of either sine, added in power.
  const double expected = std::sqrt((4000.0 * 4000.0 + 2000.0 * 2000.0) / 2);
  EXPECT_NEAR(test::rms(std::span{heard}.last(8000)) / expected, 1, 0.06);
}

// Bits for redundancy are spent only when losses are reported, and never beyond what the receiver allows.
TEST(Opus, SpendsOnFecOnlyUnderLoss) {
  const Pcm speech = test::read_speech("female_8k.wav");
  const auto rate_at = [&](const char* fmtp, float loss) {
    const auto encoder = kOpus.make_encoder({.fmtp = fmtp, .sample_rate = {8000}, .bit_rate = 20000});
    kOpus.set_expected_loss(*encoder, loss);
    return bit_rate(test::encode_all(kOpus, *encoder, speech, 160), 50);
  };
  const double plain = rate_at("useinbandfec=1", 0);
  EXPECT_LT(plain, 20500);
  EXPECT_GT(rate_at("useinbandfec=1", 0.05F), plain * 1.15);
  EXPECT_LT(rate_at("useinbandfec=1;maxaveragebitrate=20000", 0.05F), 20500);
  EXPECT_NEAR(rate_at("", 0.05F), plain, 1000);
}

TEST(Opus, ConcealsAnyLength) {
  const auto decoder = kOpus.make_decoder({.fmtp = "", .sample_rate = {16000}});
  Pcm pcm(1920);
  for (const std::uint32_t wanted : {16, 40, 100, 320, 333, 1920}) {
    DecodeJob job{.decoder = decoder.get(),
                  .payload = {},
                  .pcm = pcm,
                  .samples_wanted = wanted,
                  .kind = DecodeKind::kLost};
    kOpus.decode({&job, 1});
    EXPECT_TRUE(job.ok) << wanted;
    EXPECT_EQ(job.samples, wanted);
  }
  DecodeJob job{
      .decoder = decoder.get(), .payload = {}, .pcm = pcm, .samples_wanted = 1921, .kind = DecodeKind::kLost};
  kOpus.decode({&job, 1});
  EXPECT_FALSE(job.ok);
}

TEST(Opus, RefusesBrokenFraming) {
  const auto decoder = kOpus.make_decoder({.fmtp = "", .sample_rate = {48000}});
  Pcm pcm(kMaxPacketSamples);
  // Code 3 with zero frames; code 1 with an odd number of octets; code 3 whose frames exceed 120 ms (RFC 6716
  // §3.4, R3, R5).
  const std::vector<std::vector<std::uint8_t>> broken{
      {0x0B, 0x00}, {0x09, 0x01, 0x02, 0x03, 0x04, 0x05}, {0x1B, 0x03, 0, 0, 0}};
  for (std::size_t i = 0; i < broken.size(); ++i) {
    const auto payload = std::as_bytes(std::span{broken[i]});
    const auto job = test::decode_one(kOpus, *decoder, payload, pcm);
    EXPECT_FALSE(job.ok) << i;
  }
}

}  // namespace
}  // namespace codecs
