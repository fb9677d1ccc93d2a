#pragma once
/// \file
/// One call's G.729 encoder (Annexes A and B) in scalar arithmetic: portable, and the measure of the SIMD
/// ones.

#include <span>

#include "codecs/g729/analysis.h"
#include "codecs/g729/dtx.h"
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
  bool use_dtx;  ///< leave out pauses (Annex B); may be set between frames, before the first is best
  DtxState dtx;
};

[[nodiscard]] EncoderState initial_encoder(bool use_dtx);

/// An encoded frame; `speech` or `sid` matters by its type, which is never kErased.
struct SentFrame {
  FrameType type;
  FrameParameters speech;
  SidParameters sid;
};

/// Encodes 80 samples. The frame lags the input by 5 ms of look-ahead. Never allocates.
[[nodiscard]] SentFrame encode_frame(EncoderState& state, std::span<const Word16, kFrame> in);

}  // namespace codecs::g729
