#include "codecs/mix.h"

#include <algorithm>
#include <cmath>

#include "codecs/simd/kernels.h"

namespace codecs {

Gain gain_from_db(float db) {
  constexpr float kLargest = 32767;
  const float value = 4096.0F * std::pow(10.0F, db / 20.0F);
  return {static_cast<std::int16_t>(std::lround(std::clamp(value, 0.0F, kLargest)))};
}

void apply_gain(std::span<std::int16_t> pcm, Gain gain) noexcept {
  simd::kernels().gain(pcm.data(), pcm.size(), gain.q12);
}

void accumulate(std::span<std::int32_t> sum, std::span<const std::int16_t> voice) noexcept {
  simd::kernels().accumulate(sum.data(), voice.data(), std::min(sum.size(), voice.size()));
}

void mix_minus(std::span<const std::int32_t> sum, std::span<const std::int16_t> own,
               std::span<std::int16_t> out) noexcept {
  const std::size_t count = std::min(sum.size(), out.size());
  simd::kernels().mix_minus(sum.data(), own.size() >= count ? own.data() : nullptr, out.data(), count);
}

}  // namespace codecs
