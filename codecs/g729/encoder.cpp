#include "codecs/g729/encoder.h"

#include <algorithm>

#include "codecs/g729/fixed_codebook.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {
namespace {

constexpr int kLookAhead = 40;
constexpr Word16 kWeight = 24576;          // gamma of the weighting filter, 0.75, Q15 (A.3.3)
constexpr Word16 kTiltOfOpenLoop = 22938;  // 0.7, Q15
constexpr Word16 kTamedGain = 15564;       // 0.95, Q14

template <std::size_t kPast>
using Buffer = std::array<Word16, kPast + kFrame>;

/// A(z/0.75) (1 - 0.7 / z): the weighting of the open-loop search also tilts (A.3.3).
LpFilter low_passed(const LpFilter& a) {
  LpFilter out = a;
  for (std::size_t i = 1; i < a.size(); ++i) out[i] = sub(a[i], mult(a[i - 1], kTiltOfOpenLoop));
  return out;
}

/// Filters x through 1/a from `memory`, which stays as it is.
Subframe filtered(const LpFilter& a, const Word16* x, const std::array<Word16, kOrder>& memory) {
  std::array<Word16, kOrder + kSubframe> y;
  std::copy(memory.begin(), memory.end(), y.begin());
  synthesis(a, x, y.data() + kOrder, kSubframe);
  Subframe out;
  std::copy_n(y.begin() + kOrder, kSubframe, out.begin());
  return out;
}

Subframe impulse_response(const LpFilter& a) {
  Subframe impulse{};
  impulse[0] = 4096;
  return filtered(a, impulse.data(), {});
}

Word32 dot(const Subframe& x, const Subframe& y) {
  Word32 sum = 1;
  for (std::size_t n = 0; n < x.size(); ++n) sum = mac(sum, x[n], y[n]);
  return sum;
}

/// The correlations that the gain quantiser weighs (A.3.9).
GainCriterion gain_criterion(const PitchCorrelation& pitch, const Subframe& target, const Subframe& adaptive,
                             const Subframe& fixed) {
  Subframe quarter;
  std::transform(fixed.begin(), fixed.end(), quarter.begin(), [](Word16 y) { return shr(y, 3); });
  GainCriterion c;
  c.mantissa[0] = pitch.energy;
  c.precision[0] = negate(pitch.energy_precision);
  c.mantissa[1] = negate(pitch.cross);
  c.precision[1] = negate(add(pitch.cross_precision, 1));
  const auto set = [&](std::size_t i, Word32 sum, int precision) {
    const int shift = norm32(sum);
    c.mantissa[i] = round16(shl32(sum, shift));
    c.precision[i] = static_cast<Word16>(shift + precision - 16);
  };
  set(2, dot(quarter, quarter), 19);
  set(3, dot(target, quarter), 9);
  c.mantissa[3] = negate(c.mantissa[3]);
  set(4, dot(adaptive, quarter), 9);
  return c;
}

/// The encoder's view of a subframe: filters and the target to approach.
struct Target {
  Subframe response;
  Subframe x;
};

/// Codes one subframe; `now` holds the LP residual and receives the excitation.
SubframeParameters encode_subframe(EncoderState& state, const LpFilter& weighting, Word16* now,
                                   LagRange& range, bool first_subframe) {
  const Target target = {impulse_response(weighting), filtered(weighting, now, state.target)};
  const Lag lag = closed_loop_lag(now, target.x, target.response, range, first_subframe);
  SubframeParameters out{};
  if (first_subframe) {
    out.lag = encode_first_lag(lag);
    range = second_lag_range(lag.whole);
  } else {
    out.lag = encode_second_lag(lag, range);
  }
  const Subframe adaptive = filtered(weighting, now, {});
  PitchCorrelation correlation;
  Word16 gain = adaptive_gain(target.x, adaptive, correlation);
  const bool tamed = taming_needed(state.taming, lag);
  if (tamed) gain = std::min(gain, kTamedGain);

  Subframe rest;
  for (std::size_t n = 0; n < rest.size(); ++n) {
    rest[n] = sub(target.x[n], high(shl32(mult32(adaptive[n], gain), 1)));
  }
  const FixedChoice fixed = search_fixed_codebook(rest, target.response, lag.whole, state.sharpening);
  out.pulses = fixed.positions;
  out.signs = fixed.signs;
  Gains gains;
  out.gains = quantise_gains(gain_criterion(correlation, target.x, adaptive, fixed.filtered), fixed.code,
                             tamed, state.gain_history, gains);
  state.sharpening = sharpening_of(gains.pitch);
  mix_excitation(now, fixed.code, gains);
  update_taming(state.taming, gains.pitch, lag.whole);
  for (std::size_t i = 0; i < kOrder; ++i) {
    const std::size_t n = kSubframe - kOrder + i;
    const Word16 a = high(shl32(mult32(adaptive[n], gains.pitch), 1));
    const Word16 b = high(shl32(mult32(fixed.filtered[n], gains.code), 2));
    state.target[i] = sub(target.x[n], add(a, b));
  }
  return out;
}

/// The frame to code: it ends kLookAhead before the newest sample.
const Word16* frame_in(const EncoderState& state) {
  return state.speech.data() + state.speech.size() - kLookAhead - kFrame;
}

using ExcitationBuffer = std::array<Word16, kExcitationHistory + kFrame>;

SentFrame code_noise(EncoderState& state, bool after_speech) {
  const Word16* const frame = frame_in(state);
  const NoiseFrame noise =
      code_pause(state.dtx, after_speech, state.lsp_quantised, state.lsp_history, state.levinson);
  ExcitationBuffer excitation;
  std::copy(state.excitation.begin(), state.excitation.end(), excitation.begin());
  Word16* const now = excitation.data() + kExcitationHistory;
  noise_excitation(now, state.dtx.gain, state.dtx.seed, &state.taming);
  const std::array<LpFilter, 2> filters = interpolated_filters(state.lsp_quantised, state.dtx.sid_lsp);
  state.lsp_quantised = state.dtx.sid_lsp;

  // The filters' memories as if the noise had been coded.
  std::array<Word16, kMaxLag + kFrame> weighted_speech;
  std::copy(state.weighted.begin(), state.weighted.end(), weighted_speech.begin());
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t start = half * kSubframe;
    const LpFilter weighting = weighted(filters[half], kWeight);
    Subframe rest;
    residual(filters[half], frame + start, rest.data(), kSubframe);
    const Subframe w = filtered(low_passed(weighting), rest.data(), state.weighting);
    std::copy(w.begin(), w.end(), weighted_speech.begin() + kMaxLag + start);
    std::copy_n(w.end() - kOrder, kOrder, state.weighting.begin());
    for (std::size_t n = 0; n < kSubframe; ++n) rest[n] = sub(rest[n], now[start + n]);
    const Subframe error = filtered(weighting, rest.data(), state.target);
    std::copy_n(error.end() - kOrder, kOrder, state.target.begin());
  }
  std::copy_n(weighted_speech.end() - kMaxLag, kMaxLag, state.weighted.begin());
  std::copy_n(excitation.end() - kExcitationHistory, kExcitationHistory, state.excitation.begin());
  state.sharpening = kLeastSharpening;
  return {noise.sid ? FrameType::kSid : FrameType::kUntransmitted, {}, noise.parameters};
}

}  // namespace

