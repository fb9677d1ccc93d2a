#pragma once
/// \file
/// Logarithm, power and inverse square root by table and linear interpolation, as G.729 specifies them.

#include "codecs/g729/fixed_point.h"
#include "codecs/g729/tables.h"

namespace codecs::g729 {

namespace detail {
/// table[i] in the high word, moved towards table[i + 1] by `fraction` (Q15).
template <class Table>
constexpr Word32 interpolate(const Table& table, int i, Word16 fraction) {
  const auto at = static_cast<std::size_t>(i);
  return msu(from_high(table[at]), sub(table[at], table[at + 1]), fraction);
}
}  // namespace detail

struct Logarithm {
  Word16 exponent;
  Word16 fraction;  ///< Q15
};

/// log2(x); {0, 0} for x <= 0.
constexpr Logarithm log2_of(Word32 x) {
  if (x <= 0) return {0, 0};
  const int exponent = norm32(x);
  const Word32 y = shl32(x, exponent) >> 9;
  const Word16 fraction = static_cast<Word16>((y >> 1) & 0x7FFF);
  return {static_cast<Word16>(30 - exponent), high(detail::interpolate(kLogarithm, high(y) - 32, fraction))};
}

/// 2^(exponent + fraction), fraction in Q15, rounded; exponent <= 30.
constexpr Word32 power_of_two(int exponent, Word16 fraction) {
  const Word32 y = mult32(fraction, 32);
  const Word16 rest = static_cast<Word16>((y >> 1) & 0x7FFF);
  return shr32_r(detail::interpolate(kPowerOfTwo, high(y), rest), 30 - exponent);
}

/// 1/sqrt(x) in Q30 for x in Q0; 0x3fffffff for x <= 0.
constexpr Word32 inverse_root(Word32 x) {
  if (x <= 0) return 0x3FFFFFFF;
  const int shift = norm32(x);
  const int exponent = 30 - shift;
  Word32 y = shl32(x, shift);
  if (exponent % 2 == 0) y >>= 1;
  y >>= 9;
  const Word16 fraction = static_cast<Word16>((y >> 1) & 0x7FFF);
  return shr32(detail::interpolate(kInverseRoot, high(y) - 16, fraction), (exponent >> 1) + 1);
}

}  // namespace codecs::g729
