#include "codecs/simd/kernels.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <random>
#include <utility>

#include "tests/codecs/speech.h"

namespace codecs::simd {
namespace {

/// Every instruction set that this machine has, each against ITU's data or the scalar kernels.
class EveryTarget : public testing::TestWithParam<Target> {
 protected:
  const Kernels& k = kernels_for(GetParam());
};

std::vector<std::uint8_t> codes_of(const std::string& path) {
  const auto octets = test::read_data("codecs/g711/" + path);
  std::vector<std::uint8_t> codes(octets.size());
  std::memcpy(codes.data(), octets.data(), octets.size());
  return codes;
}

std::vector<std::int16_t> words_of(const std::string& path) {
  const auto octets = test::read_data("codecs/g711/" + path);
  std::vector<std::int16_t> words(octets.size() / 2);
  std::memcpy(words.data(), octets.data(), octets.size());
  return words;
}

std::vector<std::int16_t> every_sample() {
  std::vector<std::int16_t> pcm(65536);
  for (int i = 0; i < 65536; ++i) pcm[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 32768);
  return pcm;
}

std::vector<std::uint8_t> every_code() {
  std::vector<std::uint8_t> codes(256);
  std::iota(codes.begin(), codes.end(), std::uint8_t{0});
  return codes;
}

TEST_P(EveryTarget, EncodesTheWholeG711Sweep) {
  const auto pcm = every_sample();
  std::vector<std::uint8_t> codes(pcm.size());
  k.alaw_encode(pcm.data(), codes.data(), pcm.size());
  EXPECT_EQ(codes, codes_of("sweep.alaw"));
  k.ulaw_encode(pcm.data(), codes.data(), pcm.size());
  EXPECT_EQ(codes, codes_of("sweep.ulaw"));
}

TEST_P(EveryTarget, DecodesEveryG711Code) {
  const auto codes = every_code();
  std::vector<std::int16_t> pcm(codes.size());
  k.alaw_decode(codes.data(), pcm.data(), codes.size());
  EXPECT_EQ(pcm, words_of("alaw.linear"));
  k.ulaw_decode(codes.data(), pcm.data(), codes.size());
  EXPECT_EQ(pcm, words_of("ulaw.linear"));
}

TEST_P(EveryTarget, ConvertsBetweenTheLawsAsThroughLinear) {
  const auto codes = every_code();
  std::vector<std::uint8_t> direct(256);
  std::vector<std::uint8_t> through(256);
  std::vector<std::int16_t> pcm(256);
  k.alaw_to_ulaw(codes.data(), direct.data(), 256);
  kScalarKernels.alaw_decode(codes.data(), pcm.data(), 256);
  kScalarKernels.ulaw_encode(pcm.data(), through.data(), 256);
  EXPECT_EQ(direct, through);
  k.ulaw_to_alaw(codes.data(), direct.data(), 256);
  kScalarKernels.ulaw_decode(codes.data(), pcm.data(), 256);
  kScalarKernels.alaw_encode(pcm.data(), through.data(), 256);
  EXPECT_EQ(direct, through);
}

TEST_P(EveryTarget, ConvertsInPlace) {
  auto codes = every_code();
  const auto original = codes;
  k.alaw_to_ulaw(codes.data(), codes.data(), codes.size());
  std::vector<std::uint8_t> expected(256);
  k.alaw_to_ulaw(original.data(), expected.data(), 256);
  EXPECT_EQ(codes, expected);
}

// Short and odd lengths leave what lies behind them alone.
TEST_P(EveryTarget, KeepsWithinItsBuffers) {
  const auto pcm = every_sample();
  const auto codes = every_code();
  for (std::size_t count = 0; count < 70; ++count) {
    std::vector<std::uint8_t> out(count + 1, 0xA5);
    std::vector<std::uint8_t> expected(count + 1, 0xA5);
    k.ulaw_encode(pcm.data() + 20001, out.data(), count);
    kScalarKernels.ulaw_encode(pcm.data() + 20001, expected.data(), count);
    EXPECT_EQ(out, expected) << count;
    k.alaw_to_ulaw(codes.data() + 3, out.data(), count);
    kScalarKernels.alaw_to_ulaw(codes.data() + 3, expected.data(), count);
    EXPECT_EQ(out, expected) << count;
    std::vector<std::int16_t> linear(count + 1, 77);
    std::vector<std::int16_t> expected_linear(count + 1, 77);
    k.alaw_decode(codes.data() + 1, linear.data(), count);
    kScalarKernels.alaw_decode(codes.data() + 1, expected_linear.data(), count);
    EXPECT_EQ(linear, expected_linear) << count;
  }
}

std::vector<std::int16_t> noise(std::size_t count, std::uint32_t seed) {
  std::mt19937 random{seed};
  std::vector<std::int16_t> pcm(count);
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(random());
  return pcm;
}

TEST_P(EveryTarget, GainsAsTheScalarKernel) {
  for (const std::int16_t gain : {0, 1, 2048, 4095, 4096, 4097, 12345, 32767}) {
    for (const std::size_t count : {1U, 7U, 16U, 33U, 65536U}) {
      auto ours = every_sample();
      ours.resize(count);
      auto expected = ours;
      k.gain(ours.data(), count, gain);
      kScalarKernels.gain(expected.data(), count, gain);
      EXPECT_EQ(ours, expected) << gain << '/' << count;
    }
  }
}

TEST_P(EveryTarget, MixesAsTheScalarKernel) {
  for (const std::size_t count : {1U, 15U, 16U, 47U, 160U, 961U}) {
    std::vector<std::int32_t> ours(count);
    std::vector<std::int32_t> expected(count);
    for (std::uint32_t voice = 0; voice < 5; ++voice) {
      const auto pcm = noise(count, voice);
      k.accumulate(ours.data(), pcm.data(), count);
      kScalarKernels.accumulate(expected.data(), pcm.data(), count);
    }
    EXPECT_EQ(ours, expected);
    const auto own = noise(count, 3);
    std::vector<std::int16_t> heard(count);
    std::vector<std::int16_t> expected_heard(count);
    for (const std::int16_t* minus : {own.data(), static_cast<const std::int16_t*>(nullptr)}) {
      k.mix_minus(ours.data(), minus, heard.data(), count);
      kScalarKernels.mix_minus(expected.data(), minus, expected_heard.data(), count);
      EXPECT_EQ(heard, expected_heard);
    }
  }
}

TEST_P(EveryTarget, FiltersAsTheScalarKernel) {
  auto input = noise(3000, 9);
  std::fill_n(input.begin() + 300, 40, INT16_MIN);  // the loudest that there is
  std::fill_n(input.begin() + 340, 40, INT16_MAX);
  for (const std::uint32_t taps : {16U, 32U, 48U, 64U, 96U, 192U}) {
    for (const auto& [phases, step] :
         {std::pair{1U, 1U}, {2U, 1U}, {1U, 2U}, {3U, 2U}, {2U, 3U}, {6U, 1U}, {1U, 6U}}) {
      auto rows = noise(std::size_t{taps} * phases, taps + phases);
      for (auto& coefficient : rows)
        coefficient = static_cast<std::int16_t>(coefficient / static_cast<int>(taps));
      for (const std::size_t outputs : {0U, 1U, 3U, 4U, 5U, 160U, 331U}) {
        std::vector<std::int16_t> ours(outputs + 1, 7);
        std::vector<std::int16_t> expected(outputs + 1, 7);
        FirJob job{.input = input.data(),
                   .coefficients = rows.data(),
                   .output = ours.data(),
                   .outputs = outputs,
                   .taps = taps,
                   .phases = phases,
                   .step = step,
                   .phase = phases - 1};
        k.fir(job);
        job.output = expected.data();
        kScalarKernels.fir(job);
        EXPECT_EQ(ours, expected) << taps << ' ' << phases << '/' << step << ' ' << outputs;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Runnable, EveryTarget, testing::ValuesIn(runnable().begin(), runnable().end()),
                         [](const auto& row) { return std::string{name(row.param)}; });

}  // namespace
}  // namespace codecs::simd
