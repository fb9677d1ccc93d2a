#include "codecs/resample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>
#include <string>

#include "tests/codecs/speech.h"

namespace codecs {
namespace {

using test::Pcm;

constexpr std::uint32_t kRates[] = {8000, 12000, 16000, 24000, 48000};

Pcm convert(std::uint32_t from, std::uint32_t to, const Pcm& input) {
  Resampler resampler{{from}, {to}};
  Pcm output(resampler.output_size(input.size()));
  EXPECT_EQ(resampler.process(input, output), output.size());
  return output;
}

double decibel(double ratio) {
  return 20 * std::log10(ratio + 1e-9);
}

/// Amplitude of the tone of `hz` in the second half of a signal.
double amplitude_at(const Pcm& pcm, double hz, double rate) {
  std::complex<double> sum{};
  const std::size_t from = pcm.size() / 2;
  double weight = 0;
  for (std::size_t i = from; i < pcm.size(); ++i) {
    const double place = static_cast<double>(i - from) / static_cast<double>(pcm.size() - from);
    const double window = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * place);
    sum += window * pcm[i] * std::polar(1.0, -2 * std::numbers::pi * hz * static_cast<double>(i) / rate);
    weight += window;
  }
  return 2 * std::abs(sum) / weight;
}

class EveryPair : public testing::TestWithParam<std::pair<std::uint32_t, std::uint32_t>> {
 protected:
  std::uint32_t from = GetParam().first;
  std::uint32_t to = GetParam().second;
  double nyquist = std::min(from, to) / 2.0;
};

TEST_P(EveryPair, PassesSpeechFrequenciesFlat) {
  for (const double part : {0.05, 0.25, 0.5, 0.75, 0.85, 0.9}) {
    const double hz = part * nyquist;
    const Pcm out = convert(from, to, test::tone(hz, 10000, from, from));
    EXPECT_NEAR(decibel(amplitude_at(out, hz, to) / 10000), 0, 0.2) << hz;
  }
}

TEST_P(EveryPair, KeepsImagesAndAliasesDown) {
  for (const double part : {1.1, 1.25, 1.5, 1.75}) {
    const double hz = part * nyquist;
    if (from > to) {
      if (hz >= from / 2.0) continue;
      const Pcm out = convert(from, to, test::tone(hz, 10000, from, from));
      EXPECT_LT(decibel(test::rms(std::span{out}.subspan(out.size() / 2)) / 7071), -50) << hz;
    } else {
      // The image of a tone below the input's Nyquist frequency lies as far above it.
      const double source = 2 * nyquist - hz;
      if (source <= 0 || hz >= to / 2.0) continue;
      const Pcm out = convert(from, to, test::tone(source, 10000, from, from));
      EXPECT_LT(decibel(amplitude_at(out, hz, to) / 10000), -50) << hz;
    }
  }
}

TEST_P(EveryPair, GivesExactlyTheRatioOverTime) {
  Resampler resampler{{from}, {to}};
  std::size_t taken = 0;
  std::size_t given = 0;
  Pcm output(48000);
  const Pcm input(1000, 123);
  for (const std::size_t size : {1, 7, 160, 3, 80, 480, 999, 2, 1, 1, 160}) {
    const std::size_t expected = resampler.output_size(size);
    EXPECT_EQ(resampler.process(std::span{input}.first(size), output), expected);
    taken += size;
    given += expected;
    EXPECT_EQ(given, (taken * to + from - 1) / from);
  }
}

// However the stream is cut, the same samples come out.
TEST_P(EveryPair, IsSeamless) {
  const Pcm speech = test::read_speech("male_8k.wav");
  const Pcm input{speech.begin() + 8000, speech.begin() + 12000};
  const Pcm whole = convert(from, to, input);
  Resampler resampler{{from}, {to}};
  Pcm parts;
  std::span<const std::int16_t> rest{input};
  for (std::size_t size = 1; !rest.empty(); size = size * 7 % 331) {
    const auto part = rest.first(std::min(size, rest.size()));
    Pcm out(resampler.output_size(part.size()));
    resampler.process(part, out);
    parts.insert(parts.end(), out.begin(), out.end());
    rest = rest.subspan(part.size());
  }
  EXPECT_EQ(parts, whole);
}

TEST_P(EveryPair, AConstantStaysConstantToTheLastBit) {
  const Pcm out = convert(from, to, Pcm(4000, 12345));
  for (std::size_t i = out.size() / 2; i < out.size(); ++i) ASSERT_EQ(out[i], 12345) << i;
}

// The kernels sum in 32 bits: no input, however nasty, may leave them.
TEST_P(EveryPair, NoRowCanOverflow) {
  const ResampleFilter* filter = ResampleFilter::find({from}, {to});
  ASSERT_NE(filter, nullptr);
  EXPECT_EQ(filter->taps % 16, 0U);
  for (std::uint32_t phase = 0; phase < filter->phases; ++phase) {
    std::int64_t sum = 1 << 13;
    for (std::uint32_t k = 0; k < filter->taps; ++k) {
      sum += std::int64_t{32768} * std::abs(filter->coefficients[phase * filter->taps + k]);
    }
    EXPECT_LT(sum, std::int64_t{1} << 31);
  }
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> pairs() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
  for (const auto from : kRates) {
    for (const auto to : kRates) {
      if (from != to) all.emplace_back(from, to);
    }
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Rates, EveryPair, testing::ValuesIn(pairs()), [](const auto& row) {
  return std::to_string(row.param.first) + "to" + std::to_string(row.param.second);
});

TEST(Resampler, EqualRatesAreCopied) {
  const Pcm input{1, -2, 3};
  EXPECT_EQ(convert(16000, 16000, input), input);
}

TEST(Resampler, SaysWhatItSupports) {
  EXPECT_TRUE(Resampler::supports({8000}, {48000}));
  EXPECT_FALSE(Resampler::supports({44100}, {48000}));
  EXPECT_FALSE(Resampler::supports({8000}, {11025}));
}

TEST(Resampler, TooLittleRoomIsAnAnswer) {
  Resampler resampler{{8000}, {16000}};
  const Pcm input(160, 1);
  Pcm output(319);
  EXPECT_EQ(resampler.process(input, output), 0U);
  EXPECT_EQ(resampler.output_size(160), 320U);
}

// There and back again costs a delay of 2 x 16 samples and no level.
TEST(Resampler, SpeechSurvivesTheWayThereAndBack) {
  const Pcm speech = test::read_speech("female_8k.wav");
  for (const std::uint32_t rate : {16000U, 48000U}) {
    const Pcm back = convert(rate, 8000, convert(8000, rate, speech));
    const auto delay = test::delay_of(speech, back, 64);
    EXPECT_NEAR(static_cast<double>(delay), 32, 1);
    const auto result = test::compare(speech, back, 160, delay);
    EXPECT_NEAR(result.gain_db, 0, 0.1);
  }
}

}  // namespace
}  // namespace codecs
