#pragma once
/// \file
/// The encoder's second half over lanes: everything of a speech frame after the LP analysis (see
/// encode_speech() in codecs/g729/encoder.h).

#include <cstddef>
#include <cstring>

#include "codecs/g729/encoder.h"
#include "codecs/g729/lanes/code_search.h"
#include "codecs/g729/lanes/gain_search.h"
#include "codecs/g729/lanes/kernels.h"
#include "codecs/g729/lanes/lsp_search.h"
#include "codecs/g729/lanes/open_loop.h"

namespace codecs::g729::lanes {

/// Rows of an EncoderState from lsp_quantised on.
namespace encoder_row {
inline constexpr int kLsp = 0, kLspHistory = 10, kWeighting = 50, kTarget = 60, kGainHistory = 70,
                     kSharpening = 74, kTaming = 76, kCount = 88;
inline constexpr std::size_t kStart = offsetof(EncoderState, lsp_quantised);
static_assert(offsetof(EncoderState, lsp_history) == kStart + 2 * kLspHistory &&
              offsetof(EncoderState, weighting) == kStart + 2 * kWeighting &&
              offsetof(EncoderState, target) == kStart + 2 * kTarget &&
              offsetof(EncoderState, gain_history) == kStart + 2 * kGainHistory &&
              offsetof(EncoderState, sharpening) == kStart + 2 * kSharpening &&
              offsetof(EncoderState, taming) == kStart + 2 * kTaming &&
              offsetof(EncoderState, speech) == kStart + 2 * kCount);
}  // namespace encoder_row

template <class L>
class EncodeBatch {
 public:
  static constexpr int kLanes = L::kLanes;

  /// Encodes `count` lanes of different calls. Returns a bit for each lane that is to be done again by the
  /// scalar encoder; its state is as before.
  std::uint32_t run(const EncodeLane* lanes, int count) noexcept {
    for (int i = 0; i < kLanes; ++i) lanes_[i] = lanes[i < count ? i : 0];
    count_ = count;
    suspect_ = W(0);
    gather_state();
    quantise_lsp();
    weigh_speech();
    W range = first_range(open_loop_lag(weighted_, suspect_));
    for (int half = 0; half < 2; ++half) range = encode_subframe(half, range);
    return finish();
  }

 private:
  using W = Words<L>;
  using D = Longs<L>;

  static W first_range(W open_loop) { return min(max(open_loop - W(3), W(kMinLag)), W(kMaxLag - 6)); }
  void gather_state();
  void quantise_lsp();
  void weigh_speech();
  W encode_subframe(int half, W range);
  void sharpen_lanes(std::int16_t (*x)[2 * kSubframe]) const;
  void search_code(int half, const W* target, W* response, W* code, W* filtered);
  void finish_subframe(int half, const W* target, const W* adaptive, const W* filtered, const W* code,
                       const LaneGains<L>& gains);
  std::uint32_t finish();

  EncodeLane lanes_[kLanes];
  int count_;
  W suspect_;
  W rows_[encoder_row::kCount];
  D taming_[4];
  W filters_[2][kOrder + 1];
  W weighting_[2][kOrder + 1];
  W weighted_[kMaxLag + kFrame + 1];
  W excited_[kSubframe];
  std::int16_t lags_[kLanes];
  std::int16_t thirds_[kLanes];
  FrameParameters out_[kLanes];
  alignas(64) std::int16_t excitation_[kLanes][kExcitationStride];
  alignas(64) std::int16_t new_weighted_[kLanes][kFrame];
  alignas(64) std::int16_t
      responses_[kLanes][2 * kSubframe];  // the second half holds it, the first is silence
  alignas(64) std::int16_t codes_[kLanes][2 * kSubframe];
};

template <class L>
void EncodeBatch<L>::gather_state() {
  std::memset(responses_, 0, sizeof(responses_));
  const std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    p[i] = lanes_[i].state->lsp_quantised.data();
    std::memcpy(excitation_[i], lanes_[i].state->excitation.data(), sizeof(lanes_[i].state->excitation));
  }
  load_rows(rows_, p, 0, encoder_row::kCount);
  for (int k = 0; k < 4; ++k) {
    taming_[k] = from_halves(rows_[encoder_row::kTaming + 2 * k], rows_[encoder_row::kTaming + 2 * k + 1]);
  }
}

