#pragma once
/// \file
/// The gain quantiser's search over lanes (see quantise_gains() in codecs/g729/gain.h).

#include "codecs/g729/lanes/closed_loop.h"
#include "codecs/g729/lanes/gain.h"

namespace codecs::g729::lanes {

/// Pitch (low) and code (high) parts of a gain codebook's entries.
template <std::size_t kSize>
struct GainPairs {
  std::int32_t pairs[kSize];
};
template <std::size_t kSize>
consteval GainPairs<kSize> gain_pairs(const std::array<std::array<std::int16_t, 2>, kSize>& table) {
  GainPairs<kSize> t{};
  for (std::size_t i = 0; i < kSize; ++i) {
    t.pairs[i] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint16_t>(table[i][0])) |
                                  static_cast<std::uint32_t>(table[i][1]) << 16);
  }
  return t;
}
inline constexpr auto kFirstGains = gain_pairs(kGainFirstStage);
inline constexpr auto kSecondGains = gain_pairs(kGainSecondStage);

/// The criterion's five correlations: mantissas and their Q.
template <class L>
struct LaneCriterion {
  Words<L> mantissa[5];
  Longs<L> precision[5];
};

/// a 2^-qa - b 2^-qb, shifted down by kGuard bits and normalised.
template <int kGuard, class L>
MEDIAD_INLINE LaneScaled<L> gain_difference(Longs<L> a, Longs<L> qa, Longs<L> b, Longs<L> qb) {
  const Longs<L> zero(0);
  const Longs<L> most(31);
  const Longs<L> down_a = min(max(qa - qb, zero) + kGuard, most);
  const Longs<L> down_b = min(max(qb - qa, zero) + kGuard, most);
  const Longs<L> d = (a >> down_a) - (b >> down_b);
  const Longs<L> shift = norm_signed(d);
  return {high(d << shift), min(qa, qb) + shift - (kGuard + 16)};
}

/// Unquantised optimum: pitch gain Q9, code gain Q2.
template <class L>
MEDIAD_INLINE void best_gains(const LaneCriterion<L>& c, Words<L>& pitch, Words<L>& code) {
  const auto& m = c.mantissa;
  const auto& q = c.precision;
  const auto times = [&](int i, int j) { return doubled(product(m[i], m[j])); };
  const LaneScaled<L> determinant =
      gain_difference<0>(times(0, 2), q[0] + q[2] - 1, times(4, 4), q[4] + q[4] + 1);
  const Longs<L> inverse =
      Longs<L>(0) - divide(Longs<L>(16384), max(widen(determinant.mantissa), Longs<L>(16384)));
  const Longs<L> inverse_q = Longs<L>(29) - determinant.precision;
  const auto quotient = [&](const LaneScaled<L>& n, int q_out) {
    const Longs<L> p = (widen(n.mantissa) * inverse) << 1;
    return high(shift_signed(p, Longs<L>(q_out + 15) - n.precision - inverse_q));
  };
  pitch = quotient(gain_difference<1>(times(2, 1), q[2] + q[1], times(3, 4), q[3] + q[4] + 1), 9);
  code = quotient(gain_difference<1>(times(0, 3), q[0] + q[3], times(1, 4), q[1] + q[4] + 1), 2);
}

/// First entries of the windows of both codebooks that are searched.
template <class L>
MEDIAD_INLINE void preselect(Words<L> pitch, Words<L> code, Words<L> predicted_q4, Longs<L>& first,
                             Longs<L>& second) {
  const Words<L> inverse(-17103);
  const Longs<L> slope = product(Words<L>(kGainPreselect[0][0]), pitch) << 1;
  Longs<L> t = slope + (kGainPreselect32[1][1] >> 15);
  t = (widen(code) << 7) - (product(high(t), predicted_q4) << 1);
  const Longs<L> x = product(narrow(t >> 14), inverse) << 1;
  t = slope - (kGainPreselect32[0][1] >> 10);
  t = product(mult(high(t), predicted_q4), Words<L>(kGainPreselect[1][0])) << 1;
  t = t - ((product(Words<L>(kGainPreselect[0][0]), code) << 1) >> 3);
  const Longs<L> y = product(narrow(t >> 14), inverse) << 1;
  const Longs<L> negative = widen(predicted_q4) < Longs<L>(1);
  const auto count = [&](const auto& thresholds, Longs<L> value, int shift) {
    Longs<L> n(0);
    Longs<L> going(-1);
    for (const std::int16_t threshold : thresholds) {
      const Longs<L> d = value - ((product(Words<L>(threshold), predicted_q4) << 1) >> shift);
      going = going & select(negative, d<Longs<L>(0), d> Longs<L>(0));
      n = n - going;
    }
    return n;
  };
  first = count(kGainFirstThreshold, y, 3);
  second = count(kGainSecondThreshold, x, 5);
}

