#pragma once
/// \file
/// The SIMD codecs as plain functions, one set a target. Each works on one frame of up to `lanes` different
/// calls and returns a bit for each lane that is to be done again by the scalar code, whose state and output
/// are as before.

#include <cstdint>

#include "codecs/g729/decoder.h"
#include "codecs/g729/encoder.h"

namespace codecs::g729::lanes {

/// One call's frame to decode.
struct DecodeLane {
  DecoderState* state;
  const ReceivedFrame* frame;
  std::int16_t* out;  ///< kFrame samples
};

/// One call's frame to analyse.
struct AnalysisLane {
  EncoderState* state;
  const std::int16_t* in;           ///< kFrame samples
  FrameCorrelations* correlations;  ///< null unless the call uses DTX
};

/// One call's analysed frame to code as speech.
struct EncodeLane {
  EncoderState* state;
  FrameParameters* out;
};

inline constexpr int kMostLanes = 32;

struct Kernels {
  int lanes;
  std::uint32_t (*decode)(const DecodeLane* lanes, int count) noexcept;
  std::uint32_t (*analyse)(const AnalysisLane* lanes, int count) noexcept;
  std::uint32_t (*encode)(const EncodeLane* lanes, int count) noexcept;
};

extern const Kernels kSse41Kernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;

}  // namespace codecs::g729::lanes
