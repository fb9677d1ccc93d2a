#pragma once
/// \file
/// One call's G.729 Annex A decoder in scalar arithmetic: portable, and the measure of the SIMD ones.

#include <span>

#include "codecs/g729/excitation.h"
#include "codecs/g729/lsp.h"
#include "codecs/g729/postfilter.h"

namespace codecs::g729 {

/// What a decoder remembers between frames. Trivially copyable; moved and stored as plain memory.
struct DecoderState {
  std::array<Word16, kExcitationHistory> excitation;
  std::array<Word16, kOrder> synthesis;  ///< last outputs of 1/A(z)
  Lsp lsp;                               ///< of the last frame
  Lsp lsf;                               ///< of the last frame, quantised
  LspHistory lsp_history;
  GainHistory gain_history;
  Gains gains;
  Word16 predictor;   ///< L0 of the last good frame
  Word16 sharpening;  ///< Q14
  Word16 lag;         ///< of the last subframe, whole; counts up while frames are lost
  Word16 seed;        ///< of the pulses of lost frames
  PostfilterState post;
};

[[nodiscard]] DecoderState initial_decoder();

/// Decodes one frame, or conceals it if `parameters` is null (4.4). Never allocates.
void decode_frame(DecoderState& state, const FrameParameters* parameters, std::span<Word16, kFrame> out);

}  // namespace codecs::g729
