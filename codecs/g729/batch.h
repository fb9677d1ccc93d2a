#pragma once
/// \file
/// G.729 for many calls at once: the interface of this folder. Frames of any calls that are ready make a
/// batch; a call may stand in a span only once. Results are those of the scalar codec, bit for bit, whatever
/// the target.

#include <cstddef>
#include <span>

#include "codecs/g729/decoder.h"
#include "codecs/g729/encoder.h"
#include "codecs/simd/dispatch.h"

namespace codecs::g729 {

/// Frames of one batch on the machines that most calls run on (AVX2). A narrower target takes two batches for
/// them.
inline constexpr std::uint8_t kUsualLanes = 16;

/// 10 ms to decode. In: state, octets, erased, pcm.
struct DecodeFrame {
  DecoderState* state{nullptr};
  std::span<const std::uint8_t>
      octets;                  ///< 10 speech, 2 SID, 0 not transmitted; any other size counts as erased
  bool erased{false};          ///< lost: conceal
  std::int16_t* pcm{nullptr};  ///< room for kFrame samples
  bool redone{false};          ///< out: it left the range of the SIMD arithmetic
};

/// 10 ms to encode. In: state, pcm. Out: octets, size.
struct EncodeFrame {
  EncoderState* state{nullptr};
  const std::int16_t* pcm{nullptr};  ///< kFrame samples
  FrameOctets octets{};
  std::uint8_t size{0};  ///< 10 speech, 2 SID, 0 nothing to send
  bool redone{false};    ///< it left the range of the SIMD arithmetic, in either half of the work
};

/// Work done; `redone` frames left the range of the SIMD arithmetic and were done again by the scalar codec.
struct BatchReport {
  std::size_t frames{0};
  std::size_t redone{0};
};

/// Any thread; neither allocates nor blocks. Uses up to 200 KiB of stack.
BatchReport decode(std::span<DecodeFrame> frames, simd::Target target = simd::selected()) noexcept;
BatchReport encode(std::span<EncodeFrame> frames, simd::Target target = simd::selected()) noexcept;

}  // namespace codecs::g729
