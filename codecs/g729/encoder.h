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

/// What an encoder remembers between frames. Trivially copyable; moved and stored as plain memory. The words
/// up to `taming` are read and written as rows of eight by the SIMD encoders.
struct EncoderState {
  Lsp lsp;  ///< of the last frame, unquantised
  LevinsonState levinson;
  HighPassState high_pass;
  std::array<Word16, 2> spare;  ///< fills the words above up to 32
  Lsp lsp_quantised;
  LspHistory lsp_history;
  std::array<Word16, kOrder> weighting;  ///< memory of the weighting filter
  std::array<Word16, kOrder> target;     ///< memory of the target's filter: the coding error
  GainHistory gain_history;
  Word16 sharpening;  ///< Q14
  bool use_dtx;       ///< leave out pauses (Annex B); set once
  TamingState taming;
  std::array<Word16, 4> spare_too;              ///< fills the words from lsp_quantised up to 88
  std::array<Word16, kWindow - kFrame> speech;  ///< past input after the high-pass filter
  std::array<Word16, kMaxLag> weighted;         ///< past weighted speech
  std::array<Word16, kExcitationHistory> excitation;
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

// The stages of encode_frame(), between which SIMD encoders gather other calls.

/// Correlations of a frame, before and after the lag window.
struct FrameCorrelations {
  Autocorrelation raw, windowed;
};
/// Takes in the samples, finds the LP filter and its LSPs; all left in `state`.
FrameCorrelations analyse(EncoderState& state, std::span<const Word16, kFrame> in);
/// With DTX, decides whether the frame is a pause, and codes it then; true if `out` is complete.
[[nodiscard]] bool encode_pause(EncoderState& state, const FrameCorrelations& correlations, SentFrame& out);
/// Codes an analysed frame as speech.
[[nodiscard]] FrameParameters encode_speech(EncoderState& state);

}  // namespace codecs::g729
