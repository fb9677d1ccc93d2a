#include "codecs/plc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <cstdlib>
#include <numbers>
#include <string>

#include "codecs/resample.h"
#include "tests/codecs/speech.h"

namespace codecs {
namespace {

using test::Pcm;

struct Voice {
  const char* file;
  std::uint32_t rate;
};

Pcm voice_at(const Voice& voice) {
  const Pcm source = test::read_speech(voice.file);
  const bool full_band = std::string{voice.file}.find("48k") != std::string::npos;
  Resampler resampler{{full_band ? 48000U : 8000U}, {voice.rate}};
  Pcm pcm(resampler.output_size(source.size()));
  resampler.process(source, pcm);
  return pcm;
}

/// Every `nth` frame of 20 ms is lost, and concealed or left silent.
Pcm with_losses(const Pcm& speech, std::uint32_t rate, std::size_t nth, bool concealed) {
  Pcm heard = speech;
  Plc plc{{rate}};
  const std::size_t frame = rate / 50;
  for (std::size_t i = 0; (i + 1) * frame <= heard.size(); ++i) {
    const auto pcm = std::span{heard}.subspan(i * frame, frame);
    if (i % nth != nth - 1) {
      if (concealed) plc.received(pcm);
    } else if (concealed) {
      plc.conceal(pcm);
    } else {
      std::ranges::fill(pcm, std::int16_t{0});
    }
  }
  return heard;
}

class PlcVoices : public testing::TestWithParam<Voice> {};

/// Energies of octave-wide bands from 250 Hz up to 4 kHz, in decibels.
std::array<double, 4> spectrum(std::span<const std::int16_t> pcm, std::uint32_t rate) {
  std::array<double, 4> bands;
  const auto size = static_cast<double>(pcm.size());
  for (std::size_t band = 0; band < bands.size(); ++band) {
    double energy = 1;
    for (double hz = 250.0 * (1 << band); hz < 500.0 * (1 << band); hz += 50) {
      std::complex<double> sum{};
      std::complex<double> turn{1};
      const auto step = std::polar(1.0, -2 * std::numbers::pi * hz / rate);
      for (const auto sample : pcm) {
        sum += static_cast<double>(sample) * turn;
        turn *= step;
      }
      energy += std::norm(sum / size);
    }
    bands[band] = 10 * std::log10(energy);
  }
  return bands;
}

/// Mean difference of the lost frames' spectra from those of the speech, where there is speech.
double spectral_distance(const Pcm& speech, const Pcm& heard, std::uint32_t rate, std::size_t nth) {
  const std::size_t frame = rate / 50;
  double sum = 0;
  int count = 0;
  for (std::size_t i = nth - 1; (i + 1) * frame <= speech.size(); i += nth) {
    const auto lost = std::span{speech}.subspan(i * frame, frame);
    if (test::rms(lost) < 500) continue;
    const auto wanted = spectrum(lost, rate);
    const auto given = spectrum(std::span{heard}.subspan(i * frame, frame), rate);
    for (std::size_t band = 0; band < wanted.size(); ++band) {
      sum += std::abs(wanted[band] - given[band]);
      ++count;
    }
  }
  return sum / count;
}

// No waveform can be foretold for long, but what it sounds like can: the repeated speech must have the
// spectrum of what was lost far more nearly than silence or a mere noise would.
TEST_P(PlcVoices, SoundsLikeWhatWasLost) {
  const auto& voice = GetParam();
  const Pcm speech = voice_at(voice);
  for (const std::size_t nth : {20U, 10U, 5U}) {
    const double silent =
        spectral_distance(speech, with_losses(speech, voice.rate, nth, false), voice.rate, nth);
    const double concealed =
        spectral_distance(speech, with_losses(speech, voice.rate, nth, true), voice.rate, nth);
    EXPECT_LT(concealed, 7) << nth;
    EXPECT_LT(concealed, silent / 4) << nth;
  }
}

TEST_P(PlcVoices, LeavesNoHoleInSpeech) {
  const auto& voice = GetParam();
  const Pcm speech = voice_at(voice);
  const Pcm heard = with_losses(speech, voice.rate, 10, true);
  const std::size_t frame = voice.rate / 50;
  std::size_t speaking = 0;
  std::size_t holes = 0;
  for (std::size_t i = 9; (i + 2) * frame <= speech.size(); i += 10) {
    const auto lost = std::span{speech}.subspan(i * frame, frame);
    if (test::rms(lost) < 500) continue;
    ++speaking;
    if (test::rms(std::span{heard}.subspan(i * frame, frame)) < test::rms(lost) / 18) ++holes;  // 25 dB
  }
  ASSERT_GT(speaking, 5U);
  EXPECT_LE(holes * 10, speaking);  // a word that begins within the gap cannot be guessed
}

INSTANTIATE_TEST_SUITE_P(Voices, PlcVoices,
                         testing::Values(Voice{"female_8k.wav", 8000}, Voice{"male_8k.wav", 8000},
                                         Voice{"female_48k.wav", 16000}, Voice{"female_48k.wav", 48000}),
                         [](const auto& row) {
                           return std::string{row.param.file}.substr(0, 4) + std::to_string(row.param.rate) +
                                  std::to_string(row.index);
                         });

TEST(Plc, BeforeAnythingWasHeardThereIsSilence) {
  Plc plc{{8000}};
  Pcm pcm(160, 99);
  plc.conceal(pcm);
  EXPECT_TRUE(std::ranges::all_of(pcm, [](auto sample) { return sample == 0; }));
}

TEST(Plc, FadesToSilenceWithin60Ms) {
  Plc plc{{8000}};
  Pcm tone = test::tone(200, 10000, 800, 8000);
  plc.received(tone);
  Pcm gap(800);
  plc.conceal(gap);
  const auto level = [&](std::size_t ms) { return test::rms(std::span{gap}.subspan(ms * 8, 80)) / 7071; };
  EXPECT_NEAR(level(0), 1, 0.05);
  EXPECT_NEAR(level(10), 0.9, 0.1);
  EXPECT_NEAR(level(30), 0.5, 0.1);
  EXPECT_GT(level(48), 0.02);
  EXPECT_EQ(level(60), 0);
}

// Neither into the gap nor out of it does the waveform jump by more than it does by itself.
TEST(Plc, JoinsWithoutClicks) {
  for (const double hz : {70.0, 110.0, 157.0, 201.0, 333.0}) {
    const Pcm clean = test::tone(hz, 10000, 8000, 8000);
    const auto steepest = static_cast<int>(2 * 3.1416 * hz / 8000 * 10000) + 1;
    for (std::size_t lost = 80; lost <= 400; lost += 80) {
      Plc plc{{8000}};
      Pcm heard = clean;
      plc.received(std::span{heard}.first(3200));
      plc.conceal(std::span{heard}.subspan(3200, lost));
      plc.received(std::span{heard}.subspan(3200 + lost));
      for (std::size_t i = 3100; i < 3200 + lost + 200; ++i) {
        ASSERT_LT(std::abs(heard[i] - heard[i - 1]), steepest * 2 + 300) << hz << ' ' << lost << ' ' << i;
      }
    }
  }
}

TEST(Plc, TheLoudestInputStaysInRange) {
  Plc plc{{16000}};
  Pcm square(1600);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 80 % 2 == 0 ? INT16_MAX : INT16_MIN;
  plc.received(square);
  Pcm gap(1600);
  plc.conceal(gap);
  plc.received(square);
  EXPECT_GT(test::rms(std::span{gap}.first(160)), 20000);
}

}  // namespace
}  // namespace codecs
