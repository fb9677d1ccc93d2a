#pragma once
/// \file
/// The parts of the excitation that encoder and decoder build alike: pitch lags, the interpolated past
/// excitation and the four-pulse codebook (clauses 3.7, 3.8, 4.1.3, 4.1.4).

#include "codecs/g729/frame.h"
#include "codecs/g729/gain.h"

namespace codecs::g729 {

/// A pitch lag in thirds of a sample: whole + third/3, third in -1..1.
struct Lag {
  Word16 whole;
  Word16 third;
};

struct LagRange {
  Word16 first, last;
};

/// Lags that the second subframe can code around the first's.
[[nodiscard]] LagRange second_lag_range(Word16 first_lag);
[[nodiscard]] Lag decode_first_lag(Word16 index);
[[nodiscard]] Lag decode_second_lag(Word16 index, Word16 first_lag);
[[nodiscard]] Word16 encode_first_lag(const Lag& lag);
[[nodiscard]] Word16 encode_second_lag(const Lag& lag, const LagRange& range);

/// Writes the excitation delayed by `lag` to excitation[0..kSubframe); reads the past before it, and for
/// lags below the subframe what it has just written.
void interpolate_past(Word16* excitation, const Lag& lag);

/// Adds the pitch-sharpened echo of a vector at `lag`: x[n] += sharpening * x[n - lag] (sharpening Q14).
void sharpen(std::array<Word16, kSubframe>& x, Word16 lag, Word16 sharpening);

[[nodiscard]] Code decode_pulses(Word16 positions, Word16 signs);

/// excitation = pitch gain * excitation + code gain * code.
void mix_excitation(Word16* excitation, const Code& code, const Gains& gains);

/// Bounds of the pitch sharpening factor, Q14 (3.8).
inline constexpr Word16 kLeastSharpening = 3277;
inline constexpr Word16 kMostSharpening = 13017;
[[nodiscard]] constexpr Word16 sharpening_of(Word16 pitch_gain) {
  return std::clamp(pitch_gain, kLeastSharpening, kMostSharpening);
}

}  // namespace codecs::g729
