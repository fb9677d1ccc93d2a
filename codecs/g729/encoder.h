#pragma once
/// \file
/// One call's G.729 Annex A encoder in scalar arithmetic: portable, and the measure of the SIMD ones.

#include <span>

#include "codecs/g729/analysis.h"
#include "codecs/g729/filter.h"
#include "codecs/g729/lsp.h"
#include "codecs/g729/pitch.h"

namespace codecs::g729 {

/// What an encoder remembers between frames. Trivially copyable; moved and stored as plain memory.
struct EncoderState {
  std::array<Word16, kWindow - kFrame> speech;  ///< past input after the high-pass filter
  std::array<Word16, kMaxLag> weighted;         ///< past weighted speech
  std::array<Word16, kExcitationHistory> excitation;
  std::array<Word16, kOrder> weighting;  ///< memory of the weighting filter
  std::array<Word16, kOrder> target;     ///< memory of the target's filter: the coding error
  Lsp lsp;                               ///< of the last frame, unquantised
  Lsp lsp_quantised;
  LspHistory lsp_history;
  GainHistory gain_history;
  LevinsonState levinson;
  TamingState taming;
  Word16 sharpening;  ///< Q14
  HighPassState high_pass;
};

[[nodiscard]] EncoderState initial_encoder();

/// Encodes 80 samples. The frame lags the input by 5 ms of look-ahead. Never allocates.
[[nodiscard]] FrameParameters encode_frame(EncoderState& state, std::span<const Word16, kFrame> in);

}  // namespace codecs::g729
