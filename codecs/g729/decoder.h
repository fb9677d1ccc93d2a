#pragma once
/// \file
/// One call's G.729 decoder (Annexes A and B) in scalar arithmetic: portable, and the measure of the SIMD
/// ones.

#include <span>

#include "codecs/g729/comfort_noise.h"
#include "codecs/g729/excitation.h"
#include "codecs/g729/lsp.h"
#include "codecs/g729/postfilter.h"

namespace codecs::g729 {

/// What a decoder remembers between frames. Trivially copyable; moved and stored as plain memory. The words
/// up to `seed` and those of `post` are read and written as rows of eight by the SIMD decoders.
struct DecoderState {
  std::array<Word16, kOrder> synthesis;  ///< last outputs of 1/A(z)
  Lsp lsp;                               ///< of the last frame
  Lsp lsf;                               ///< of the last speech frame, quantised
  LspHistory lsp_history;
  GainHistory gain_history;
  Gains gains;
  Word16 predictor;   ///< L0 of the last good frame
  Word16 sharpening;  ///< Q14
  Word16 lag;         ///< of the last subframe, whole; counts up while frames are lost
  Word16 seed;        ///< of the pulses of lost frames
  PostfilterState post;
  std::array<Word16, kExcitationHistory> excitation;
  bool speech;  ///< the last frame was speech, or concealed speech
  // Comfort noise (Annex B):
  Lsp sid_lsp;
  ScaledEnergy speech_energy;  ///< of the last good frame's excitation
  Word16 sid_gain;
  Word16 noise_gain;  ///< smoothed
  Word16 noise_seed;
};

[[nodiscard]] DecoderState initial_decoder();

/// A received frame; `speech` or `sid` matters by its type.
struct ReceivedFrame {
  FrameType type;
  FrameParameters speech;
  SidParameters sid;
};

/// Steps the noise generator and writes its excitation after the past before `excitation`; `sid` null if the
/// frame brings no new description. Sets state.sid_lsp.
void generate_noise(DecoderState& state, const SidParameters* sid, Word16* excitation);

/// Decodes one frame, conceals it if it is erased (4.4), makes noise in a pause (B.4.4). Never allocates.
void decode_frame(DecoderState& state, const ReceivedFrame& frame, std::span<Word16, kFrame> out);

}  // namespace codecs::g729
