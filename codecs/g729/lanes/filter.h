#pragma once
/// \file
/// The filters of G.729 over lanes. Rows are samples or coefficients, one word per call.

#include "codecs/g729/frame.h"
#include "codecs/g729/lanes/math.h"

namespace codecs::g729::lanes {

/// a(z) weighted by factor^i, a constant.
template <class L>
MEDIAD_INLINE void weight_filter(const Words<L>* a, Word16 factor, Words<L>* out) {
  out[0] = a[0];
  Word16 power = factor;
  for (int i = 1; i <= kOrder; ++i) {
    out[i] = mult_r(a[i], Words<L>(power));
    power = round16(mult32(power, factor));
  }
}

/// Sum of the coefficients' magnitudes.
template <class L>
MEDIAD_INLINE Longs<L> total_magnitude(const Words<L>* a) {
  Longs<L> sum(0);
  for (int i = 0; i <= kOrder; ++i) sum = sum + widen(magnitude(a[i]));
  return sum;
}

/// out = A(z) x for kSubframe samples; x[-kOrder..]. Marks lanes that may saturate in `suspect`.
template <class L>
MEDIAD_KERNEL void residual(const Words<L>* a, const Words<L>* x, Words<L>* out, Words<L>& suspect) {
  Pairs<L> pairs[kOrder / 2];
  for (int j = 0; j < kOrder / 2; ++j) pairs[j] = Pairs<L>(a[2 * j + 1], a[2 * j + 2]);
  const Pairs<L> one(4096, 0x800);  // a[0], and half of the last bit to round
  Pairs<L> past[kOrder + kSubframe];
  Words<L> greatest(0);
  for (int n = -kOrder; n < kSubframe; ++n) {
    if (n > -kOrder) past[n + kOrder] = Pairs<L>(x[n], x[n - 1]);
    greatest = max(greatest, magnitude(x[n]));
  }
  for (int n = 0; n < kSubframe; ++n) {
    Longs<L> sum = dot(Pairs<L>(x[n], Words<L>(1)), one);
    for (int j = 0; j < kOrder / 2; ++j) sum = sum + dot(past[n + kOrder - 1 - 2 * j], pairs[j]);
    out[n] = narrow(sum >> 12);
  }
  suspect = suspect | may_saturate(total_magnitude(a), greatest);
}

/// y = x / A(z) for `count` samples, y[-kOrder..-1] being the memory.
template <int kCount, class L>
MEDIAD_KERNEL void synthesis(const Words<L>* a, const Words<L>* x, Words<L>* y, Words<L>& suspect) {
  Pairs<L> pairs[kOrder / 2];
  for (int j = 0; j < kOrder / 2; ++j) pairs[j] = Pairs<L>(a[2 * j + 1], a[2 * j + 2]);
  const Pairs<L> one(4096, 0x800);
  Pairs<L> past[kOrder + kCount];
  Words<L> greatest = magnitude(y[-kOrder]);
  for (int n = 1 - kOrder; n < 0; ++n) {
    past[n + kOrder] = Pairs<L>(y[n], y[n - 1]);
    greatest = max(greatest, magnitude(y[n]));
  }
  for (int n = 0; n < kCount; ++n) {
    Longs<L> sum = dot(Pairs<L>(x[n], Words<L>(1)), one);
    greatest = max(greatest, magnitude(x[n]));
    for (int j = kOrder / 2 - 1; j >= 0; --j) sum = sum - dot(past[n + kOrder - 1 - 2 * j], pairs[j]);
    y[n] = narrow(sum >> 12);
    past[n + kOrder] = Pairs<L>(y[n], y[n - 1]);
    greatest = max(greatest, magnitude(y[n]));
  }
  suspect = suspect | may_saturate(total_magnitude(a), greatest);
}

/// LP filter with the given LSPs.
template <class L>
MEDIAD_INLINE void polynomial_of_roots(const Words<L>* lsp, Longs<L>* f) {
  f[0] = Longs<L>(1 << 24);
  f[1] = Longs<L>(0) - (widen(lsp[0]) << 10);
  for (int i = 2; i <= 5; ++i) {
    const Words<L> root = lsp[2 * (i - 1)];
    const Factor<L> factor(root);
    f[i] = f[i - 2];
    for (int j = i; j > 1; --j) f[j] = f[j] + f[j - 2] - (product(Splits<L>(f[j - 1]), factor) << 1);
    f[1] = f[1] - (widen(root) << 10);
  }
}

template <class L>
MEDIAD_KERNEL void filter_of_lsp(const Words<L>* lsp, Words<L>* a) {
  Longs<L> sum[6];
  Longs<L> difference[6];
  polynomial_of_roots(lsp, sum);
  polynomial_of_roots(lsp + 1, difference);
  a[0] = Words<L>(4096);
  for (int i = 5; i > 0; --i) {
    sum[i] = sum[i] + sum[i - 1];
    difference[i] = difference[i] - difference[i - 1];
  }
  for (int i = 1; i <= 5; ++i) {
    a[i] = truncate((sum[i] + difference[i] + (1 << 12)) >> 13);
    a[kOrder + 1 - i] = truncate((sum[i] - difference[i] + (1 << 12)) >> 13);
  }
}

/// Memory of a second-order high-pass filter.
template <class L>
struct LaneHighPass {
  Longs<L> y1, y2;
  Words<L> x1, x2;
};

/// One sample through a high-pass filter (3.1, 4.2.5): the accumulator times 2^kShift, saturated.
template <int kShift, bool kMayWrap, class L>
MEDIAD_INLINE Longs<L> high_pass(LaneHighPass<L>& s, const std::array<Word16, 3>& b,
                                 const std::array<Word16, 3>& a, Words<L> x, Longs<L>& wrapped) {
  const Longs<L> past = product(Splits<L>(s.y1), Factor<L>(a[1])) + product(Splits<L>(s.y2), Factor<L>(a[2]));
  const Longs<L> two = past + (dot(Pairs<L>(x, Words<L>(0)), Pairs<L>(b[0], 0)) << 1);
  const Longs<L> p1 = dot(Pairs<L>(s.x1, Words<L>(0)), Pairs<L>(b[1], 0)) << 1;
  const Longs<L> p2 = dot(Pairs<L>(s.x2, Words<L>(0)), Pairs<L>(b[2], 0)) << 1;
  const Longs<L> three = two + p1;
  const Longs<L> sum = three + p2;
  if constexpr (kMayWrap) {
    wrapped = wrapped | ((two ^ three) & (p1 ^ three)) | ((three ^ sum) & (p2 ^ sum));
  }
  constexpr int kLimit = 1 << (31 - kShift);
  const Longs<L> over = sum > Longs<L>(kLimit - 1);
  const Longs<L> y =
      (min(max(sum, Longs<L>(-kLimit)), Longs<L>(kLimit - 1)) << kShift) | (over & ((1 << kShift) - 1));
  s.y2 = s.y1, s.y1 = y, s.x2 = s.x1, s.x1 = x;
  return y;
}

}  // namespace codecs::g729::lanes
