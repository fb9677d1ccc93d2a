#include "codecs/dtmf.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "codecs/registry.h"
#include "tests/codecs/coding.h"
#include "tests/codecs/speech.h"

namespace codecs {
namespace {

using test::Pcm;

struct Heard {
  std::uint8_t event;
  std::size_t begin;
  std::size_t end;
};

std::vector<Heard> listen_to(const Pcm& pcm) {
  DtmfDetector detector;
  std::vector<Heard> heard;
  for (std::size_t at = 0; at < pcm.size(); at += 80) {
    const auto part = std::span{pcm}.subspan(at, std::min<std::size_t>(80, pcm.size() - at));
    const auto change = detector.listen(part);
    if (!change) continue;
    if (change->begins) {
      heard.push_back({change->event, at + change->at, 0});
    } else if (!heard.empty()) {
      heard.back().end = at + change->at;
    }
  }
  return heard;
}

/// Digits of `tone_ms` with pauses of `pause_ms`.
Pcm dial(const std::vector<std::uint8_t>& digits, std::size_t tone_ms, std::size_t pause_ms,
         std::uint8_t dbm0) {
  Pcm pcm(400);
  for (const auto digit : digits) {
    DtmfGenerator generator{{8000}, digit, dbm0};
    Pcm tone(tone_ms * 8);
    generator.generate(std::span{tone}.first(tone.size() - 8));
    generator.finish(std::span{tone}.last(8));
    pcm.insert(pcm.end(), tone.begin(), tone.end());
    pcm.insert(pcm.end(), pause_ms * 8, std::int16_t{0});
  }
  pcm.insert(pcm.end(), 800, std::int16_t{0});
  return pcm;
}

std::vector<std::uint8_t> events(const std::vector<Heard>& heard) {
  std::vector<std::uint8_t> out;
  for (const auto& digit : heard) out.push_back(digit.event);
  return out;
}

const std::vector<std::uint8_t> kAllDigits{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

// Q.23: 697, 770, 852, 941 Hz by 1209, 1336, 1477, 1633 Hz. RFC 4733 §2.3: the volume is that of each tone.
TEST(DtmfGenerator, MakesTheTwoTonesOfTheDigit) {
  DtmfGenerator generator{{8000}, 5, 10};
  Pcm pcm(8000);
  generator.generate(pcm);
  const auto amplitude = [&](double hz) {
    double a = 0;
    double b = 0;
    for (std::size_t i = 2; i < pcm.size(); ++i) {
      const double angle = 2 * 3.14159265358979 * hz * static_cast<double>(i) / 8000;
      a += pcm[i] * std::sin(angle);
      b += pcm[i] * std::cos(angle);
    }
    return std::hypot(a, b) * 2 / 8000;
  };
  // -10 dBm0 each: 22470 / sqrt(10).
  EXPECT_NEAR(amplitude(770), 7106, 100);
  EXPECT_NEAR(amplitude(1336), 7106, 100);
  EXPECT_LT(amplitude(697), 100);
  EXPECT_LT(amplitude(1477), 100);
}

TEST(DtmfGenerator, StaysAsLoudForMinutes) {
  DtmfGenerator generator{{48000}, 1, 20};
  Pcm pcm(48000);
  for (int second = 0; second < 60; ++second) generator.generate(pcm);
  EXPECT_NEAR(test::rms(pcm), 2247, 30);
}

TEST(DtmfDetector, HearsEveryDigitOfQ24Length) {
  for (const std::uint8_t dbm0 : {3, 10, 25, 35}) {
    EXPECT_EQ(events(listen_to(dial(kAllDigits, 50, 50, dbm0))), kAllDigits) << int{dbm0};
  }
}

TEST(DtmfDetector, TellsHowLongADigitLasted) {
  const auto heard = listen_to(dial({7}, 200, 50, 10));
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_NEAR(static_cast<double>(heard[0].end - heard[0].begin) / 8, 200, 26);
}

TEST(DtmfDetector, HearsDigitsThroughNoise) {
  std::mt19937 random{3};
  std::normal_distribution<double> noise{0, 300};
  Pcm pcm = dial(kAllDigits, 60, 60, 15);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(sample + std::lround(noise(random)));
  EXPECT_EQ(events(listen_to(pcm)), kAllDigits);
}

TEST(DtmfDetector, IsNotTalkedIntoDigits) {
  for (const char* voice : {"female_8k.wav", "male_8k.wav"}) {
    EXPECT_TRUE(listen_to(test::read_speech(voice)).empty()) << voice;
  }
}

TEST(DtmfDetector, SingleTonesAndFaintOnesAreNoDigits) {
  EXPECT_TRUE(listen_to(test::tone(770, 8000, 8000, 8000)).empty());
  EXPECT_TRUE(listen_to(test::tone(1336, 8000, 8000, 8000)).empty());
  EXPECT_TRUE(listen_to(dial(kAllDigits, 60, 60, 55)).empty());
}

// Q.24: a twist of 4 dB must be taken; one of 12 dB is none of a keypad's.
TEST(DtmfDetector, ToleratesTwist) {
  const auto twisted = [](double low, double high) {
    Pcm pcm = test::tone(852, low, 4000, 8000);
    const Pcm other = test::tone(1477, high, 4000, 8000);
    for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(pcm[i] + other[i]);
    return events(listen_to(pcm));
  };
  EXPECT_EQ(twisted(8000, 5047), std::vector<std::uint8_t>{9});
  EXPECT_EQ(twisted(5047, 8000), std::vector<std::uint8_t>{9});
  EXPECT_TRUE(twisted(8000, 2000).empty());
}

TEST(DtmfDetector, HearsDigitsThroughG711) {
  for (const char* name : {"PCMU", "PCMA"}) {
    const Codec& codec = *find(name);
    const auto packets = test::encode_all(codec, *codec.make_encoder({}), dial(kAllDigits, 50, 50, 10), 160);
    EXPECT_EQ(events(listen_to(test::decode_all(codec, *codec.make_decoder({}), packets, 160))), kAllDigits);
  }
}

}  // namespace
}  // namespace codecs