template <class L>
void EncodeBatch<L>::quantise_lsp() {
  const std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].state->lsp.data();
  W lsp[16];
  load_rows(lsp, p, 0, 16);
  W lsf[kOrder];
  lsf_of_lsp(lsp, lsf);
  W quantised[kOrder];
  const LaneLspCode<L> code = quantise_lsf(lsf, rows_ + encoder_row::kLspHistory, quantised);
  std::int16_t first[kLanes];
  std::int16_t second[kLanes];
  to_array((code.predictor << 7) | code.first, first);
  to_array((code.low << 5) | code.high, second);
  for (int i = 0; i < kLanes; ++i) {
    out_[i].lsp_first = first[i];
    out_[i].lsp_second = second[i];
  }
  lsp_of_lsf(quantised, lsp);
  W middle[kOrder];
  for (int j = 0; j < kOrder; ++j) {
    middle[j] = (lsp[j] >> 1) + (rows_[encoder_row::kLsp + j] >> 1);
    rows_[encoder_row::kLsp + j] = lsp[j];
  }
  filter_of_lsp(middle, filters_[0]);
  filter_of_lsp(lsp, filters_[1]);
  for (int half = 0; half < 2; ++half) weight_filter(filters_[half], 24576, weighting_[half]);
}

/// The LP residual, left in the excitation buffers, and the weighted speech.
template <class L>
void EncodeBatch<L>::weigh_speech() {
  constexpr int kBefore =
      kWindow - kFrame - 40 - kFrame - kOrder;  // samples in the state before the filter's memory
  const std::int16_t* p[kLanes];
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].state->speech.data();
  W speech[kOrder + kFrame + 6];
  load_rows(speech, p, kBefore, kOrder + kFrame + 6);
  for (int i = 0; i < kLanes; ++i) p[i] = lanes_[i].state->weighted.data();
  load_rows(weighted_, p, 0, kMaxLag + 1);
  W weighted[kOrder + kFrame];
  for (int j = 0; j < kOrder; ++j) weighted[j] = rows_[encoder_row::kWeighting + j];
  for (int half = 0; half < 2; ++half) {
    W rest[kSubframe];
    residual(filters_[half], speech + kOrder + half * kSubframe, rest, suspect_);
    std::int16_t* now[kLanes];
    for (int i = 0; i < kLanes; ++i) now[i] = excitation_[i] + kExcitationHistory + half * kSubframe;
    store_rows(rest, now, 0, kSubframe);
    W tilted[kOrder + 1];
    const W* const a = weighting_[half];
    tilted[0] = a[0];
    for (int j = 1; j <= kOrder; ++j) tilted[j] = subs(a[j], mult(a[j - 1], W(22938)));
    synthesis<kSubframe>(tilted, rest, weighted + kOrder + half * kSubframe, suspect_);
  }
  for (int n = 0; n < kFrame; ++n) weighted_[kMaxLag + n] = weighted[kOrder + n];
  for (int j = 0; j < kOrder; ++j) rows_[encoder_row::kWeighting + j] = weighted[kFrame + j];
  std::int16_t* out[kLanes];
  for (int i = 0; i < kLanes; ++i) out[i] = new_weighted_[i];
  store_rows(weighted + kOrder, out, 0, kFrame);
}

/// Sharpens the vectors in the second halves of x, at each lane's lag.
template <class L>
void EncodeBatch<L>::sharpen_lanes(std::int16_t (*x)[2 * kSubframe]) const {
  std::int16_t sharpening[kLanes];
  to_array(rows_[encoder_row::kSharpening], sharpening);
  for (int i = 0; i < kLanes; ++i) {
    const int factor = sharpening[i] * 2;
    std::int16_t* const v = x[i] + kSubframe;
    for (int n = lags_[i]; n < kSubframe; ++n) v[n] = sat16(v[n] + ((v[n - lags_[i]] * factor) >> 15));
  }
}

