#pragma once
/// \file
/// Voice activity detection (Annex B, clause B.3).

#include <span>

#include "codecs/g729/analysis.h"

namespace codecs::g729 {

/// Running averages of the background and what smooths the decision.
struct VadState {
  std::array<Word16, kOrder> mean_lsf;  ///< normalised, Q15
  std::array<Word16, 16> minima;        ///< least energies of the last 16 times 8 frames, Q11
  Word16 least, next_least, past_least;
  Word16 mean_full, mean_low;  ///< background energies, Q11
  Word16 mean_energy;          ///< of the first active frames
  Word16 mean_crossings;       ///< Q15
  Word16 last_energy;
  Word16 silent, updates, extended, quiet;  ///< counts of frames
  Word16 frame;                             ///< 1.. ; wraps from 32767 to 256
  bool may_extend;
  bool active, was_active;  ///< decisions of the last two frames
};

[[nodiscard]] VadState initial_vad();

/// True if the frame is speech. `correlation` after the lag window, `lsf` normalised, `speech` the analysis
/// window, `reflection` the second reflection coefficient.
bool detect_voice(VadState& state, const Autocorrelation& correlation, const Lsp& lsf,
                  std::span<const Word16, kFrame + 1> speech, Word16 reflection);

}  // namespace codecs::g729
