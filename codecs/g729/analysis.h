#pragma once
/// \file
/// LP analysis of the encoder (clauses 3.2.1, 3.2.2): window, autocorrelation, lag window, Levinson-Durbin.

#include <array>
#include <span>

#include "codecs/g729/frame.h"

namespace codecs::g729 {

inline constexpr int kWindow = 240;               ///< samples under the analysis window
inline constexpr std::size_t kCorrelations = 13;  ///< lags 0..12; Annex B uses those beyond kOrder

struct Autocorrelation {
  std::array<Split, kCorrelations> r;  ///< normalised
  int exponent;                        ///< r[0] is the energy times 2^exponent
};

/// Correlations before the lag window.
[[nodiscard]] Autocorrelation autocorrelation(std::span<const Word16, kWindow> speech);
void apply_lag_window(Autocorrelation& correlation);

/// What the recursion falls back to when it meets an unstable filter.
struct LevinsonState {
  LpFilter filter;
  std::array<Word16, 2> reflection;
};
inline constexpr LevinsonState kInitialLevinson = {{4096}, {}};

/// Solves for A(z); leaves it, with the first two reflection coefficients (Q15), in `state`, and the residual
/// energy, relative to a normalised r[0], in `error`. An unstable filter changes neither.
void levinson(const Autocorrelation& correlation, LevinsonState& state, Word16& error);

}  // namespace codecs::g729
