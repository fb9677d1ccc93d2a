#pragma once
/// \file
/// The decoder over lanes: one frame of up to L::kLanes calls. State stays with each call; it is gathered
/// into rows, worked on, and written back, except where a lane may have left the range of the fast
/// arithmetic: that call is done again by the scalar decoder, from the state as it was.

#include <cstddef>
#include <cstring>

#include "codecs/g729/decoder.h"
#include "codecs/g729/lanes/excitation.h"
#include "codecs/g729/lanes/filter.h"
#include "codecs/g729/lanes/gain.h"
#include "codecs/g729/lanes/kernels.h"
#include "codecs/g729/lanes/lsp.h"
#include "codecs/g729/lanes/postfilter.h"

namespace codecs::g729::lanes {

/// Rows of a DecoderState's first words.
namespace decoder_row {
inline constexpr int kSynthesis = 0, kLsp = 10, kLsf = 20, kLspHistory = 30, kGainHistory = 70,
                     kPitchGain = 74, kCodeGain = 75, kPredictor = 76, kSharpening = 77, kLag = 78,
                     kSeed = 79, kCount = 80;
inline constexpr int kSpeech = 0, kOutput = 10, kTilt = 20, kGain = 21, kY1 = 22, kY2 = 24, kX1 = 26,
                     kX2 = 27, kPostCount = 32;
static_assert(offsetof(DecoderState, synthesis) == 2 * kSynthesis &&
              offsetof(DecoderState, lsp) == 2 * kLsp && offsetof(DecoderState, lsf) == 2 * kLsf &&
              offsetof(DecoderState, lsp_history) == 2 * kLspHistory &&
              offsetof(DecoderState, gain_history) == 2 * kGainHistory &&
              offsetof(DecoderState, gains) == 2 * kPitchGain &&
              offsetof(DecoderState, predictor) == 2 * kPredictor &&
              offsetof(DecoderState, sharpening) == 2 * kSharpening &&
              offsetof(DecoderState, lag) == 2 * kLag && offsetof(DecoderState, seed) == 2 * kSeed &&
              offsetof(DecoderState, post) == 2 * kCount);
static_assert(offsetof(PostfilterState, speech) == 2 * kSpeech &&
              offsetof(PostfilterState, output) == 2 * kOutput &&
              offsetof(PostfilterState, tilt) == 2 * kTilt && offsetof(PostfilterState, gain) == 2 * kGain &&
              offsetof(PostfilterState, high_pass) == 2 * kY1 &&
              offsetof(PostfilterState, residual) == 2 * kPostCount);
static_assert(offsetof(HighPassState, y2) == 4 && offsetof(HighPassState, x1) == 8 &&
              offsetof(HighPassState, x2) == 10);
}  // namespace decoder_row

template <class L>
class DecodeBatch {
 public:
  static constexpr int kLanes = L::kLanes;

  /// Decodes `count` lanes, 1..kLanes, all of different calls. Returns a bit for each lane that is to be done
  /// again by the scalar decoder; its state and output are as before.
  std::uint32_t run(const DecodeLane* lanes, int count) noexcept {
    // Lanes without a call repeat the first one and write nowhere.
    for (int i = 0; i < kLanes; ++i) lanes_[i] = lanes[i < count ? i : 0];
    count_ = count;
    suspect_ = Words<L>(0);
    gather_state();
    sort_frames();
    decode_lsp();
    for (int half = 0; half < 2; ++half) {
      excite(half);
      synthesise(half);
    }
    filter_output();
    return finish();
  }

 private:
  using W = Words<L>;
  using D = Longs<L>;

  [[nodiscard]] std::int16_t* words(int i) const { return lanes_[i].state->synthesis.data(); }
  [[nodiscard]] std::int16_t* post_words(int i) const { return lanes_[i].state->post.speech.data(); }
  static W mask(const bool* flags) {
    std::int16_t m[kLanes];
    for (int i = 0; i < kLanes; ++i) m[i] = flags[i] ? -1 : 0;
    return from_array<L>(m);
  }

  void gather_state();
  void sort_frames();
  void decode_lsp();
  void excite(int half);
  void draw_codes(int half, const std::int16_t* lags);
  void decode_gains(int half, const W* code);
  void synthesise(int half);
  void filter_output();
  std::uint32_t finish();