template <class L>
struct LaneGains {
  Words<L> pitch, code;
  Words<L> first, second;  ///< codebook entries
};

template <class L>
MEDIAD_KERNEL LaneGains<L> quantise_gains(const LaneCriterion<L>& c, Longs<L> code_energy, Words<L> tamed,
                                          Words<L>* history, Words<L>& suspect) {
  const LanePrediction<L> predicted = predict_gain(history, code_energy);
  Words<L> best_pitch;
  Words<L> best_code;
  best_gains(c, best_pitch, best_code);
  best_pitch = select(tamed, min(best_pitch, Words<L>(481)), best_pitch);
  const Longs<L> q = predicted.precision;
  const Words<L> predicted_q4 = narrow(shift_saturating(predicted.mantissa, Longs<L>(4) - q));
  Longs<L> first0;
  Longs<L> second0;
  preselect(best_pitch, best_code, predicted_q4, first0, second0);

  const Longs<L> align[5] = {c.precision[0] + 13, c.precision[1] + 14, c.precision[2] + (q << 1) - 21,
                             c.precision[3] + q - 3, c.precision[4] + q - 4};
  const Longs<L> least = min(min(min(align[0], align[1]), min(align[2], align[3])), align[4]);
  Splits<L> weight[5];
  for (int i = 0; i < 5; ++i) {
    weight[i] = Splits<L>(from_high(c.mantissa[i]) >> min(align[i] - least, Longs<L>(31)));
  }
  const auto weigh = [&](int i, Words<L> n) { return product(weight[i], Factor<L>(n)); };
  Longs<L> firsts[4];
  Longs<L> seconds[8];
  for (int i = 0; i < 4; ++i) firsts[i] = gather(kFirstGains.pairs, first0 + i);
  for (int j = 0; j < 8; ++j) seconds[j] = gather(kSecondGains.pairs, second0 + j);
  const Words<L> mantissa = narrow(predicted.mantissa);
  Longs<L> least_error(0x7FFFFFFF);
  Longs<L> index(0);
  Longs<L> overflow(0);
  for (int i = 0; i < 4; ++i) {
    const Words<L> pitch_i = truncate(firsts[i]);
    const Longs<L> code_i = firsts[i] >> 16;
    for (int j = 0; j < 8; ++j) {
      const Words<L> pitch = pitch_i + truncate(seconds[j]);
      const Words<L> fixed = mult(mantissa, narrow((code_i + (seconds[j] >> 16)) >> 1));
      const auto plus = [&](Longs<L> a, Longs<L> b) {
        const Longs<L> sum = a + b;
        overflow = overflow | ((a ^ sum) & (b ^ sum));
        return sum;
      };
      Longs<L> error = weigh(0, mult(pitch, pitch));
      error = plus(error, weigh(1, pitch));
      error = plus(error, weigh(2, mult(fixed, fixed)));
      error = plus(error, weigh(3, fixed));
      error = plus(error, weigh(4, mult(fixed, pitch)));
      const Words<L> barred = tamed & (pitch > Words<L>(16382));
      error = select(widen_mask(barred), Longs<L>(0x7FFFFFFF), error);
      index = select(error < least_error, Longs<L>(8 * i + j), index);
      least_error = min(least_error, error);
    }
  }
  suspect = suspect | narrow(overflow >> 31);
  const Longs<L> first = first0 + (index >> 3);
  const Longs<L> second = second0 + (index & 7);
  const Longs<L> a = gather(kFirstGains.pairs, first);
  const Longs<L> b = gather(kSecondGains.pairs, second);
  LaneGains<L> out;
  out.first = narrow(first);
  out.second = narrow(second);
  out.pitch = truncate(a) + truncate(b);
  Words<L> newest;
  out.code = compose_code_gain(predicted, (a >> 16) + (b >> 16), newest);
  step_history(history, newest);
  return out;
}

}  // namespace codecs::g729::lanes
