#include "codecs/g729/decoder.h"

#include <algorithm>

#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

/// Pseudo-random sequence of the concealment (4.4.4).
Word16 next_random(Word16& seed) {
  seed = low(add32(mult32(seed, 31821) >> 1, 13849));
  return seed;
}

Lsp decode_lsf(DecoderState& state, const FrameParameters* p) {
  if (p != nullptr) {
    const LspCode code = {
        static_cast<Word16>((p->lsp_first >> 7) & 1), static_cast<Word16>(p->lsp_first & 127),
        static_cast<Word16>((p->lsp_second >> 5) & 31), static_cast<Word16>(p->lsp_second & 31)};
    state.predictor = code.predictor;
    state.lsf = dequantise_lsf(code, state.lsp_history);
  } else {
    // The last LSFs stay; the history becomes what would have led to them (4.4.1).
    const auto mode = static_cast<std::size_t>(state.predictor);
    remember(state.lsp_history, prediction_target(state.lsf, kLspPredictor[mode], state.lsp_history,
                                                  kLspPredictorRestInverse[mode]));
  }
  return state.lsf;
}

/// The lag of a subframe; a lost one repeats and lengthens the last (4.4.2).
Lag decode_lag(DecoderState& state, const FrameParameters* p, std::size_t half, Word16 first_lag) {
  const bool good = p != nullptr && (half == 1 || lag_parity(p->subframes[0].lag) == p->parity);
  if (!good) {
    const Lag lag = {state.lag, 0};
    state.lag = static_cast<Word16>(std::min(state.lag + 1, kMaxLag));
    return lag;
  }
  const Word16 index = p->subframes[half].lag;
  const Lag lag = half == 0 ? decode_first_lag(index) : decode_second_lag(index, first_lag);
  state.lag = lag.whole;
  return lag;
}

}  // namespace

DecoderState initial_decoder() {
  DecoderState state{};
  state.lsp = kInitialLsp;
  state.lsf = kLspHistoryReset;
  state.lsp_history.fill(kLspHistoryReset);
  state.gain_history = kInitialGainHistory;
  state.sharpening = kLeastSharpening;
  state.lag = 60;
  state.seed = 21845;
  state.post = initial_postfilter();
  return state;
}

void decode_frame(DecoderState& state, const FrameParameters* parameters, std::span<Word16, kFrame> out) {
  const Lsp lsp = lsp_of_lsf(decode_lsf(state, parameters));
  const std::array<LpFilter, 2> filters = interpolated_filters(state.lsp, lsp);
  state.lsp = lsp;

  std::array<Word16, kExcitationHistory + kFrame> excitation{};
  std::array<Word16, kOrder + kFrame> speech;
  std::copy(state.excitation.begin(), state.excitation.end(), excitation.begin());
  std::copy(state.synthesis.begin(), state.synthesis.end(), speech.begin());
  std::array<Word16, 2> lags{};
  for (std::size_t half = 0; half < 2; ++half) {
    Word16* const now = excitation.data() + kExcitationHistory + half * kSubframe;
    const Lag lag = decode_lag(state, parameters, half, lags[0]);
    lags[half] = lag.whole;
    interpolate_past(now, lag);
    Word16 positions;
    Word16 signs;
    if (parameters != nullptr) {
      positions = parameters->subframes[half].pulses;
      signs = parameters->subframes[half].signs;
    } else {
      positions = next_random(state.seed) & 0x1FFF;
      signs = next_random(state.seed) & 0x000F;
    }
    Code code = decode_pulses(positions, signs);
    sharpen(code, lag.whole, state.sharpening);
    if (parameters != nullptr) {
      state.gains = dequantise_gains(parameters->subframes[half].gains, code, state.gain_history);
    } else {
      conceal_gains(state.gains, state.gain_history);
    }
    state.sharpening = sharpening_of(state.gains.pitch);
    mix_excitation(now, code, state.gains);
    Word16* const y = speech.data() + kOrder + half * kSubframe;
    if (synthesis(filters[half], now, y, kSubframe)) {
      // The filter overflowed: quieten the whole excitation and filter again (as the vector OVERFLOW asks).
      for (Word16& x : excitation) x = shr(x, 2);
      synthesis(filters[half], now, y, kSubframe);
    }
  }
  std::copy_n(excitation.end() - kExcitationHistory, kExcitationHistory, state.excitation.begin());
  std::copy_n(speech.end() - kOrder, kOrder, state.synthesis.begin());
  postfilter(state.post, filters, lags, true, std::span<const Word16, kFrame>(speech.data() + kOrder, kFrame),
             out);
}

}  // namespace codecs::g729