  DecodeLane lanes_[kLanes];
  int count_;
  W suspect_;
  bool speech_[kLanes];  // speech or concealed speech, else noise
  bool erased_[kLanes];
  bool any_noise_, any_erased_;
  W good_, lost_, noise_;  // masks: decoded speech, concealed speech, comfort noise
  W rows_[decoder_row::kCount];
  W post_[decoder_row::kPostCount];
  W filters_[2][kOrder + 1];
  W excited_[kSubframe];
  W lags_[2];
  D energy_;  // of the excitation, halved and limited to 2^30
  W speech_rows_[kOrder + kFrame];
  DecoderState noise_state_[kLanes];  // of the lanes in a pause, stepped
  alignas(64) std::int16_t excitation_[kLanes][kExcitationStride];
  alignas(64) std::int16_t residual_[kLanes][kMaxLag + kFrame + 25];
  alignas(64) std::int16_t codes_[kLanes][kSubframe + 8];
  alignas(64) std::int16_t samples_[kLanes][kFrame];
};

template <class L>
void DecodeBatch<L>::gather_state() {
  std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) p[i] = words(i);
  load_rows(rows_, p, 0, decoder_row::kCount);
  for (int i = 0; i < kLanes; ++i) p[i] = post_words(i);
  load_rows(post_, p, 0, decoder_row::kPostCount);
  for (int i = 0; i < kLanes; ++i) {
    std::memcpy(excitation_[i], lanes_[i].state->excitation.data(), sizeof(lanes_[i].state->excitation));
    std::memcpy(residual_[i], lanes_[i].state->post.residual.data(), sizeof(lanes_[i].state->post.residual));
  }
}

template <class L>
void DecodeBatch<L>::sort_frames() {
  bool good[kLanes];
  bool lost[kLanes];
  bool noise[kLanes];
  any_noise_ = any_erased_ = false;
  for (int i = 0; i < kLanes; ++i) {
    const FrameType type = lanes_[i].frame->type;
    erased_[i] = type == FrameType::kErased;
    speech_[i] = erased_[i] ? lanes_[i].state->speech : type == FrameType::kSpeech;
    good[i] = type == FrameType::kSpeech;
    lost[i] = erased_[i] && speech_[i];
    noise[i] = !speech_[i];
    any_noise_ = any_noise_ || noise[i];
    any_erased_ = any_erased_ || lost[i];
    if (noise[i]) {
      noise_state_[i] = *lanes_[i].state;
      generate_noise(noise_state_[i], type == FrameType::kSid ? &lanes_[i].frame->sid : nullptr,
                     excitation_[i] + kExcitationHistory);
    }
  }
  good_ = mask(good);
  lost_ = mask(lost);
  noise_ = mask(noise);
}

template <class L>
void DecodeBatch<L>::decode_lsp() {
  alignas(64) std::int16_t words[kLanes][16] = {};
  std::int16_t predictors[kLanes];
  std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    p[i] = words[i];
    const FrameParameters& f = lanes_[i].frame->speech;
    predictors[i] = static_cast<std::int16_t>(f.lsp_first >> 7 & 1);
    if (lanes_[i].frame->type != FrameType::kSpeech) continue;
    const std::int16_t* const first = kLspFirstStage[static_cast<std::size_t>(f.lsp_first & 127)].data();
    const std::int16_t* const low = kLspSecondStage[static_cast<std::size_t>(f.lsp_second >> 5 & 31)].data();
    const std::int16_t* const high = kLspSecondStage[static_cast<std::size_t>(f.lsp_second & 31)].data();
    for (int j = 0; j < 5; ++j) words[i][j] = static_cast<std::int16_t>(first[j] + low[j]);
    for (int j = 5; j < kOrder; ++j) words[i][j] = static_cast<std::int16_t>(first[j] + high[j]);
  }
  W word[16];
  load_rows(word, p, 0, 16);
  W* const history = rows_ + decoder_row::kLspHistory;
  W* const lsf = rows_ + decoder_row::kLsf;
  rows_[decoder_row::kPredictor] = select(good_, from_array<L>(predictors), rows_[decoder_row::kPredictor]);
  const W second = rows_[decoder_row::kPredictor] > W(0);
  W decoded[kOrder];
  decode_codeword(word, history, second, decoded);
  for (int j = 0; j < kOrder; ++j) lsf[j] = select(good_, decoded[j], lsf[j]);
  if (any_erased_) {
    // Below this the target could leave 32 bits.
    for (int k = 0; k < 4 * kOrder; ++k) suspect_ = suspect_ | ((history[k] < W(-8192)) & lost_);
    W target[kOrder];
    prediction_target(lsf, history, second, target);
    for (int j = 0; j < kOrder; ++j) word[j] = select(lost_, target[j], word[j]);
  }
  remember(history, word, good_ | lost_);

  W* const previous = rows_ + decoder_row::kLsp;
  W lsp[16];
  lsp_of_lsf(lsf, lsp);
  if (any_noise_) {
    const std::int16_t* q[kLanes];
    for (int i = 0; i < kLanes; ++i) q[i] = noise_state_[i].sid_lsp.data();
    W sid[16];
    load_rows(sid, q, 0, 16);
    for (int j = 0; j < kOrder; ++j) lsp[j] = select(noise_, sid[j], lsp[j]);
  }
  W middle[kOrder];
  for (int j = 0; j < kOrder; ++j) {
    middle[j] = (lsp[j] >> 1) + (previous[j] >> 1);
    previous[j] = lsp[j];
  }
  filter_of_lsp(middle, filters_[0]);
  filter_of_lsp(lsp, filters_[1]);
}

