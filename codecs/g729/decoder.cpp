#include "codecs/g729/decoder.h"

#include <algorithm>

#include "codecs/g729/annex_b_tables.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

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

/// Buffers of one frame, each with the past that filters need before it.
struct Work {
  std::array<Word16, kExcitationHistory + kFrame> excitation{};
  std::array<Word16, kOrder + kFrame> speech;
  std::array<LpFilter, 2> filters;
  std::array<Word16, 2> lags{};
  [[nodiscard]] Word16* excitation_of(std::size_t half) {
    return excitation.data() + kExcitationHistory + half * kSubframe;
  }
};

void synthesise(Work& work, std::size_t half) {
  Word16* const y = work.speech.data() + kOrder + half * kSubframe;
  if (!synthesis(work.filters[half], work.excitation_of(half), y, kSubframe)) return;
  // The filter overflowed: quieten the whole excitation and filter again.
  for (Word16& x : work.excitation) x = shr(x, 2);
  synthesis(work.filters[half], work.excitation_of(half), y, kSubframe);
}

/// Speech, or what takes its place when it is lost (`p` null).
void decode_speech(DecoderState& state, const FrameParameters* p, Work& work) {
  const Lsp lsp = lsp_of_lsf(decode_lsf(state, p));
  work.filters = interpolated_filters(state.lsp, lsp);
  state.lsp = lsp;
  for (std::size_t half = 0; half < 2; ++half) {
    const Lag lag = decode_lag(state, p, half, work.lags[0]);
    work.lags[half] = lag.whole;
    interpolate_past(work.excitation_of(half), lag);
    Word16 positions;
    Word16 signs;
    if (p != nullptr) {
      positions = p->subframes[half].pulses;
      signs = p->subframes[half].signs;
    } else {
      positions = next_random(state.seed) & 0x1FFF;
      signs = next_random(state.seed) & 0x000F;
    }
    Code code = decode_pulses(positions, signs);
    sharpen(code, lag.whole, state.sharpening);
    if (p != nullptr) {
      state.gains = dequantise_gains(p->subframes[half].gains, code, state.gain_history);
    } else {
      conceal_gains(state.gains, state.gain_history);
    }
    state.sharpening = sharpening_of(state.gains.pitch);
    mix_excitation(work.excitation_of(half), code, state.gains);
    synthesise(work, half);
  }
  state.noise_seed = kNoiseSeed;
}

void decode_noise(DecoderState& state, const SidParameters* sid, Work& work) {
  generate_noise(state, sid, work.excitation_of(0));
  work.filters = interpolated_filters(state.lsp, state.sid_lsp);
  state.lsp = state.sid_lsp;
  work.lags.fill(state.lag);
  for (std::size_t half = 0; half < 2; ++half) synthesise(work, half);
  state.sharpening = kLeastSharpening;
}

/// Energy of a frame of excitation.
ScaledEnergy energy_of(const Word16* excitation) {
  Word32 sum = 0;
  for (int n = 0; n < kFrame; ++n) sum = mac(sum, excitation[n], excitation[n]);
  const int shift = norm32(sum);
  return {round16(shl32(sum, shift)), static_cast<Word16>(16 - shift)};
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
  state.speech = true;
  state.sid_lsp = {31441, 27566, 21458, 13612, 4663, -4663, -13612, -21458, -27566, -31441};
  state.sid_gain = kSidGain[0];
  state.speech_energy = {0, 1};
  state.noise_seed = kNoiseSeed;
  state.post = initial_postfilter();
  return state;
}

void generate_noise(DecoderState& state, const SidParameters* sid, Word16* excitation) {
  if (sid != nullptr) {
    state.sid_gain = kSidGain[static_cast<std::size_t>(sid->gain)];
    state.sid_lsp = dequantise_sid_lsp(*sid, state.lsp_history);
  } else if (state.speech) {
    // The first SID frame was lost: go on as loud as the speech was.
    state.sid_gain = kSidGain[static_cast<std::size_t>(quantise_speech_energy(state.speech_energy).index)];
  }
  state.noise_gain = noise_gain(state.noise_gain, state.sid_gain, state.speech);
  noise_excitation(excitation, state.noise_gain, state.noise_seed, nullptr);
}

void decode_frame(DecoderState& state, const ReceivedFrame& frame, std::span<Word16, kFrame> out) {
  Work work;
  std::copy(state.excitation.begin(), state.excitation.end(), work.excitation.begin());
  std::copy(state.synthesis.begin(), state.synthesis.end(), work.speech.begin());
  const bool erased = frame.type == FrameType::kErased;
  const bool speech = erased ? state.speech : frame.type == FrameType::kSpeech;
  if (speech) {
    decode_speech(state, erased ? nullptr : &frame.speech, work);
  } else {
    decode_noise(state, frame.type == FrameType::kSid ? &frame.sid : nullptr, work);
  }
  state.speech = speech;
  if (!erased) state.speech_energy = energy_of(work.excitation_of(0));
  std::copy_n(work.excitation.end() - kExcitationHistory, kExcitationHistory, state.excitation.begin());
  std::copy_n(work.speech.end() - kOrder, kOrder, state.synthesis.begin());
  postfilter(state.post, work.filters, work.lags, speech,
             std::span<const Word16, kFrame>(work.speech.data() + kOrder, kFrame), out);
}

}  // namespace codecs::g729