EncoderState initial_encoder(bool use_dtx) {
  EncoderState state{};
  state.lsp = kInitialLsp;
  state.lsp_quantised = kInitialLsp;
  state.lsp_history.fill(kLspHistoryReset);
  state.gain_history = kInitialGainHistory;
  state.levinson = kInitialLevinson;
  state.taming = kInitialTaming;
  state.sharpening = kLeastSharpening;
  state.use_dtx = use_dtx;
  state.dtx = initial_dtx();
  return state;
}

FrameCorrelations analyse(EncoderState& state, std::span<const Word16, kFrame> in) {
  std::array<Word16, kWindow> speech;
  std::copy(state.speech.begin(), state.speech.end(), speech.begin());
  for (std::size_t n = 0; n < kFrame; ++n) {
    speech[state.speech.size() + n] =
        round16(high_pass(state.high_pass, kPreHighPassB, kPreHighPassA, 3, in[n]));
  }
  std::copy_n(speech.end() - static_cast<std::ptrdiff_t>(state.speech.size()), state.speech.size(),
              state.speech.begin());
  FrameCorrelations c;
  c.raw = c.windowed = autocorrelation(speech);
  apply_lag_window(c.windowed);
  Word16 unused = 0;
  levinson(c.windowed, state.levinson, unused);
  state.lsp = lsp_of_filter(state.levinson.filter, state.lsp);
  return c;
}

