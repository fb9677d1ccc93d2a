#pragma once
/// \file
/// Gain and mixing of linear samples, saturated where 16 bits do not suffice. Any thread, no allocation;
/// spans given together have the same size.

#include <cstdint>
#include <span>

namespace codecs {

/// A gain in steps of 1/4096, from silence to just below 8 (+18 dB).
struct Gain {
  std::int16_t q12{4096};
};
/// The nearest gain; what is above +18 dB becomes the largest.
[[nodiscard]] Gain gain_from_db(float db);

void apply_gain(std::span<std::int16_t> pcm, Gain gain) noexcept;

/// Adds one voice to a sum of up to 65,536 voices.
void accumulate(std::span<std::int32_t> sum, std::span<const std::int16_t> voice) noexcept;

/// The sum as one hears it who must not hear oneself; an empty `own` for those who did not speak.
void mix_minus(std::span<const std::int32_t> sum, std::span<const std::int16_t> own,
               std::span<std::int16_t> out) noexcept;

}  // namespace codecs
