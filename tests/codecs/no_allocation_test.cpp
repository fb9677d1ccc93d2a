/// \file
/// The work functions never allocate: malloc is counted while every codec works. A program of its own,
/// because it puts itself in front of the C library.

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "codecs/comfort_noise.h"
#include "codecs/dtmf.h"
#include "codecs/registry.h"
#include "codecs/resample.h"

namespace {
thread_local std::size_t allocations = 0;
}

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* old, std::size_t size) {
  ++allocations;
  return __libc_realloc(old, size);
}
}

namespace codecs {
namespace {

std::vector<std::int16_t> noise(std::size_t samples) {
  std::vector<std::int16_t> pcm(samples);
  ComfortNoise source{1};
  NoiseDescription description;
  description.level = 30;
  source.describe(description);
  source.generate(pcm);
  return pcm;
}

TEST(NoAllocation, TheCounterCounts) {
  const auto before = allocations;
  void* volatile block = std::malloc(10);
  std::free(block);
  EXPECT_EQ(allocations, before + 1);
}

TEST(NoAllocation, NoCodecAllocatesAtWork) {
  for (const Codec* codec : all()) {
    for (const std::uint32_t other : {8000U, 16000U, 48000U}) {
      CoderParams params;
      params.sample_rate = codec->best_rate({other});
      params.ptime_ms = codec->fit_ptime(20);
      params.fmtp = "useinbandfec=1;usedtx=1";
      params.dtx = true;
      const auto encoder = codec->make_encoder(params);
      const auto decoder = codec->make_decoder(params);
      const auto pcm = noise(std::size_t{params.sample_rate.hz} / 1000 * params.ptime_ms);
      std::vector<std::byte> payload(kMaxPayload);
      std::vector<std::int16_t> out(std::size_t{params.sample_rate.hz} / 1000 * kMaxPacketMs);
      bool good = true;
      const auto before = allocations;
      for (int i = 0; i < 60; ++i) {
        codec->set_expected_loss(*encoder, i % 2 == 0 ? 0.1F : 0.0F);
        codec->set_complexity(*encoder, i % 11);
        EncodeJob encode{.encoder = encoder.get(), .pcm = pcm, .payload = payload};
        codec->encode({&encode, 1});
        DecodeJob decode{.decoder = decoder.get(), .payload = {payload.data(), encode.size}, .pcm = out};
        if (i % 5 == 3 || encode.size == 0) {
          decode.kind = i % 2 == 0 ? DecodeKind::kLost : DecodeKind::kRecover;
          decode.samples_wanted = static_cast<std::uint32_t>(pcm.size());
        }
        codec->decode({&decode, 1});
        good = good && encode.ok && decode.ok;
      }
      EXPECT_EQ(allocations, before) << codec->info().encoding << '/' << params.sample_rate.hz;
      EXPECT_TRUE(good) << codec->info().encoding << '/' << params.sample_rate.hz;
    }
  }
}

TEST(NoAllocation, NeitherDoTheHelpers) {
  auto pcm = noise(960);
  std::vector<std::int16_t> out(5760);
  Resampler up{{8000}, {48000}};
  ComfortNoise comfort{3};
  DtmfDetector detector;
  DtmfGenerator generator{{8000}, 5, 10};
  const auto before = allocations;
  EXPECT_EQ(up.process(pcm, out), 5760U);
  comfort.describe(NoiseDescription::measure(pcm, 10));
  comfort.generate(out);
  generator.generate(out);
  EXPECT_TRUE(detector.listen(std::span{out}.first(400)).has_value());
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace codecs