/// Leaves each lane's code vector, sharpened, in codes_.
template <class L>
void DecodeBatch<L>::draw_codes(int half, const std::int16_t* lags) {
  std::int16_t seeds[kLanes];
  std::int16_t sharpening[kLanes];
  to_array(rows_[decoder_row::kSeed], seeds);
  to_array(rows_[decoder_row::kSharpening], sharpening);
  std::memset(codes_, 0, sizeof(codes_));
  for (int i = 0; i < kLanes; ++i) {
    if (!speech_[i]) continue;
    const SubframeParameters& f = lanes_[i].frame->speech.subframes[static_cast<std::size_t>(half)];
    int positions = f.pulses;
    int signs = f.signs;
    if (erased_[i]) {
      positions = next_random(seeds[i]) & 0x1FFF;
      signs = next_random(seeds[i]) & 0x000F;
    }
    std::int16_t* const code = codes_[i];
    const auto pulse = [&](int at, int sign) { code[at] = (signs >> sign & 1) != 0 ? 8191 : -8192; };
    pulse(5 * (positions & 7), 0);
    pulse(5 * (positions >> 3 & 7) + 1, 1);
    pulse(5 * (positions >> 6 & 7) + 2, 2);
    pulse(5 * (positions >> 10 & 7) + 3 + (positions >> 9 & 1), 3);
    const int factor = sharpening[i] * 2;
    for (int n = lags[i]; n < kSubframe; ++n) {
      code[n] = sat16(code[n] + ((code[n - lags[i]] * factor) >> 15));
    }
  }
  rows_[decoder_row::kSeed] = from_array<L>(seeds);
}

template <class L>
void DecodeBatch<L>::decode_gains(int half, const W* code) {
  D energy(0);
  for (int n = 0; n < kSubframe; n += 2) {
    const Pairs<L> p(code[n], code[n + 1]);
    energy = energy + dot(p, p);
  }
  std::int16_t pitch[kLanes];
  std::int16_t low[kLanes];
  std::int16_t high_words[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    const auto index =
        static_cast<std::size_t>(lanes_[i].frame->speech.subframes[static_cast<std::size_t>(half)].gains);
    const auto& first = kGainFirstStage[static_cast<std::size_t>(kGainFirstUnmap[index >> 4 & 7])];
    const auto& second = kGainSecondStage[static_cast<std::size_t>(kGainSecondUnmap[index & 15])];
    pitch[i] = static_cast<std::int16_t>(first[0] + second[0]);
    const int factor = first[1] + second[1];  // up to 16 bits without a sign
    low[i] = static_cast<std::int16_t>(factor);
    high_words[i] = static_cast<std::int16_t>(factor >> 16);
  }
  const D factors = from_halves(from_array<L>(low), from_array<L>(high_words));
  W* const history = rows_ + decoder_row::kGainHistory;
  const LanePrediction<L> predicted = predict_gain(history, max(energy << 1, D(1)));
  W newest;
  W code_gain = compose_code_gain(predicted, factors, newest);
  W& gp = rows_[decoder_row::kPitchGain];
  W& gc = rows_[decoder_row::kCodeGain];
  W pitch_gain = from_array<L>(pitch);
  if (any_erased_) {
    const D sum = widen(history[0]) + widen(history[1]) + widen(history[2]) + widen(history[3]);
    const W faded = max(subs(truncate(sum >> 2), W(4096)), W(-14336));
    newest = select(lost_, faded, newest);
    pitch_gain = select(lost_, min(mult(gp, W(29491)), W(29491)), pitch_gain);
    code_gain = select(lost_, mult(gc, W(32111)), code_gain);
  }
  const W active = good_ | lost_;
  gp = select(active, pitch_gain, gp);
  gc = select(active, code_gain, gc);
  W kept[4];
  for (int k = 0; k < 4; ++k) kept[k] = history[k];
  step_history(history, newest);
  for (int k = 0; k < 4; ++k) history[k] = select(active, history[k], kept[k]);
  rows_[decoder_row::kSharpening] =
      select(active, min(max(gp, W(kLeastSharpening)), W(kMostSharpening)), W(kLeastSharpening));
}