/// Searches the pulses, sharpens the response; code and filtered code as rows.
template <class L>
void EncodeBatch<L>::search_code(int half, const W* target, W* response, W* code, W* filtered) {
  std::int16_t* p[kLanes];
  const W is_short = from_array<L>(lags_) < W(kSubframe);
  for (int i = 0; i < kLanes; ++i) p[i] = responses_[i] + kSubframe;
  store_rows(response, p, 0, kSubframe);
  if (any(is_short)) {
    sharpen_lanes(responses_);
    load_rows(response, p, 0, kSubframe);
  }
  W d[kSubframe];
  backward_filtered(target, response, d, suspect_);
  W negative[kSubframe];
  for (int n = 0; n < kSubframe; ++n) {
    negative[n] = d[n] < W(0);
    d[n] = abs(d[n]);
  }
  W phi[kCorrelationRows];
  correlate_response(response, negative, phi, suspect_);
  const typename CodeSearch<L>::Choice choice = CodeSearch<L>(d, phi).run();

  std::int16_t places[4][kLanes];
  std::int16_t last[kLanes];
  std::int16_t signs[kSubframe][kLanes];
  for (int k = 0; k < 4; ++k) to_array(choice.place[k], places[k]);
  to_array(choice.last, last);
  for (int n = 0; n < kSubframe; ++n) to_array(negative[n], signs[n]);
  std::memset(codes_, 0, sizeof(codes_));
  std::int16_t minus[4][kLanes];
  std::int16_t at[4][kLanes];
  for (int i = 0; i < kLanes; ++i) {
    SubframeParameters& f = out_[i].subframes[static_cast<std::size_t>(half)];
    int sign_bits = 0;
    for (int k = 0; k < 4; ++k) {
      const int position = kTracks * places[k][i] + (k < 3 ? k : last[i]);
      at[k][i] = static_cast<std::int16_t>(position);
      minus[k][i] = signs[position][i];
      codes_[i][kSubframe + position] = minus[k][i] != 0 ? -8192 : 8191;
      sign_bits |= (minus[k][i] != 0 ? 0 : 1) << k;
    }
    f.signs = static_cast<std::int16_t>(sign_bits);
    f.pulses = static_cast<std::int16_t>(places[0][i] | places[1][i] << 3 | places[2][i] << 6 |
                                         (2 * places[3][i] + last[i] - 3) << 9);
  }
  if (any(is_short)) sharpen_lanes(codes_);
  for (int i = 0; i < kLanes; ++i) p[i] = codes_[i] + kSubframe;
  load_rows(code, p, 0, kSubframe);
  for (int n = 0; n < kSubframe; ++n) filtered[n] = W(0);
  for (int k = 0; k < 4; ++k) {
    const std::int16_t* delayed[kLanes];
    for (int i = 0; i < kLanes; ++i) delayed[i] = responses_[i] + kSubframe - at[k][i];
    W h[kSubframe];
    load_rows(h, delayed, 0, kSubframe);
    const W down = from_array<L>(minus[k]);
    for (int n = 0; n < kSubframe; ++n)
      filtered[n] = select(down, subs(filtered[n], h[n]), adds(filtered[n], h[n]));
  }
}

template <class L>
Words<L> EncodeBatch<L>::encode_subframe(int half, W range) {
  const W* const a = weighting_[half];
  std::int16_t* now[kLanes];
  for (int i = 0; i < kLanes; ++i) now[i] = excitation_[i] + kExcitationHistory + half * kSubframe;
  W memory[kOrder + kSubframe];
  W impulse[kSubframe];
  for (int j = 0; j < kOrder; ++j) memory[j] = W(0);
  for (int n = 0; n < kSubframe; ++n) impulse[n] = W(n == 0 ? 4096 : 0);
  synthesis<kSubframe>(a, impulse, memory + kOrder, suspect_);
  W response[kSubframe];
  for (int n = 0; n < kSubframe; ++n) response[n] = memory[kOrder + n];
  W rest[kSubframe];
  load_rows(rest, now, 0, kSubframe);
  for (int j = 0; j < kOrder; ++j) memory[j] = rows_[encoder_row::kTarget + j];
  synthesis<kSubframe>(a, rest, memory + kOrder, suspect_);
  W target[kSubframe];
  for (int n = 0; n < kSubframe; ++n) target[n] = memory[kOrder + n];

  const LaneLag<L> lag = closed_loop_lag(now, target, response, range, half == 0, excited_, suspect_);
  to_array(lag.whole, lags_);
  to_array(lag.third, thirds_);
  std::int16_t firsts[kLanes];
  to_array(range, firsts);
  for (int i = 0; i < kLanes; ++i) {
    out_[i].subframes[static_cast<std::size_t>(half)].lag =
        half == 0 ? encode_first_lag({lags_[i], thirds_[i]})
                  : encode_second_lag({lags_[i], thirds_[i]}, {firsts[i], 0});
  }
  for (int j = 0; j < kOrder; ++j) memory[j] = W(0);
  synthesis<kSubframe>(a, excited_, memory + kOrder, suspect_);
  W adaptive[kSubframe];
  for (int n = 0; n < kSubframe; ++n) adaptive[n] = memory[kOrder + n];

  LaneScaled<L> energy;
  LaneScaled<L> cross;
  W gain = adaptive_gain(target, adaptive, energy, cross, suspect_);
  const W tamed = taming_needed<L>(taming_, lags_, thirds_);
  gain = select(tamed, min(gain, W(15564)), gain);
  for (int n = 0; n < kSubframe; ++n) rest[n] = subs(target[n], narrow(product(adaptive[n], gain) >> 14));
  W code[kSubframe];
  W filtered[kSubframe];
  search_code(half, rest, response, code, filtered);

  LaneCriterion<L> c;
  c.mantissa[0] = energy.mantissa;
  c.precision[0] = D(0) - energy.precision;
  c.mantissa[1] = subs(W(0), cross.mantissa);
  c.precision[1] = D(-1) - cross.precision;
  W quarter[kSubframe];
  for (int n = 0; n < kSubframe; ++n) quarter[n] = filtered[n] >> 3;
  const auto set = [&](int i, const W* x, int precision) {
    const D sum = (dot_rows(x, quarter) << 1) + 1;
    const D shift = norm_signed(sum);
    c.mantissa[i] = round_high(sum << shift);
    c.precision[i] = shift + (precision - 16);
  };
  set(2, quarter, 19);
  set(3, target, 9);
  c.mantissa[3] = subs(W(0), c.mantissa[3]);
  set(4, adaptive, 9);
  const D code_energy = max(dot_rows(code, code) << 1, D(1));
  const LaneGains<L> gains =
      quantise_gains(c, code_energy, tamed, rows_ + encoder_row::kGainHistory, suspect_);
  finish_subframe(half, target, adaptive, filtered, code, gains);
  return min(max(lag.whole - W(5), W(kMinLag)), W(kMaxLag - 9));
}

