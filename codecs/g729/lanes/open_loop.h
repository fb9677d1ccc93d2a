#pragma once
/// \file
/// The open-loop pitch search over lanes (see open_loop_lag() in codecs/g729/pitch.h): correlations of every
/// lag, the best of each range carried along with its energy.

#include "codecs/g729/lanes/math.h"
#include "codecs/g729/pitch.h"

namespace codecs::g729::lanes {

template <class L>
struct LanePeak {
  Longs<L> correlation, energy, lag;

  MEDIAD_INLINE void consider(Longs<L> c, Longs<L> e, Longs<L> candidate) {
    const Longs<L> better = c > correlation;
    correlation = select(better, c, correlation);
    energy = select(better, e, energy);
    lag = select(better, candidate, lag);
  }
  /// Correlation over the square root of the delayed energy.
  [[nodiscard]] MEDIAD_INLINE Words<L> normalised() const {
    const Longs<L> root = inverse_root((energy << 1) + 1);
    return truncate(product(Splits<L>(correlation << 1), Splits<L>(root)));
  }
};

/// Scales kMaxLag + kFrame rows as open_loop_lag() does.
template <class L>
MEDIAD_KERNEL void scale_for_search(Words<L>* x, Words<L>& suspect) {
  constexpr int kRows = kMaxLag + kFrame;
  Longs<L> energies[2];
  for (int phase = 0; phase < 2; ++phase) {
    Longs<L> sum(0);
    for (int n = phase; n < kRows; n += 4) {
      const Pairs<L> p(x[n], n + 2 < kRows ? x[n + 2] : Words<L>(0));
      sum = min_unsigned(sum + dot(p, p), Longs<L>(1 << 30));
    }
    energies[phase] = sum;
  }
  // The scale looks at the odd distances only; the others must bear it too.
  const Words<L> loud = narrow(energies[0] == Longs<L>(1 << 30));
  const Words<L> soft = narrow(energies[0] < Longs<L>(1 << 19));
  const Words<L> others_loud = narrow(energies[1] == Longs<L>(1 << 30));
  const Words<L> others_not_soft = narrow(energies[1] > Longs<L>((1 << 24) - 1));
  suspect = suspect | (others_loud & ~loud) | (others_not_soft & soft);
  if (!any(loud | soft)) return;
  for (int n = 0; n < kRows; ++n) {
    Words<L> up = adds(x[n], x[n]);
    up = adds(up, up);
    up = adds(up, up);
    x[n] = select(loud, x[n] >> 3, select(soft, up, x[n]));
  }
}

/// Whole lag of each lane; x: kMaxLag + kFrame rows of weighted speech, which are scaled.
template <class L>
MEDIAD_KERNEL Words<L> open_loop_lag(Words<L>* x, Words<L>& suspect) {
  constexpr int kRows = kMaxLag + kFrame;
  scale_for_search(x, suspect);
  Pairs<L> pairs[kRows - 2];
  for (int n = 0; n + 2 < kRows; ++n) pairs[n] = Pairs<L>(x[n], x[n + 2]);
  Pairs<L> now[kFrame / 4];
  for (int n = 0; n < kFrame / 4; ++n) now[n] = pairs[kMaxLag + 4 * n];
  // Correlations at lags 20..143, four at a time.
  Longs<L> correlations[kMaxLag + 1];
  for (int lag = kMinLag; lag <= kMaxLag; lag += 4) {
    Longs<L> sum[4] = {Longs<L>(0), Longs<L>(0), Longs<L>(0), Longs<L>(0)};
    for (int n = 0; n < kFrame / 4; ++n) {
      const Pairs<L> present = now[n];
      for (int q = 0; q < 4; ++q) sum[q] = sum[q] + dot(present, pairs[kMaxLag + 4 * n - lag - q]);
    }
    for (int q = 0; q < 4; ++q) correlations[lag + q] = sum[q];
  }
  const auto correlation = [&](int lag) { return correlations[lag]; };
  // Energies of even and odd lags, stepped as the lag grows by two.
  Longs<L> energies[2];
  for (int phase = 0; phase < 2; ++phase) {
    energies[phase] = Longs<L>(0);
    for (int n = 0; n < kFrame / 4; ++n) {
      const Pairs<L>& p = pairs[kMaxLag + 4 * n - (20 + phase)];
      energies[phase] = energies[phase] + dot(p, p);
    }
  }
  const auto energy = [&](int lag) {
    const Longs<L> e = energies[lag % 2];
    if (lag + 2 <= kMaxLag) {
      const Words<L> in = x[kMaxLag - lag - 2];
      const Words<L> out = x[kMaxLag + 78 - lag];
      energies[lag % 2] = e + product(in, in) - product(out, out);
    }
    return e;
  };
  const Longs<L> none(static_cast<int>(0x80000000));
  LanePeak<L> peaks[3];
  for (auto& peak : peaks) peak = {none, Longs<L>(0), Longs<L>(0)};
  Longs<L> last_c(0);
  Longs<L> last_e(0);
  for (int lag = 20; lag < 80; ++lag) {
    last_c = correlation(lag);
    last_e = energy(lag);
    peaks[lag < 40 ? 0 : 1].consider(last_c, last_e, Longs<L>(lag));
  }
  // Even lags first; the winner's neighbours come along and are tried at the end.
  LanePeak<L>& top = peaks[2];
  LanePeak<L> above{none, Longs<L>(0), Longs<L>(0)};
  LanePeak<L> below = above;
  for (int lag = 80; lag < 143; lag += 2) {
    const Longs<L> c = correlation(lag);
    const Longs<L> e = energy(lag);
    const Longs<L> next_c = correlation(lag + 1);
    const Longs<L> next_e = energy(lag + 1);
    const Longs<L> better = c > top.correlation;
    top.correlation = select(better, c, top.correlation);
    top.energy = select(better, e, top.energy);
    top.lag = select(better, Longs<L>(lag), top.lag);
    above.correlation = select(better, next_c, above.correlation);
    above.energy = select(better, next_e, above.energy);
    below.correlation = select(better, last_c, below.correlation);
    below.energy = select(better, last_e, below.energy);
    last_c = next_c, last_e = next_e;
  }
  const Longs<L> even = top.lag;
  top.consider(above.correlation, above.energy, even + 1);
  top.consider(below.correlation, below.energy, even - 1);

  Words<L> score1 = peaks[0].normalised();
  Words<L> score2 = peaks[1].normalised();
  const Words<L> score3 = top.normalised();
  const Words<L> t1 = narrow(peaks[0].lag);
  const Words<L> t2 = narrow(peaks[1].lag);
  const Words<L> t3 = narrow(top.lag);
  const auto near = [](Words<L> d, int limit) { return abs(d) < Words<L>(limit); };
  const auto favour = [&](Words<L>& score, Words<L> when, Words<L> by) { score = adds(score, when & by); };
  favour(score2, near(t2 + t2 - t3, 5), score3 >> 2);
  favour(score2, near(t2 + t2 + t2 - t3, 7), score3 >> 2);
  favour(score1, near(t1 + t1 - t2, 5), mult(score2, Words<L>(6554)));
  favour(score1, near(t1 + t1 + t1 - t2, 7), mult(score2, Words<L>(6554)));
  const Words<L> second = score1 < score2;
  const Words<L> lag = select(second, t2, t1);
  return select(max(score1, score2) < score3, t3, lag);
}

}  // namespace codecs::g729::lanes