template <class L>
void DecodeBatch<L>::excite(int half) {
  std::int16_t lags[kLanes];
  std::int16_t thirds[kLanes];
  std::int16_t last[kLanes];
  std::int16_t first[kLanes];
  to_array(rows_[decoder_row::kLag], last);
  if (half == 1) to_array(lags_[0], first);
  for (int i = 0; i < kLanes; ++i) {
    lags[i] = last[i];
    thirds[i] = 0;
    if (!speech_[i]) continue;
    const FrameParameters& f = lanes_[i].frame->speech;
    if (erased_[i] || (half == 0 && lag_parity(f.subframes[0].lag) != f.parity)) {
      last[i] = static_cast<std::int16_t>(last[i] + 1 < kMaxLag ? last[i] + 1 : kMaxLag);
      continue;
    }
    const Lag lag =
        half == 0 ? decode_first_lag(f.subframes[0].lag) : decode_second_lag(f.subframes[1].lag, first[i]);
    lags[i] = last[i] = lag.whole;
    thirds[i] = lag.third;
  }
  lags_[half] = from_array<L>(lags);
  rows_[decoder_row::kLag] = from_array<L>(last);

  std::int16_t* now[kLanes];
  for (int i = 0; i < kLanes; ++i) now[i] = excitation_[i] + kExcitationHistory + half * kSubframe;
  W noise[kSubframe];
  if (any_noise_) load_rows(noise, now, 0, kSubframe);
  W unsure(0);
  interpolate_past<L>(now, lags, thirds, excited_, unsure);
  suspect_ = suspect_ | (unsure & ~noise_);
  draw_codes(half, lags);
  std::int16_t* codes[kLanes];
  for (int i = 0; i < kLanes; ++i) codes[i] = codes_[i];
  W code[kSubframe];
  load_rows(code, codes, 0, kSubframe);
  decode_gains(half, code);
  const Pairs<L> gains(rows_[decoder_row::kPitchGain], rows_[decoder_row::kCodeGain]);
  for (int n = 0; n < kSubframe; ++n) {
    excited_[n] = narrow((dot(Pairs<L>(excited_[n], code[n]), gains) + 0x2000) >> 14);
    if (any_noise_) excited_[n] = select(noise_, noise[n], excited_[n]);
  }
  store_rows(excited_, now, 0, kSubframe);
  if (half == 0) energy_ = D(0);
  for (int n = 0; n < kSubframe; n += 2) {
    const Pairs<L> p(excited_[n], excited_[n + 1]);
    energy_ = min_unsigned(energy_ + dot(p, p), D(1 << 30));
  }
}

template <class L>
void DecodeBatch<L>::synthesise(int half) {
  if (half == 0) {
    for (int j = 0; j < kOrder; ++j) speech_rows_[j] = rows_[decoder_row::kSynthesis + j];
  }
  W* const y = speech_rows_ + kOrder + half * kSubframe;
  synthesis<kSubframe>(filters_[half], excited_, y, suspect_);
  // An overflow changes the whole excitation: leave that to the scalar decoder.
  for (int n = 0; n < kSubframe; ++n) suspect_ = suspect_ | (y[n] == W(32767)) | (y[n] == W(-32768));
}

