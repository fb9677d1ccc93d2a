#pragma once
/// \file
/// The root search that finds a filter's LSPs, over lanes (see lsp_of_filter() in codecs/g729/lsp.h). Both
/// series are evaluated at all points of the grid; where the roots lie then differs from lane to lane, but
/// refining the n-th root takes every lane the same steps.

#include "codecs/g729/frame.h"
#include "codecs/g729/lanes/math.h"

namespace codecs::g729::lanes {

/// Value of a Chebyshev series at x, Q14 saturated. f holds f[i] << 13. Tells `watch` of every number on the
/// way.
template <class L, class Watch>
MEDIAD_INLINE Words<L> chebyshev(const Longs<L>* f, Longs<L> twice_x, const Factor<L>& x, Watch&& watch) {
  Longs<L> b2(1 << 24);
  Longs<L> b1 = twice_x + f[1];
  for (int i = 2; i < 5; ++i) {
    const Longs<L> p = product(Splits<L>(b1), x);
    watch(b1, b2, p, f[i]);
    const Longs<L> t = (p << 1) - b2 + f[i];
    b2 = b1, b1 = t;
  }
  const Longs<L> p = product(Splits<L>(b1), x);
  watch(b1, b2, p >> 1, f[5] >> 1);
  // << 6, saturating, high word.
  return narrow((p - b2 + (f[5] >> 1)) >> 10);
}
template <class L>
MEDIAD_INLINE Words<L> chebyshev(const Longs<L>* f, Longs<L> twice_x, const Factor<L>& x) {
  return chebyshev(f, twice_x, x, [](Longs<L>, Longs<L>, Longs<L>, Longs<L>) {});
}

/// Between the points of the grid the recursion's numbers, trigonometric polynomials of degree 4 at most,
/// exceed what they reach on them by less than this factor (Bernstein's inequality; the points are 0.063
/// apart).
inline constexpr double kBetweenPoints = 1.15;

/// Lanes in which a step of the recursion may really saturate on the grid's range. Rarely needed: a first
/// look at the numbers' size rules it out.
template <class L>
MEDIAD_KERNEL Words<L> recursion_saturates(const Longs<L> (*f)[6]) {
  Longs<L> products(0);
  Longs<L> quarters(0);
  for (int p = 0; p < 2; ++p) {
    for (const std::int16_t x : kChebyshevGrid) {
      chebyshev(f[p], Longs<L>(x * 1024), Factor<L>(x),
                [&](Longs<L>, Longs<L> b2, Longs<L> product, Longs<L> coefficient) {
                  const Longs<L> less = (product >> 1) - (b2 >> 2);
                  products = max(products, abs(product));
                  quarters = max(quarters, max(abs(less), abs(less + (coefficient >> 2))));
                });
    }
  }
  constexpr int kLimit = static_cast<int>((1 << 29) / kBetweenPoints);
  return narrow((products > Longs<L>(2 * kLimit)) | (quarters > Longs<L>(kLimit)));
}

/// LSPs of the filter; lanes where not all ten are found keep what is in lsp.
template <class L>
MEDIAD_KERNEL void lsp_of_filter(const Words<L>* a, Words<L>* lsp, Words<L>& suspect) {
  constexpr int kPoints = static_cast<int>(kChebyshevGrid.size());
  constexpr int kLanes = L::kLanes;
  Longs<L> f[2][6];
  {
    Words<L> sum(2048);
    Words<L> difference(2048);
    for (int i = 0; i < 5; ++i) {
      const Words<L> x = a[i + 1];
      const Words<L> y = a[kOrder - i];
      // Half of the sum and of the difference, without leaving 16 bits.
      const Words<L> s = (x >> 1) + (y >> 1) + (x & y & Words<L>(1));
      const Words<L> d = (x >> 1) - (y >> 1) - (~x & y & Words<L>(1));
      const Words<L> next_sum = subs(s, sum);
      const Words<L> next_difference = adds(d, difference);
      suspect = suspect | ~(next_sum == s - sum) | ~(next_difference == d + difference);
      sum = next_sum, difference = next_difference;
      f[0][i + 1] = widen(sum) << 13;
      f[1][i + 1] = widen(difference) << 13;
    }
  }
  // Both series at all points, and between which points their signs change.
  alignas(64) std::int16_t values[2][kPoints][kLanes];
  std::uint64_t changes[2][kLanes] = {};
  Longs<L> greatest(0);
  const auto note_size = [&](Longs<L> b1, Longs<L>, Longs<L>, Longs<L>) {
    greatest = max(greatest, abs(b1));
  };
  for (int p = 0; p < 2; ++p) {
    Words<L> bits[4] = {Words<L>(0), Words<L>(0), Words<L>(0), Words<L>(0)};
    Words<L> before(0);
    for (int j = 0; j < kPoints; ++j) {
      const int x = kChebyshevGrid[static_cast<std::size_t>(j)];
      const Words<L> y = chebyshev(f[p], Longs<L>(x * 1024), Factor<L>(x), note_size);
      to_array(y, values[p][j]);
      if (j > 0) {
        const Words<L> change = ((before ^ y) < Words<L>(0)) | (before == Words<L>(0)) | (y == Words<L>(0));
        bits[j / 16] = bits[j / 16] | (change & Words<L>(static_cast<std::int16_t>(1U << (j % 16))));
      }
      before = y;
    }
    for (int w = 0; w < 4; ++w) {
      std::int16_t words[kLanes];
      to_array(bits[w], words);
      for (int i = 0; i < kLanes; ++i) {
        changes[p][i] |= static_cast<std::uint64_t>(static_cast<std::uint16_t>(words[i])) << (16 * w);
      }
    }
  }
  int at[kLanes] = {};
  std::int16_t root[kLanes] = {};
  std::int16_t root_value[kLanes] = {};
  std::int16_t failed[kLanes] = {};
  Words<L> found[kOrder];
  for (int n = 0; n < kOrder; ++n) {
    const int p = n % 2;
    std::int16_t x_low[kLanes];
    std::int16_t y_low[kLanes];
    std::int16_t x_high[kLanes];
    std::int16_t y_high[kLanes];
    for (int i = 0; i < kLanes; ++i) {
      const int next = at[i] + 1;
      std::uint64_t mask = changes[p][i] & (~std::uint64_t{0} << next);
      if (n > 0 && next < kPoints) {
        // The step from a root starts at the root, not at a point.
        const std::uint64_t bit = std::uint64_t{1} << next;
        mask = root_value[i] * values[p][next][i] <= 0 ? mask | bit : mask & ~bit;
      }
      if (mask == 0) failed[i] = -1, mask = std::uint64_t{1} << (kPoints - 1);
      const int j = __builtin_ctzll(mask);
      const bool from_root = n > 0 && j == next;
      x_low[i] = kChebyshevGrid[static_cast<std::size_t>(j)];
      y_low[i] = values[p][j][i];
      x_high[i] = from_root ? root[i] : kChebyshevGrid[static_cast<std::size_t>(j - 1)];
      y_high[i] = from_root ? root_value[i] : values[p][j - 1][i];
      at[i] = j < kPoints - 1 ? j : kPoints - 2;
      if (j == kPoints - 1 && n + 1 < kOrder) failed[i] = -1;
    }
    Words<L> xl = from_array<L>(x_low);
    Words<L> yl = from_array<L>(y_low);
    Words<L> xh = from_array<L>(x_high);
    Words<L> yh = from_array<L>(y_high);
    for (int halving = 0; halving < 2; ++halving) {
      const Words<L> x = (xl >> 1) + (xh >> 1);
      const Words<L> y = chebyshev(f[p], widen(x) << 10, Factor<L>(x));
      const Words<L> opposite = ((yl ^ y) < Words<L>(0)) | (yl == Words<L>(0)) | (y == Words<L>(0));
      xh = select(opposite, x, xh), yh = select(opposite, y, yh);
      xl = select(opposite, xl, x), yl = select(opposite, yl, y);
    }
    const Longs<L> dx = widen(subs(xh, xl));
    const Words<L> dy = subs(yh, yl);
    const Longs<L> size = max(widen(magnitude(dy)), Longs<L>(1));
    const Longs<L> exponent = norm_positive(size) - 16;
    Longs<L> slope = divide(Longs<L>(16383), size << exponent);
    slope = widen(truncate(((dx * slope) << 1) >> (Longs<L>(20) - exponent)));
    const Longs<L> negative = widen(dy) < Longs<L>(0);
    slope = min((slope ^ negative) - negative, Longs<L>(32767));
    const Words<L> step = truncate(((widen(yl) * slope) << 1) >> 11);
    const Words<L> x = select(dy == Words<L>(0), xl, subs(xl, step));
    found[n] = x;
    if (n + 1 == kOrder) break;
    const Words<L> y = chebyshev(f[1 - p], widen(x) << 10, Factor<L>(x));
    to_array(x, root);
    to_array(y, root_value);
  }
  const Words<L> keep = from_array<L>(failed);
  for (int n = 0; n < kOrder; ++n) lsp[n] = select(keep, lsp[n], found[n]);
  // Below 0.9 of 2^30 no step can wrap to where it would not be seen here.
  constexpr int kSafe = static_cast<int>(0.9 * (1 << 30) / kBetweenPoints);
  if (any(narrow(greatest > Longs<L>(kSafe)))) suspect = suspect | recursion_saturates(f);
}

}  // namespace codecs::g729::lanes
