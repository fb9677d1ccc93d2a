#pragma once
/// \file
/// The adaptive postfilter over lanes (see codecs/g729/postfilter.h).

#include "codecs/g729/lanes/filter.h"

namespace codecs::g729::lanes {

/// Energy of quarters of 40 samples, not doubled. Below 2^30 if the lane is not suspect.
template <class L>
MEDIAD_KERNEL Longs<L> quarter_energy(const Words<L>* x, Words<L>& suspect) {
  Longs<L> sum(0);
  Words<L> greatest(0);
  for (int n = 0; n < kSubframe; n += 2) {
    const Words<L> x0 = x[n] >> 2;
    const Words<L> x1 = x[n + 1] >> 2;
    const Pairs<L> p(x0, x1);
    sum = sum + dot(p, p);
  }
  // At most 40 * 2^26: the sign tells 2^31, the next bit 2^30.
  const Longs<L> large = (sum >> 30) == Longs<L>(0);
  suspect = suspect | ~narrow(large);
  return sum;
}

/// Adds to the residual what it repeats around the pitch lag (A.4.2.1). `history[i]` points at a lane's
/// residual of this subframe, with kMaxLag samples before it; x are the same samples as rows; `voiced` masks
/// the lanes it is done in.
template <class L>
MEDIAD_KERNEL void emphasise_pitch(const std::int16_t* const* history, const Words<L>* x, Words<L> lag,
                                   Words<L> voiced, Words<L>* out, Words<L>& suspect) {
  constexpr int kSpan = kSubframe + 8;
  const Words<L> first = min(lag - Words<L>(3), Words<L>(kMaxLag - 6));
  std::int16_t starts[L::kLanes];
  to_array(first, starts);
  const std::int16_t* window[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) window[i] = history[i] - starts[i] - 6;
  Words<L> past[kSpan];
  load_rows(past, window, 0, kSpan);

  // Sums of quarters stay below 2^30 if every sample is below 5181 * 4.
  Words<L> greatest(0);
  for (int n = 0; n < kSubframe + 6; ++n) greatest = max(greatest, magnitude(past[n]));
  for (int n = 0; n < kSubframe; ++n) greatest = max(greatest, magnitude(x[n]));
  suspect = suspect | ((greatest > Words<L>(20720)) & voiced);

  Pairs<L> now[kSubframe / 2];
  Longs<L> present(0);
  for (int n = 0; n < kSubframe; n += 2) {
    now[n / 2] = Pairs<L>(x[n] >> 2, x[n + 1] >> 2);
    present = present + dot(now[n / 2], now[n / 2]);
  }
  Pairs<L> then[kSubframe + 6];
  for (int n = 0; n + 1 < kSubframe + 6; ++n) then[n] = Pairs<L>(past[n] >> 2, past[n + 1] >> 2);
  Longs<L> best(static_cast<int>(0x80000000));
  Longs<L> energy(0);
  Longs<L> delay(0);
  for (int k = 6; k >= 0; --k) {
    Longs<L> sum(0);
    for (int n = 0; n < kSubframe; n += 2) sum = sum + dot(now[n / 2], then[n + k]);
    const Longs<L> better = sum > best;
    best = select(better, sum, best);
    delay = select(better, Longs<L>(6 - k), delay);
  }
  // The delayed energy, by the window's start.
  for (int k = 6; k >= 0; --k) {
    Longs<L> sum(0);
    for (int n = 0; n < kSubframe; n += 2) sum = sum + dot(then[n + k], then[n + k]);
    energy = select(delay == Longs<L>(6 - k), sum, energy);
  }
  best = max(best, Longs<L>(0)) << 1;
  energy = (energy << 1) + 1;
  present = (present << 1) + 1;
  const Longs<L> shift = norm_positive(max(max(best, energy), present));
  const auto rounded = [&](Longs<L> v) { return min((((v << shift) >> 1) + 0x4000) >> 15, Longs<L>(32767)); };
  Longs<L> common = rounded(best);
  Longs<L> delayed = rounded(energy);
  const Longs<L> here = rounded(present);
  const Longs<L> weak = ((common * common) << 1) - delayed * here < Longs<L>(0);
  const Longs<L> loud = common > delayed;
  common = common >> 2;
  delayed = delayed >> 1;
  const Longs<L> sum = common + delayed;
  const Longs<L> share =
      select(sum > Longs<L>(0), divide(min(common, sum), max(sum, Longs<L>(1))), Longs<L>(0));
  const Words<L> repeated = narrow(select(loud, Longs<L>(10923), share));
  const Words<L> direct = narrow(select(loud, Longs<L>(21845), Longs<L>(32767) - share));

  std::int16_t delays[L::kLanes];
  to_array(first + narrow(delay), delays);
  for (int i = 0; i < L::kLanes; ++i) window[i] = history[i] - delays[i];
  load_rows(past, window, 0, kSubframe);
  const Words<L> use = voiced & ~narrow(weak);
  for (int n = 0; n < kSubframe; ++n) {
    out[n] = select(use, adds(mult(direct, x[n]), mult(repeated, past[n])), x[n]);
  }
}

/// The tilt of A(z/0.55)/A(z/0.7), times 0.8 where positive (A.4.2.3).
template <class L>
MEDIAD_KERNEL Words<L> tilt_of(const Words<L>* zeros, const Words<L>* poles, Words<L>& suspect) {
  constexpr int kSpan = 22;
  Words<L> response[kOrder + kSpan];
  Words<L> impulse[kSpan];
  for (int n = 0; n < kOrder; ++n) response[n] = Words<L>(0);
  for (int n = 0; n < kSpan; ++n) impulse[n] = n <= kOrder ? zeros[n] : Words<L>(0);
  Words<L>* const h = response + kOrder;
  synthesis<kSpan>(poles, impulse, h, suspect);
  Longs<L> sum0(0);
  Longs<L> sum1 = dot(Pairs<L>(h[kSpan - 2], Words<L>(0)), Pairs<L>(h[kSpan - 1], Words<L>(0)));
  Words<L> greatest = max(magnitude(h[0]), magnitude(h[1]));
  for (int n = 0; n < kSpan; n += 2) {
    const Pairs<L> p(h[n], h[n + 1]);
    sum0 = sum0 + dot(p, p);
    if (n + 2 < kSpan) sum1 = sum1 + dot(p, Pairs<L>(h[n + 1], h[n + 2]));
    greatest = max(greatest, max(magnitude(h[n]), magnitude(h[n + 1])));
  }
  suspect = suspect | (greatest > Words<L>(6985));
  const Longs<L> r0 = sum0 >> 15;
  const Longs<L> r1 = max((max(sum1, Longs<L>(0)) >> 15) * 26214 >> 15, Longs<L>(0));
  return narrow(divide(min(r1, r0), max(r0, Longs<L>(1))));
}

/// Brings the output back to the level of the input (A.4.2.4).
template <class L>
MEDIAD_KERNEL void control_gain(const Words<L>* in, Words<L>* out, Words<L>& gain, Words<L>& suspect) {
  const Longs<L> out_energy = quarter_energy(out, suspect) << 1;
  const Longs<L> in_energy = quarter_energy(in, suspect) << 1;
  const Longs<L> silent = out_energy == Longs<L>(0);
  const Longs<L> no_input = in_energy == Longs<L>(0);
  const Longs<L> e_out = select(silent, Longs<L>(2), out_energy);
  const Longs<L> e_in = select(no_input, Longs<L>(2), in_energy);
  const Longs<L> shift_out = norm_positive(e_out);
  const Longs<L> shift_in = norm_positive(e_in);
  const Longs<L> level_out = (((e_out << shift_out) >> 1) + 0x8000) >> 16;
  const Longs<L> level_in = min((((e_in << shift_in) >> 1) + 0x4000) >> 15, Longs<L>(32767));
  const Longs<L> ratio = shift_saturating(divide(level_out, level_in) << 7, shift_in - (shift_out - 1));
  const Longs<L> root = (inverse_root(ratio) + 64) >> 7;
  const Words<L> target = narrow(~no_input) & mult(narrow(root), Words<L>(3276));
  const Words<L> keep = narrow(silent);
  Words<L> g = gain;
  for (int n = 0; n < kSubframe; ++n) {
    g = adds(mult(g, Words<L>(29491)), target);
    out[n] = select(keep, out[n], narrow(product(out[n], g) >> 12));
  }
  gain = select(keep, Words<L>(0), g);
}

/// Rows of one subframe's postfilter.
template <class L>
struct PostRows {
  Words<L> speech[kOrder + kFrame];
  Words<L> output[kOrder + kFrame];
  Words<L> tilt, gain;
};

/// One subframe: speech rows to output rows before the high-pass filter. `residuals[i]` is where a lane's
/// residual of this subframe goes, after its past.
template <class L>
MEDIAD_INLINE void postfilter_subframe(PostRows<L>& rows, const Words<L>* filter,
                                       std::int16_t* const* residuals, Words<L> lag, Words<L> voiced,
                                       int start, Words<L>* out, Words<L>& suspect) {
  Words<L> zeros[kOrder + 1];
  Words<L> poles[kOrder + 1];
  weight_filter(filter, 18022, zeros);
  weight_filter(filter, 22938, poles);
  const Words<L>* const x = rows.speech + kOrder + start;
  Words<L> rest[kSubframe];
  residual(zeros, x, rest, suspect);
  store_rows(rest, residuals, 0, kSubframe);
  Words<L> shaped[kSubframe];
  emphasise_pitch<L>(residuals, rest, lag, voiced, shaped, suspect);
  const Words<L> tilt = tilt_of(zeros, poles, suspect);
  const Words<L> last = shaped[kSubframe - 1];
  for (int n = kSubframe - 1; n > 0; --n) shaped[n] = subs(shaped[n], mult(tilt, shaped[n - 1]));
  shaped[0] = subs(shaped[0], mult(tilt, rows.tilt));
  rows.tilt = last;
  Words<L>* const y = rows.output + kOrder + start;
  synthesis<kSubframe>(poles, shaped, y, suspect);
  for (int n = 0; n < kSubframe; ++n) out[n] = y[n];
  control_gain(x, out, rows.gain, suspect);
}

}  // namespace codecs::g729::lanes