template <class L>
void DecodeBatch<L>::filter_output() {
  PostRows<L> rows;
  for (int j = 0; j < kOrder; ++j) {
    rows.speech[j] = post_[decoder_row::kSpeech + j];
    rows.output[j] = post_[decoder_row::kOutput + j];
    rows_[decoder_row::kSynthesis + j] = speech_rows_[kFrame + j];
  }
  for (int n = 0; n < kFrame; ++n) rows.speech[kOrder + n] = speech_rows_[kOrder + n];
  rows.tilt = post_[decoder_row::kTilt];
  rows.gain = post_[decoder_row::kGain];
  LaneHighPass<L> high_pass_state = {from_halves(post_[decoder_row::kY1], post_[decoder_row::kY1 + 1]),
                                     from_halves(post_[decoder_row::kY2], post_[decoder_row::kY2 + 1]),
                                     post_[decoder_row::kX1], post_[decoder_row::kX2]};
  D wrapped(0);
  std::int16_t* out[kLanes];
  for (int i = 0; i < kLanes; ++i) out[i] = samples_[i];
  for (int half = 0; half < 2; ++half) {
    std::int16_t* residuals[kLanes];
    for (int i = 0; i < kLanes; ++i) residuals[i] = residual_[i] + kMaxLag + half * kSubframe;
    W y[kSubframe];
    postfilter_subframe(rows, filters_[half], residuals, lags_[half], ~noise_, half * kSubframe, y, suspect_);
    for (int n = 0; n < kSubframe; ++n) {
      const D sum = high_pass<2, true>(high_pass_state, kPostHighPassB, kPostHighPassA, y[n], wrapped);
      y[n] = narrow((min(sum, D(1 << 30)) + 0x4000) >> 15);
    }
    store_rows(y, out, half * kSubframe, kSubframe);
  }
  suspect_ = suspect_ | narrow(wrapped >> 31);
  for (int j = 0; j < kOrder; ++j) {
    post_[decoder_row::kSpeech + j] = rows.speech[kFrame + j];
    post_[decoder_row::kOutput + j] = rows.output[kFrame + j];
  }
  post_[decoder_row::kTilt] = rows.tilt;
  post_[decoder_row::kGain] = rows.gain;
  post_[decoder_row::kY1] = truncate(high_pass_state.y1);
  post_[decoder_row::kY1 + 1] = high(high_pass_state.y1);
  post_[decoder_row::kY2] = truncate(high_pass_state.y2);
  post_[decoder_row::kY2 + 1] = high(high_pass_state.y2);
  post_[decoder_row::kX1] = high_pass_state.x1;
  post_[decoder_row::kX2] = high_pass_state.x2;
}

template <class L>
std::uint32_t DecodeBatch<L>::finish() {
  std::int16_t suspects[kLanes];
  to_array(suspect_, suspects);
  const D limit = energy_ == D(1 << 30);
  const D energy = (energy_ << 1) ^ (limit & -1);  // saturates to 2^31 - 1
  const D shift = select(energy == D(0), D(0), norm_positive(energy));
  std::int16_t mantissas[kLanes];
  std::int16_t exponents[kLanes];
  to_array(round_high(energy << shift), mantissas);
  to_array(narrow(D(16) - shift), exponents);
  alignas(64) std::int16_t nowhere[decoder_row::kCount];
  std::int16_t* p[kLanes];
  std::int16_t* q[kLanes];
  std::uint32_t again = 0;
  for (int i = 0; i < kLanes; ++i) {
    const bool keep = i < count_ && suspects[i] == 0;
    if (i < count_ && suspects[i] != 0) again |= 1U << i;
    p[i] = keep ? words(i) : nowhere;
    q[i] = keep ? post_words(i) : nowhere;
  }
  store_rows(rows_, p, 0, decoder_row::kCount);
  store_rows(post_, q, 0, decoder_row::kPostCount);
  for (int i = 0; i < count_; ++i) {
    if (suspects[i] != 0) continue;
    DecoderState& s = *lanes_[i].state;
    std::memcpy(s.excitation.data(), excitation_[i] + kFrame, sizeof(s.excitation));
    std::memcpy(s.post.residual.data(), residual_[i] + kFrame, sizeof(s.post.residual));
    std::memcpy(lanes_[i].out, samples_[i], sizeof(samples_[i]));
    s.speech = speech_[i];
    if (!erased_[i]) s.speech_energy = {mantissas[i], exponents[i]};
    if (speech_[i]) {
      s.noise_seed = kNoiseSeed;
      continue;
    }
    const DecoderState& n = noise_state_[i];
    s.lsp_history = n.lsp_history;
    s.sid_lsp = n.sid_lsp;
    s.sid_gain = n.sid_gain;
    s.noise_gain = n.noise_gain;
    s.noise_seed = n.noise_seed;
  }
  return again;
}

}  // namespace codecs::g729::lanes
