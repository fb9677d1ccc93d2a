#pragma once
/// \file
/// Lane versions of the gain prediction and composition of codecs/g729/gain.h.

#include "codecs/g729/lanes/math.h"

namespace codecs::g729::lanes {

template <class L>
struct LanePrediction {
  Longs<L> mantissa, precision;
};

/// Predicts the code gain from the energy of the code (sum of squares, doubled) and the last four frames'
/// energies.
template <class L>
MEDIAD_INLINE LanePrediction<L> predict_gain(const Words<L>* history, Longs<L> energy) {
  const LaneLogarithm<L> log = log2_of(energy);
  Longs<L> t = (log.exponent * -24660 + ((log.fraction * -24660) >> 15)) << 1;
  t = (t + 2 * 32588 * 32) << 10;
  const Longs<L> past =
      dot(Pairs<L>(history[0], history[1]), Pairs<L>(kGainPredictor[0], kGainPredictor[1])) +
      dot(Pairs<L>(history[2], history[3]), Pairs<L>(kGainPredictor[2], kGainPredictor[3]));
  t = t + (past << 1);
  const Longs<L> power = ((t >> 16) * (2 * 5439)) >> 8;
  return {power_of_two_14((power >> 1) & 0x7FFF), Longs<L>(14) - (power >> 16)};
}

/// Code gain (Q1) of a correction factor (Q13), and the new entry of the history.
template <class L>
MEDIAD_INLINE Words<L> compose_code_gain(const LanePrediction<L>& p, Longs<L> factor, Words<L>& newest) {
  const LaneLogarithm<L> log = log2_of(factor);
  const Longs<L> octaves = ((log.exponent - 13) << 16) + (log.fraction << 1);
  newest = mult(high(octaves << 13), Words<L>(24660));
  return high(shift_saturating((p.mantissa * (factor >> 1)) << 1, Longs<L>(4) - p.precision));
}

template <class L>
MEDIAD_INLINE void step_history(Words<L>* history, Words<L> newest) {
  history[3] = history[2], history[2] = history[1], history[1] = history[0], history[0] = newest;
}

}  // namespace codecs::g729::lanes
