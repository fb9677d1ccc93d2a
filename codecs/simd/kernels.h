#pragma once
/// \file
/// The inner loops of the codecs room, one table of them per instruction set. Every table computes exactly
/// what the scalar one computes: the scalar kernels are the oracle that the tests hold the others to.
///
/// All kernels: any thread, no allocation; buffers may have any alignment and must not overlap unless said.

#include <cstddef>
#include <cstdint>

#include "codecs/simd/dispatch.h"

namespace codecs::simd {

/// What a polyphase filter needs to make `outputs` samples; see codecs/resample.h for the meaning.
struct FirJob {
  const std::int16_t* input;  ///< first sample under the window of the first output
  const std::int16_t*
      coefficients;  ///< `phases` rows of `taps`, Q14: sums of a row times any input fit 32 bits
  std::int16_t* output;
  std::size_t outputs;
  std::uint32_t taps;    ///< multiple of 16
  std::uint32_t phases;  ///< interpolation factor L
  std::uint32_t step;    ///< decimation factor M: the phase advances by M modulo L with each output
  std::uint32_t phase;   ///< of the first output
};

struct Kernels {
  /// G.711 (ITU-T 11/88). Codes are as on the wire: A-law with even bits inverted, mu-law complemented.
  void (*alaw_encode)(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count);
  void (*ulaw_encode)(const std::int16_t* pcm, std::uint8_t* codes, std::size_t count);
  void (*alaw_decode)(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count);
  void (*ulaw_decode)(const std::uint8_t* codes, std::int16_t* pcm, std::size_t count);
  /// Code to code: equal to decoding with one law and encoding with the other. May work in place.
  void (*alaw_to_ulaw)(const std::uint8_t* in, std::uint8_t* out, std::size_t count);
  void (*ulaw_to_alaw)(const std::uint8_t* in, std::uint8_t* out, std::size_t count);

  /// pcm * gain / 4096, rounded to nearest and saturated. `gain_q12` is 0..32767 (up to +18 dB). In place.
  void (*gain)(std::int16_t* pcm, std::size_t count, std::int16_t gain_q12);
  /// accumulator += pcm
  void (*accumulate)(std::int32_t* accumulator, const std::int16_t* pcm, std::size_t count);
  /// out = accumulator - own, saturated to 16 bits; `own` may be nullptr.
  void (*mix_minus)(const std::int32_t* accumulator, const std::int16_t* own, std::int16_t* out,
                    std::size_t count);
  /// Each output is the rounded, saturated Q14 dot product of one coefficient row with the window.
  void (*fir)(const FirJob& job);
};

/// The table for a target; `target` must be runnable here. A target without kernels of its own has the next
/// weaker one's.
[[nodiscard]] const Kernels& kernels_for(Target target);

/// The table in use: that of selected().
[[nodiscard]] const Kernels& kernels();

/// The code of the other law for each code.
struct CodeTable {
  std::uint8_t codes[256];  // no std::array: its functions must not be compiled for one instruction set
};
extern const CodeTable kAlawToUlaw;
extern const CodeTable kUlawToAlaw;

extern const Kernels kScalarKernels;
#if defined(__x86_64__)
extern const Kernels kSse41Kernels;
extern const Kernels kAvx2Kernels;
#endif

}  // namespace codecs::simd
