#pragma once
/// \file
/// Lane versions of codecs/g729/math.h, and the saturating shifts that take a count per lane.

#include "codecs/g729/lanes/lanes.h"
#include "codecs/g729/tables.h"

namespace codecs::g729::lanes {

/// Neighbouring entries of a table in one 32-bit word: t[i] low, t[i + 1] high.
template <std::size_t kSize>
struct Neighbours {
  std::int32_t pairs[kSize - 1];
};
template <std::size_t kSize>
consteval Neighbours<kSize> neighbours(const std::array<std::int16_t, kSize>& table) {
  Neighbours<kSize> out{};
  for (std::size_t i = 0; i + 1 < kSize; ++i) {
    out.pairs[i] =
        static_cast<std::int32_t>(static_cast<std::uint32_t>(static_cast<std::uint16_t>(table[i])) |
                                  static_cast<std::uint32_t>(table[i + 1]) << 16);
  }
  return out;
}
inline constexpr auto kLogarithmPairs = neighbours(kLogarithm);
inline constexpr auto kPowerPairs = neighbours(kPowerOfTwo);
inline constexpr auto kRootPairs = neighbours(kInverseRoot);

/// table[i] in the high word, moved towards table[i + 1] by `fraction` (Q15).
template <class L>
MEDIAD_INLINE Longs<L> interpolate(const std::int32_t* pairs, Longs<L> i, Longs<L> fraction) {
  const Longs<L> both = gather(pairs, i);
  const Longs<L> here = (both << 16) >> 16;
  const Longs<L> step = here - (both >> 16);
  return (here << 16) - ((step * fraction) << 1);
}

template <class L>
struct LaneLogarithm {
  Longs<L> exponent, fraction;
};
/// log2 of positive numbers.
template <class L>
MEDIAD_INLINE LaneLogarithm<L> log2_of(Longs<L> x) {
  const Longs<L> shift = norm_positive(x);
  const Longs<L> y = (x << shift) >> 9;
  return {Longs<L>(30) - shift, interpolate(kLogarithmPairs.pairs, (y >> 16) - 32, (y >> 1) & 0x7FFF) >> 16};
}

/// 2^(14 + fraction), fraction in Q15.
template <class L>
MEDIAD_INLINE Longs<L> power_of_two_14(Longs<L> fraction) {
  const Longs<L> y = fraction << 6;
  return (interpolate(kPowerPairs.pairs, y >> 16, (y >> 1) & 0x7FFF) + 0x8000) >> 16;
}

/// 1/sqrt(x), Q30; 0x3fffffff for 0.
template <class L>
MEDIAD_INLINE Longs<L> inverse_root(Longs<L> x) {
  const Longs<L> zero = x < Longs<L>(1);
  const Longs<L> safe = select(zero, Longs<L>(1), x);
  const Longs<L> shift = norm_positive(safe);
  const Longs<L> exponent = Longs<L>(30) - shift;
  Longs<L> y = safe << shift;
  y = y >> ((exponent & 1) ^ 1);
  y = y >> 9;
  const Longs<L> root = interpolate(kRootPairs.pairs, (y >> 16) - 16, (y >> 1) & 0x7FFF);
  return select(zero, Longs<L>(0x3FFFFFFF), root >> ((exponent >> 1) + 1));
}

/// x 2^n for x >= 0, saturating; any n.
template <class L>
MEDIAD_INLINE Longs<L> shift_saturating(Longs<L> x, Longs<L> n) {
  const Longs<L> left = min(max(n, Longs<L>(0)), Longs<L>(31));
  const Longs<L> right = min(max(Longs<L>(0) - n, Longs<L>(0)), Longs<L>(31));
  const Longs<L> most = Longs<L>(0x7FFFFFFF) >> left;
  return select(x > most, Longs<L>(0x7FFFFFFF), (x << left) >> right);
}

/// x 2^n, saturating; any n.
template <class L>
MEDIAD_INLINE Longs<L> shift_signed(Longs<L> x, Longs<L> n) {
  const Longs<L> left = min(max(n, Longs<L>(0)), Longs<L>(31));
  const Longs<L> right = min(max(Longs<L>(0) - n, Longs<L>(0)), Longs<L>(31));
  const Longs<L> most = Longs<L>(0x7FFFFFFF) >> left;
  const Longs<L> shifted = (x << left) >> right;
  return select(x > most, Longs<L>(0x7FFFFFFF), select(x < ~most, Longs<L>(~0x7FFFFFFF), shifted));
}

/// Left shifts that normalise any number; 0 for 0, as norm32().
template <class L>
MEDIAD_INLINE Longs<L> norm_signed(Longs<L> x) {
  const Longs<L> y = x ^ (x >> 31);
  const Longs<L> n = select(y == Longs<L>(0), Longs<L>(31), norm_positive(y));
  return n & ~(x == Longs<L>(0));
}

/// A normalised number rounded to its high word.
template <class L>
MEDIAD_INLINE Words<L> round_high(Longs<L> x) {
  return narrow(((x >> 1) + 0x4000) >> 15);
}

/// Twice a product of two words, saturating.
template <class L>
MEDIAD_INLINE Longs<L> doubled(Longs<L> x) {
  return (x << 1) ^ (x == Longs<L>(1 << 30));
}

/// |x|, 32767 for -32768.
template <class L>
MEDIAD_INLINE Words<L> magnitude(Words<L> x) {
  return max(x, subs(Words<L>(0), x));
}

/// True where the sum of products of coefficients of that total magnitude with samples up to `greatest` could
/// leave 31 bits, so that the Recommendation's arithmetic might saturate.
template <class L>
MEDIAD_INLINE Words<L> may_saturate(Longs<L> total, Words<L> greatest) {
  const Longs<L> bound = ((total >> 6) + 1) * (widen(greatest) + 1);
  return narrow(bound > Longs<L>((1 << 24) - 1));
}

}  // namespace codecs::g729::lanes
