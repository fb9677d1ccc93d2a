#pragma once
/// \file
/// The closed-loop pitch search, the adaptive gain and the taming over lanes (see codecs/g729/pitch.h).

#include "codecs/g729/lanes/excitation.h"
#include "codecs/g729/lanes/filter.h"
#include "codecs/g729/pitch.h"

namespace codecs::g729::lanes {

/// Total magnitude of kSubframe rows.
template <class L>
MEDIAD_INLINE Longs<L> total_of(const Words<L>* x) {
  Longs<L> sum(0);
  for (int n = 0; n < kSubframe; n += 2) {
    sum = sum + dot(Pairs<L>(magnitude(x[n]), magnitude(x[n + 1])), Pairs<L>(1, 1));
  }
  return sum;
}

template <class L>
MEDIAD_INLINE Words<L> greatest_of(const Words<L>* x, int count) {
  Words<L> greatest(0);
  for (int n = 0; n < count; ++n) greatest = max(greatest, magnitude(x[n]));
  return greatest;
}

/// Correlation of a target with the response at every delay, scaled to 13 bits.
template <class L>
MEDIAD_KERNEL void backward_filtered(const Words<L>* target, const Words<L>* response, Words<L>* out,
                                     Words<L>& suspect) {
  suspect = suspect | may_saturate(total_of(response), greatest_of(target, kSubframe));
  Pairs<L> x[kSubframe + 3];
  Pairs<L> h[kSubframe / 2];
  for (int n = 0; n < kSubframe - 1; ++n) x[n] = Pairs<L>(target[n], target[n + 1]);
  x[kSubframe - 1] = Pairs<L>(target[kSubframe - 1], Words<L>(0));
  for (int n = kSubframe; n < kSubframe + 3; ++n) x[n] = Pairs<L>(0, 0);
  for (int n = 0; n < kSubframe / 2; ++n) h[n] = Pairs<L>(response[2 * n], response[2 * n + 1]);
  Longs<L> sums[kSubframe];
  Longs<L> greatest(0);
  // Four at a time share the response's loads; the last of them run into silence.
  for (int i = 0; i < kSubframe; i += 4) {
    Longs<L> sum[4] = {Longs<L>(0), Longs<L>(0), Longs<L>(0), Longs<L>(0)};
    for (int k = 0; i + 2 * k < kSubframe; ++k) {
      const Pairs<L> response_pair = h[k];
      for (int q = 0; q < 4; ++q) sum[q] = sum[q] + dot(x[i + q + 2 * k], response_pair);
    }
    for (int q = 0; q < 4; ++q) {
      sums[i + q] = sum[q];
      greatest = max(greatest, abs(sum[q]));
    }
  }
  const Longs<L> norm = norm_signed(greatest << 1);
  const Longs<L> shift = Longs<L>(17) - min(norm, Longs<L>(16));
  for (int i = 0; i < kSubframe; ++i) out[i] = truncate(sums[i] >> shift);
}

template <class L>
MEDIAD_INLINE Longs<L> dot_rows(const Words<L>* x, const Words<L>* y) {
  Longs<L> sum(0);
  for (int n = 0; n < kSubframe; n += 2) {
    sum = sum + dot(Pairs<L>(x[n], x[n + 1]), Pairs<L>(y[n], y[n + 1]));
  }
  return sum;
}

/// Best of kLags whole lags from `first` on.
template <int kLags, class L>
MEDIAD_KERNEL Words<L> search_whole_lags(std::int16_t* const* now, const Words<L>* filtered, Words<L> first,
                                         Words<L>& suspect) {
  constexpr int kSpan = (kSubframe + kLags - 1 + 7) & ~7;
  std::int16_t starts[L::kLanes];
  to_array(first, starts);
  const std::int16_t* window[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) window[i] = now[i] - starts[i] - (kLags - 1);
  Words<L> past[kSpan];
  load_rows(past, window, 0, kSpan);
  suspect = suspect | may_saturate(total_of(filtered), greatest_of(past, kSubframe + kLags - 1));
  Pairs<L> d[kSubframe / 2];
  for (int n = 0; n < kSubframe / 2; ++n) d[n] = Pairs<L>(filtered[2 * n], filtered[2 * n + 1]);
  Pairs<L> x[kSubframe + kLags - 1];
  for (int n = 0; n + 1 < kSubframe + kLags - 1; ++n) x[n] = Pairs<L>(past[n], past[n + 1]);
  Longs<L> best(static_cast<int>(0x80000000));
  Longs<L> index(0);
  for (int k = 0; k < kLags; ++k) {
    Longs<L> sum(0);
    for (int n = 0; n < kSubframe / 2; ++n) sum = sum + dot(d[n], x[2 * n + kLags - 1 - k]);
    index = select(sum > best, Longs<L>(k), index);
    best = max(best, sum);
  }
  return first + narrow(index);
}

template <class L>
struct LaneLag {
  Words<L> whole, third;
};

/// Finds the lag and leaves the adaptive vector in `excited` and in each lane's buffer.
template <class L>
MEDIAD_KERNEL LaneLag<L> closed_loop_lag(std::int16_t* const* now, const Words<L>* target,
                                         const Words<L>* response, Words<L> first, bool first_subframe,
                                         Words<L>* excited, Words<L>& suspect) {
  Words<L> filtered[kSubframe];
  backward_filtered(target, response, filtered, suspect);
  LaneLag<L> lag;
  lag.third = Words<L>(0);
  lag.whole = first_subframe ? search_whole_lags<7>(now, filtered, first, suspect)
                             : search_whole_lags<10>(now, filtered, first, suspect);
  std::int16_t lags[L::kLanes];
  to_array(lag.whole, lags);
  const Words<L> whole_only = first_subframe ? lag.whole > Words<L>(84) : Words<L>(0);
  std::int16_t thirds[L::kLanes] = {};
  interpolate_past(now, lags, thirds, excited, suspect);
  const Longs<L> total = total_of(filtered);
  suspect = suspect | may_saturate(total, greatest_of(excited, kSubframe));
  Longs<L> best = dot_rows(filtered, excited);
  for (const int third : {-1, 1}) {
    for (auto& t : thirds) t = static_cast<std::int16_t>(third);
    Words<L> tried[kSubframe];
    interpolate_past(now, lags, thirds, tried, suspect);
    suspect = suspect | may_saturate(total, greatest_of(tried, kSubframe));
    const Longs<L> c = dot_rows(filtered, tried);
    const Words<L> better = narrow(c > best) & ~whole_only;
    best = max(best, c);
    lag.third = select(better, Words<L>(third), lag.third);
    for (int n = 0; n < kSubframe; ++n) excited[n] = select(better, tried[n], excited[n]);
  }
  return lag;
}

/// A number as mantissa 2^-precision.
template <class L>
struct LaneScaled {
  Words<L> mantissa;
  Longs<L> precision;
};

/// <y,y> and <x,y> and the gain that they make, Q14.
template <class L>
MEDIAD_KERNEL Words<L> adaptive_gain(const Words<L>* target, const Words<L>* filtered, LaneScaled<L>& energy,
                                     LaneScaled<L>& cross, Words<L>& suspect) {
  Longs<L> xx(0);
  Longs<L> yy(0);
  Longs<L> xy(0);
  for (int n = 0; n < kSubframe; n += 2) {
    const Pairs<L> x(target[n], target[n + 1]);
    const Pairs<L> y(filtered[n], filtered[n + 1]);
    xx = min_unsigned(xx + dot(x, x), Longs<L>(1 << 30));
    yy = min_unsigned(yy + dot(y, y), Longs<L>(1 << 30));
    xy = xy + dot(x, y);
  }
  // Where neither energy reaches 2^30 no correlation can.
  suspect = suspect | narrow((xx == Longs<L>(1 << 30)) | (yy == Longs<L>(1 << 30)));
  const Longs<L> e = (yy << 1) + 1;
  const Longs<L> e_shift = norm_positive(e);
  energy = {round_high(e << e_shift), Longs<L>(15) - e_shift};
  const Longs<L> c = xy << 1;
  const Longs<L> c_shift = norm_signed(c);
  cross = {round_high(c << c_shift), Longs<L>(15) - c_shift};
  const Longs<L> positive = widen(cross.mantissa) > Longs<L>(0);
  cross.precision = select(positive, cross.precision, Longs<L>(-15));
  const Longs<L> denominator = widen(energy.mantissa);
  const Longs<L> numerator = min(max(widen(cross.mantissa), Longs<L>(0)) >> 1, denominator);
  const Longs<L> ratio = divide(numerator, denominator);
  const Longs<L> gain = min(shift_saturating(ratio, e_shift - c_shift), Longs<L>(19661));
  return narrow(gain & positive);
}

/// Masks of the lanes whose zones of error first..last hold zone z.
template <class L>
MEDIAD_INLINE Longs<L> zone_mask(const std::int16_t* first, const std::int16_t* last, int z) {
  const Words<L> outside = (from_array<L>(first) > Words<L>(z)) | (from_array<L>(last) < Words<L>(z));
  return widen_mask(~outside);
}

template <class L>
MEDIAD_INLINE Words<L> taming_needed(const Longs<L>* state, const std::int16_t* lags,
                                     const std::int16_t* thirds) {
  std::int16_t first[L::kLanes];
  std::int16_t last[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) {
    const int reach = lags[i] + (thirds[i] > 0 ? 1 : 0);
    first[i] = kErrorZone[static_cast<std::size_t>(reach > 50 ? reach - 50 : 0)];
    last[i] = kErrorZone[static_cast<std::size_t>(reach + 8)];
  }
  Longs<L> worst(-1);
  for (int z = 0; z < 4; ++z)
    worst = max(worst, select(zone_mask<L>(first, last, z), state[z], Longs<L>(-1)));
  return narrow(worst > Longs<L>(983040000));
}

template <class L>
MEDIAD_INLINE void update_taming(Longs<L>* state, Words<L> pitch_gain, const std::int16_t* lags) {
  std::int16_t first[L::kLanes];
  std::int16_t last[L::kLanes];
  std::int16_t is_short[L::kLanes];
  for (int i = 0; i < L::kLanes; ++i) {
    is_short[i] = lags[i] < kSubframe ? -1 : 0;
    first[i] = kErrorZone[static_cast<std::size_t>(lags[i] > kSubframe ? lags[i] - kSubframe : 0)];
    last[i] = kErrorZone[static_cast<std::size_t>(lags[i] - 1)];
  }
  const Factor<L> gain(pitch_gain);
  // Never near 2^31: what is tamed above 2^29.9 grows by 1.36 at most.
  const auto grown = [&](Longs<L> e) { return Longs<L>(0x4000) + (product(Splits<L>(e), gain) << 1); };
  Longs<L> worst(-1);
  const Longs<L> once = grown(state[0]);
  const Longs<L> twice = max(once, grown(once));
  worst = max(worst, select(zone_mask<L>(first, last, 0), once, Longs<L>(-1)));
  for (int z = 1; z < 4; ++z)
    worst = max(worst, select(zone_mask<L>(first, last, z), grown(state[z]), Longs<L>(-1)));
  worst = select(widen_mask(from_array<L>(is_short)), max(twice, Longs<L>(-1)), worst);
  state[3] = state[2], state[2] = state[1], state[1] = state[0], state[0] = worst;
}

}  // namespace codecs::g729::lanes
