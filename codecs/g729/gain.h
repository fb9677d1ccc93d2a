#pragma once
/// \file
/// Gains: prediction of the code gain, the conjugate-structure quantiser (clause 3.9) and its decoding
/// (4.1.5, 4.4.3).

#include <array>

#include "codecs/g729/frame.h"

namespace codecs::g729 {

/// Past quantised energies of the code gain predictor in dB, Q10, newest first (3.9.1).
using GainHistory = std::array<Word16, 4>;
inline constexpr GainHistory kInitialGainHistory = {-14336, -14336, -14336, -14336};

using Code = std::array<Word16, kSubframe>;  ///< fixed-codebook vector, Q13

struct PredictedGain {
  Word16 mantissa;
  Word16 precision;  ///< Q of the mantissa
};

struct Gains {
  Word16 pitch;  ///< Q14
  Word16 code;   ///< Q1
};

[[nodiscard]] PredictedGain predict_gain(const GainHistory& history, const Code& code);
/// The gains of a pair of codebook entries; steps the history.
Gains compose_gains(std::size_t first, std::size_t second, const PredictedGain& predicted,
                    GainHistory& history);
[[nodiscard]] Gains dequantise_gains(Word16 index, const Code& code, GainHistory& history);
/// Attenuates the last gains and the history after an erased frame.
void conceal_gains(Gains& gains, GainHistory& history);

/// The five correlations of the gain quantiser's criterion: <y1,y1>, -2<x,y1>, <y2,y2>, -2<x,y2>, 2<y1,y2>,
/// each with its own Q.
struct GainCriterion {
  std::array<Word16, 5> mantissa;
  std::array<Word16, 5> precision;
};
/// Codebook indices as transmitted; `tamed` holds the pitch gain below 1 (A.3.7).
Word16 quantise_gains(const GainCriterion& criterion, const Code& code, bool tamed, GainHistory& history,
                      Gains& gains);

}  // namespace codecs::g729
