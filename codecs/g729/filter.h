#pragma once
/// \file
/// Short linear filters over int16 samples, in the Recommendation's order of operations.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>

#include "codecs/g729/fixed_point.h"
#include "codecs/g729/frame.h"

namespace codecs::g729 {

/// a(z) with coefficient i scaled by factor^i (Q15): A(z/factor).
constexpr LpFilter weighted(const LpFilter& a, Word16 factor) {
  LpFilter out = a;
  Word16 power = factor;
  for (std::size_t i = 1; i < a.size(); ++i) {
    out[i] = round16(mult32(a[i], power));
    power = round16(mult32(power, factor));
  }
  return out;
}

/// Largest sample for which no sum of products with the coefficients can leave 30 bits: up to it, steps that
/// saturate and steps that do not give the same.
constexpr int safe_sample(const LpFilter& a) {
  int total = 1;
  for (const Word16 c : a) total += c < 0 ? -c : c;
  return (1 << 30) / total;
}

/// out[n] = A(z) x[n] for n in 0..count-1; reads x[-kOrder..].
inline void residual(const LpFilter& a, const Word16* x, Word16* out, int count) {
  const int safe = safe_sample(a);
  int greatest = 0;
  for (int n = -kOrder; n < count; ++n) greatest = std::max(greatest, std::abs(int{x[n]}));
  for (int n = 0; n < count; ++n) {
    if (greatest <= safe) {
      int sum = x[n] * a[0];
      for (int j = 1; j <= kOrder; ++j) sum += a[static_cast<std::size_t>(j)] * x[n - j];
      out[n] = sat16((sum + 0x800) >> 12);
      continue;
    }
    Word32 sum = mult32(x[n], a[0]);
    for (int j = 1; j <= kOrder; ++j) sum = mac(sum, a[static_cast<std::size_t>(j)], x[n - j]);
    out[n] = round16(shl32(sum, 3));
  }
}

/// y = x / A(z), y[-kOrder..-1] being the memory. Returns true if any step saturated.
inline bool synthesis(const LpFilter& a, const Word16* x, Word16* y, int count) {
  const int safe = safe_sample(a);
  int greatest = 0;
  for (int n = -kOrder; n < 0; ++n) greatest = std::max(greatest, std::abs(int{y[n]}));
  bool overflow = false;
  for (int n = 0; n < count; ++n) {
    greatest = std::max(greatest, std::abs(int{x[n]}));
    if (greatest <= safe) {
      int sum = x[n] * a[0];
      for (int j = 1; j <= kOrder; ++j) sum -= a[static_cast<std::size_t>(j)] * y[n - j];
      y[n] = sat16((sum + 0x800) >> 12);
      overflow = overflow || sum < -(1 << 27) || sum + 0x800 >= 1 << 27;
    } else {
      Overflow step;
      Word32 sum = step.mult(x[n], a[0]);
      for (int j = 1; j <= kOrder; ++j) sum = step.msu(sum, a[static_cast<std::size_t>(j)], y[n - j]);
      sum = step.clamp(static_cast<std::int64_t>(sum) * 8);
      y[n] = high(step.clamp(static_cast<std::int64_t>(sum) + 0x8000));
      overflow = overflow || step.seen;
    }
    greatest = std::max(greatest, std::abs(int{y[n]}));
  }
  return overflow;
}

/// Memory of a second-order high-pass filter.
struct HighPassState {
  Word32 y1, y2;  ///< past outputs before rounding
  Word16 x1, x2;  ///< past inputs
};

/// One sample of the high-pass filters of 3.1 and 4.2.5: the accumulator, scaled up by `shift`.
inline Word32 high_pass(HighPassState& s, const std::array<Word16, 3>& b, const std::array<Word16, 3>& a,
                        int shift, Word16 x) {
  Word32 sum = product(split(s.y1), a[1]);
  sum = add32(sum, product(split(s.y2), a[2]));
  sum = mac(sum, x, b[0]);
  sum = mac(sum, s.x1, b[1]);
  sum = mac(sum, s.x2, b[2]);
  sum = shl32(sum, shift);
  s.y2 = s.y1, s.y1 = sum, s.x2 = s.x1, s.x1 = x;
  return sum;
}

}  // namespace codecs::g729
