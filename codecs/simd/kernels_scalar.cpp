/// \file
/// The portable kernels, and the oracle for the others.

#include <algorithm>
#include <bit>
#include <iterator>

#include "codecs/simd/kernels.h"

namespace codecs::simd {
namespace {

std::int16_t saturate(std::int32_t value) {
  return static_cast<std::int16_t>(std::clamp(value, -32768, 32767));
}

// --- G.711. Negative values are mirrored by one's complement, so that no magnitude overflows and the
// decision thresholds lie as in the Recommendation's tables, where zero has a positive and a negative code.

constexpr std::uint8_t to_alaw(std::int16_t sample) {
  const std::int32_t sign = sample >> 15;
  const auto magnitude = static_cast<std::uint32_t>((sample ^ sign) >> 4);  // 11 bits
  // Segments 0 and 1 share the finest step; from there on each octave halves the resolution.
  const int octave = std::max(static_cast<int>(std::bit_width(magnitude)) - 4, 1);
  const auto code = (static_cast<std::uint32_t>(octave) << 4) - 16 + (magnitude >> (octave - 1));
  return static_cast<std::uint8_t>((code | (sign == 0 ? 0x80u : 0u)) ^ 0x55u);
}

constexpr std::uint8_t to_ulaw(std::int16_t sample) {
  const std::int32_t sign = sample >> 15;
  // 13 bits with a bias of 33, which makes every segment begin at a power of two.
  const auto magnitude = std::min(static_cast<std::uint32_t>((sample ^ sign) >> 2) + 33, 0x1FFFu);
  const int octave = static_cast<int>(std::bit_width(magnitude)) - 6;
  const auto code = (static_cast<std::uint32_t>(octave) << 4) + ((magnitude >> (octave + 1)) & 15);
  return static_cast<std::uint8_t>(~(code | (sign == 0 ? 0u : 0x80u)));
}

constexpr std::int16_t from_alaw(std::uint8_t wire) {
  const std::uint32_t code = wire ^ 0x55u;
  const std::uint32_t segment = (code >> 4) & 7;
  const std::uint32_t steps = ((code & 15) << 4) + 8 + (segment != 0 ? 0x100 : 0);
  const auto magnitude = static_cast<std::int32_t>(steps << (segment != 0 ? segment - 1 : 0));
  return static_cast<std::int16_t>((code & 0x80) != 0 ? magnitude : -magnitude);
}

constexpr std::int16_t from_ulaw(std::uint8_t wire) {
  const std::uint32_t code = ~static_cast<std::uint32_t>(wire);
  const auto magnitude = static_cast<std::int32_t>((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84;
  return static_cast<std::int16_t>((code & 0x80) != 0 ? -magnitude : magnitude);
}

template <typename Convert>
constexpr CodeTable table_of(Convert convert) {
  CodeTable table{};
  for (std::size_t code = 0; code < std::size(table.codes); ++code) {
    table.codes[code] = convert(static_cast<std::uint8_t>(code));
  }
  return table;
}

void alaw_encode(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count) {
  std::transform(pcm, pcm + count, codes, to_alaw);
}
void ulaw_encode(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count) {
  std::transform(pcm, pcm + count, codes, to_ulaw);
}
void alaw_decode(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count) {
  std::transform(codes, codes + count, pcm, from_alaw);
}
void ulaw_decode(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count) {
  std::transform(codes, codes + count, pcm, from_ulaw);
}
void alaw_to_ulaw(const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  std::transform(in, in + count, out, [](std::uint8_t code) { return kAlawToUlaw.codes[code]; });
}
void ulaw_to_alaw(const std::uint8_t* in, std::uint8_t* out, std::size_t count) {
  std::transform(in, in + count, out, [](std::uint8_t code) { return kUlawToAlaw.codes[code]; });
}

// --- gain, mixing, filtering

void gain(std::int16_t* pcm, std::size_t count, std::int16_t gain_q12) {
  for (std::size_t i = 0; i < count; ++i) pcm[i] = saturate((pcm[i] * gain_q12 + 2048) >> 12);
}

void accumulate(std::int32_t* accumulator, const std::int16_t* pcm, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) accumulator[i] += pcm[i];
}

void mix_minus(const std::int32_t* accumulator, const std::int16_t* own, std::int16_t* out,
               std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    out[i] = saturate(accumulator[i] - (own != nullptr ? own[i] : 0));
  }
}

void fir(const FirJob& job) {
  const std::int16_t* window = job.input;
  std::uint32_t phase = job.phase;
  for (std::size_t n = 0; n < job.outputs; ++n) {
    const std::int16_t* row = job.coefficients + std::size_t{phase} * job.taps;
    std::int32_t sum = 1 << 13;
    for (std::uint32_t k = 0; k < job.taps; ++k) sum += window[k] * row[k];
    job.output[n] = saturate(sum >> 14);
    for (phase += job.step; phase >= job.phases; phase -= job.phases) ++window;
  }
}

}  // namespace

constinit const CodeTable kAlawToUlaw = table_of([](std::uint8_t code) { return to_ulaw(from_alaw(code)); });
constinit const CodeTable kUlawToAlaw = table_of([](std::uint8_t code) { return to_alaw(from_ulaw(code)); });

constinit const Kernels kScalarKernels{
    .alaw_encode = alaw_encode,
    .ulaw_encode = ulaw_encode,
    .alaw_decode = alaw_decode,
    .ulaw_decode = ulaw_decode,
    .alaw_to_ulaw = alaw_to_ulaw,
    .ulaw_to_alaw = ulaw_to_alaw,
    .gain = gain,
    .accumulate = accumulate,
    .mix_minus = mix_minus,
    .fir = fir,
};

}  // namespace codecs::simd