template <class L>
void EncodeBatch<L>::finish_subframe(int half, const W* target, const W* adaptive, const W* filtered,
                                     const W* code, const LaneGains<L>& gains) {
  std::int16_t first[kLanes];
  std::int16_t second[kLanes];
  to_array(gains.first, first);
  to_array(gains.second, second);
  std::int16_t* now[kLanes];
  for (int i = 0; i < kLanes; ++i) {
    out_[i].subframes[static_cast<std::size_t>(half)].gains =
        static_cast<std::int16_t>(kGainFirstMap[static_cast<std::size_t>(first[i])] * 16 +
                                  kGainSecondMap[static_cast<std::size_t>(second[i])]);
    now[i] = excitation_[i] + kExcitationHistory + half * kSubframe;
  }
  rows_[encoder_row::kSharpening] = min(max(gains.pitch, W(kLeastSharpening)), W(kMostSharpening));
  const Pairs<L> both(gains.pitch, gains.code);
  for (int n = 0; n < kSubframe; ++n) {
    excited_[n] = narrow((dot(Pairs<L>(excited_[n], code[n]), both) + 0x2000) >> 14);
  }
  store_rows(excited_, now, 0, kSubframe);
  update_taming<L>(taming_, gains.pitch, lags_);
  for (int j = 0; j < kOrder; ++j) {
    const int n = kSubframe - kOrder + j;
    const W x = narrow(product(adaptive[n], gains.pitch) >> 14);
    const W y = narrow(product(filtered[n], gains.code) >> 13);
    rows_[encoder_row::kTarget + j] = subs(target[n], adds(x, y));
  }
}

template <class L>
std::uint32_t EncodeBatch<L>::finish() {
  for (int k = 0; k < 4; ++k) {
    rows_[encoder_row::kTaming + 2 * k] = truncate(taming_[k]);
    rows_[encoder_row::kTaming + 2 * k + 1] = high(taming_[k]);
  }
  std::int16_t suspects[kLanes];
  to_array(suspect_, suspects);
  alignas(64) std::int16_t nowhere[encoder_row::kCount];
  std::int16_t* p[kLanes];
  std::uint32_t again = 0;
  for (int i = 0; i < kLanes; ++i) {
    const bool keep = i < count_ && suspects[i] == 0;
    if (i < count_ && suspects[i] != 0) again |= 1U << i;
    p[i] = keep ? lanes_[i].state->lsp_quantised.data() : nowhere;
  }
  store_rows(rows_, p, 0, encoder_row::kCount);
  for (int i = 0; i < count_; ++i) {
    if (suspects[i] != 0) continue;
    EncoderState& s = *lanes_[i].state;
    std::memmove(s.weighted.data(), s.weighted.data() + kFrame, (kMaxLag - kFrame) * sizeof(std::int16_t));
    std::memcpy(s.weighted.data() + kMaxLag - kFrame, new_weighted_[i], sizeof(new_weighted_[i]));
    std::memcpy(s.excitation.data(), excitation_[i] + kFrame, sizeof(s.excitation));
    out_[i].parity = lag_parity(out_[i].subframes[0].lag);
    *lanes_[i].out = out_[i];
  }
  return again;
}

}  // namespace codecs::g729::lanes
