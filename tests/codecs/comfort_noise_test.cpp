#include "codecs/comfort_noise.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/codecs/speech.h"

namespace codecs {
namespace {

using test::Pcm;

std::vector<std::byte> octets(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

double dbov(std::span<const std::int16_t> pcm) {
  return 20 * std::log10(test::rms(pcm) / 32767);
}

Pcm made_from(const NoiseDescription& description, std::size_t samples) {
  ComfortNoise noise{1234};
  noise.describe(description);
  Pcm settling(4000);
  noise.generate(settling);
  Pcm pcm(samples);
  noise.generate(pcm);
  return pcm;
}

// RFC 3389 §3.1: one octet of level, its first bit unused; §3.2: 127 stands for zero.
TEST(NoiseDescription, ReadsLevelAndSpectrum) {
  const auto description = NoiseDescription::parse(octets({0x80 | 62, 127, 254, 0}));
  ASSERT_TRUE(description.has_value());
  EXPECT_EQ(description->level, 62);
  EXPECT_EQ(description->order, 3);
  EXPECT_EQ(description->reflection[0], 0);
  EXPECT_NEAR(description->reflection[1], 127 * 258 / 32768.0, 1e-6);
  EXPECT_NEAR(description->reflection[2], -127 * 258 / 32768.0, 1e-6);
}

TEST(NoiseDescription, AnEmptyPayloadSaysNothing) {
  EXPECT_FALSE(NoiseDescription::parse({}).has_value());
}

TEST(NoiseDescription, HighOrdersAreCutOff) {
  const std::vector<std::byte> payload(40, std::byte{130});
  EXPECT_EQ(NoiseDescription::parse(payload)->order, NoiseDescription::kMaxOrder);
}

TEST(NoiseDescription, IsReadBackAsWritten) {
  for (int index = 0; index < 255; ++index) {
    const auto payload = octets({40, index});
    std::vector<std::byte> again(2);
    EXPECT_EQ(NoiseDescription::parse(payload)->print(again), 2U);
    EXPECT_EQ(again, payload);
  }
  std::vector<std::byte> small(1);
  EXPECT_EQ(NoiseDescription::parse(octets({40, 1, 2}))->print(small), 1U);
  EXPECT_EQ(NoiseDescription{}.print({}), 0U);
}

TEST(NoiseDescription, MeasuresSilenceAsTheLowestLevel) {
  EXPECT_EQ(NoiseDescription::measure(Pcm(160), 10).level, 127);
  EXPECT_EQ(NoiseDescription::measure({}, 10).level, 127);
}

TEST(NoiseDescription, MeasuresTheLevelInDbov) {
  Pcm square(160);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i % 8 < 4 ? 32767 : -32767;
  EXPECT_EQ(NoiseDescription::measure(square, 0).level, 0);
  EXPECT_EQ(NoiseDescription::measure(test::tone(500, 3277, 8000, 8000), 0).level,
            23);  // -20 dB, sine: -3 dB
}

class NoiseLevel : public testing::TestWithParam<int> {};

TEST_P(NoiseLevel, IsKept) {
  const auto payload = octets({GetParam(), 200, 90, 140});
  const Pcm pcm = made_from(*NoiseDescription::parse(payload), 16000);
  EXPECT_NEAR(dbov(pcm), -GetParam(), 1);
}

INSTANTIATE_TEST_SUITE_P(Dbov, NoiseLevel, testing::Values(20, 35, 50, 65));

// What was measured on a noise and made up again measures the same: level within a decibel, spectrum alike.
TEST(ComfortNoise, SoundsLikeWhatWasMeasured) {
  NoiseDescription coloured;
  coloured.level = 45;
  coloured.order = 2;
  coloured.reflection = {-0.7F, 0.4F};
  const Pcm first = made_from(coloured, 8000);
  const auto measured = NoiseDescription::measure(first, 2);
  EXPECT_NEAR(measured.level, 45, 1);
  EXPECT_NEAR(measured.reflection[0], -0.7F, 0.06);
  EXPECT_NEAR(measured.reflection[1], 0.4F, 0.06);
  const auto again = NoiseDescription::measure(made_from(measured, 8000), 2);
  EXPECT_NEAR(again.level, measured.level, 1);
  EXPECT_NEAR(again.reflection[0], measured.reflection[0], 0.06);
}

TEST(ComfortNoise, StaysInRangeWhateverIsDescribed) {
  const std::vector<std::byte> extreme{std::byte{0},   std::byte{254}, std::byte{0},   std::byte{254},
                                       std::byte{255}, std::byte{0},   std::byte{254}, std::byte{0}};
  ComfortNoise noise{7};
  Pcm pcm(8000);
  noise.describe(*NoiseDescription::parse(extreme));
  noise.generate(pcm);
  noise.describe({});
  noise.generate(pcm);
  EXPECT_LT(test::rms(std::span{pcm}.last(800)), 32768);
}

TEST(ComfortNoise, IsSilentBeforeItIsDescribed) {
  ComfortNoise noise{7};
  Pcm pcm(160, 5);
  noise.generate(pcm);
  EXPECT_EQ(pcm, Pcm(160));
}

}  // namespace
}  // namespace codecs
