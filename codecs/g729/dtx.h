#pragma once
/// \file
/// Discontinuous transmission (Annex B, clause B.4.1): when a pause needs a new SID frame, and which.

#include "codecs/g729/comfort_noise.h"
#include "codecs/g729/vad.h"

namespace codecs::g729 {

/// Correlations of one frame or a sum of frames: mantissas 2^-exponent.
struct ScaledCorrelation {
  std::array<Word16, kOrder + 1> r;
  Word16 exponent;
};

struct DtxState {
  VadState vad;
  std::array<ScaledCorrelation, 2> frames;  ///< of the last frames, newest first
  std::array<ScaledCorrelation, 3> pairs;   ///< sums over pairs of frames
  std::array<ScaledEnergy, 2> energies;     ///< LP residual, newest first
  ScaledCorrelation reference;              ///< of the last SID frame's filter with itself
  Lsp sid_lsp;
  Word16 past_decibels;
  Word16 sid_gain;
  Word16 gain;  ///< smoothed
  Word16 seed;
  Word16 since_sid;  ///< frames, up to kLeastSidGap
  Word16 energies_used;
  bool odd_frame;
  bool changed;  ///< the noise since the last SID frame
};

[[nodiscard]] DtxState initial_dtx();

/// Notes a frame's correlations, before the lag window. Every frame, after the VAD.
void note_correlation(DtxState& state, const Autocorrelation& correlation, bool active);

/// What a pause frame needs of the encoder.
struct NoiseFrame {
  bool sid;  ///< send `parameters`; else send nothing
  SidParameters parameters;
};

/// Decides over one frame of pause and sets `sid_lsp` and `gain`. `after_speech`: the frame before was
/// speech.
NoiseFrame code_pause(DtxState& state, bool after_speech, const Lsp& previous_lsp, LspHistory& history,
                      LevinsonState& levinson_state);

}  // namespace codecs::g729
