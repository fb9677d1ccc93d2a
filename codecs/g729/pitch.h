#pragma once
/// \file
/// Pitch analysis (clauses A.3.4, A.3.7): open loop on the weighted speech, closed loop around it.

#include "codecs/g729/excitation.h"

namespace codecs::g729 {

using Subframe = std::array<Word16, kSubframe>;

/// Whole lag of weighted[0..kFrame), with kMaxLag samples before it (A.3.4).
[[nodiscard]] Word16 open_loop_lag(const Word16* weighted);

/// Lags searched in the first subframe.
[[nodiscard]] LagRange first_lag_range(Word16 open_loop);

/// Searches `range` against the target, then the thirds around the winner unless a long lag of the first
/// subframe has none; leaves the adaptive vector in excitation[0..kSubframe).
[[nodiscard]] Lag closed_loop_lag(Word16* excitation, const Subframe& target, const Subframe& response,
                                  LagRange range, bool first_subframe);

/// Correlation of a target with the filter's response at every delay, scaled to 13 bits.
[[nodiscard]] Subframe backward_filtered(const Subframe& target, const Subframe& response);

/// <y,y> and <x,y> of the adaptive vector's gain, each mantissa 2^-precision.
struct PitchCorrelation {
  Word16 energy, energy_precision;
  Word16 cross, cross_precision;
};
/// Unquantised adaptive gain, Q14, 0..1.2.
Word16 adaptive_gain(const Subframe& target, const Subframe& filtered, PitchCorrelation& correlation);

/// The taming procedure's bound of the error that the adaptive codebook may have piled up (A.3.7).
using TamingState = std::array<Word32, 4>;
inline constexpr TamingState kInitialTaming = {0x4000, 0x4000, 0x4000, 0x4000};
[[nodiscard]] bool taming_needed(const TamingState& state, const Lag& lag);
void update_taming(TamingState& state, Word16 pitch_gain, Word16 lag);

}  // namespace codecs::g729