bool encode_pause(EncoderState& state, const FrameCorrelations& correlations, SentFrame& out) {
  if (!state.use_dtx) return false;
  const bool after_speech = state.dtx.vad.active;
  const std::span<const Word16, kFrame + 1> speech(frame_in(state), kFrame + 1);
  const bool active = detect_voice(state.dtx.vad, correlations.windowed, lsf_of_lsp_normalised(state.lsp),
                                   speech, state.levinson.reflection[1]);
  note_correlation(state.dtx, correlations.raw, active);
  if (active) {
    state.dtx.seed = kNoiseSeed;
  } else {
    out = code_noise(state, after_speech);
  }
  return !active;
}

FrameParameters encode_speech(EncoderState& state) {
  const Word16* const frame = frame_in(state);
  Lsp lsf;
  const LspCode code = quantise_lsf(lsf_of_lsp(state.lsp), state.lsp_history, lsf);
  FrameParameters out{};
  out.lsp_first = static_cast<Word16>(code.predictor << 7 | code.first);
  out.lsp_second = static_cast<Word16>(code.low << 5 | code.high);
  const Lsp quantised = lsp_of_lsf(lsf);
  const std::array<LpFilter, 2> filters = interpolated_filters(state.lsp_quantised, quantised);
  state.lsp_quantised = quantised;
  const std::array<LpFilter, 2> weighting = {weighted(filters[0], kWeight), weighted(filters[1], kWeight)};

  ExcitationBuffer excitation;
  std::array<Word16, kMaxLag + kFrame> weighted_speech;
  std::copy(state.excitation.begin(), state.excitation.end(), excitation.begin());
  std::copy(state.weighted.begin(), state.weighted.end(), weighted_speech.begin());
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t start = half * kSubframe;
    Word16* const now = excitation.data() + kExcitationHistory + start;
    residual(filters[half], frame + start, now, kSubframe);
    const Subframe w = filtered(low_passed(weighting[half]), now, state.weighting);
    std::copy(w.begin(), w.end(), weighted_speech.begin() + kMaxLag + start);
    std::copy_n(w.end() - kOrder, kOrder, state.weighting.begin());
  }
  std::copy_n(weighted_speech.end() - kMaxLag, kMaxLag, state.weighted.begin());

  LagRange range = first_lag_range(open_loop_lag(weighted_speech.data() + kMaxLag));
  for (std::size_t half = 0; half < 2; ++half) {
    Word16* const now = excitation.data() + kExcitationHistory + half * kSubframe;
    out.subframes[half] = encode_subframe(state, weighting[half], now, range, half == 0);
  }
  out.parity = lag_parity(out.subframes[0].lag);
  std::copy_n(excitation.end() - kExcitationHistory, kExcitationHistory, state.excitation.begin());
  return out;
}

SentFrame encode_frame(EncoderState& state, std::span<const Word16, kFrame> in) {
  const FrameCorrelations correlations = analyse(state, in);
  SentFrame out{};
  if (!encode_pause(state, correlations, out)) out = {FrameType::kSpeech, encode_speech(state), {}};
  return out;
}

}  // namespace codecs::g729
