#pragma once
/// \file
/// The saturating 16- and 32-bit arithmetic in which G.729 is specified (ITU-T G.191 conventions: Q15
/// products are doubled, every step saturates). Pure functions; a step that saturates can report it through
/// `Overflow`.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace codecs::g729 {

using Word16 = std::int16_t;
using Word32 = std::int32_t;

inline constexpr Word16 kMax16 = std::numeric_limits<Word16>::max();
inline constexpr Word16 kMin16 = std::numeric_limits<Word16>::min();
inline constexpr Word32 kMax32 = std::numeric_limits<Word32>::max();
inline constexpr Word32 kMin32 = std::numeric_limits<Word32>::min();

constexpr Word16 sat16(std::int64_t x) {
  return static_cast<Word16>(std::clamp<std::int64_t>(x, kMin16, kMax16));
}
constexpr Word32 sat32(std::int64_t x) {
  return static_cast<Word32>(std::clamp<std::int64_t>(x, kMin32, kMax32));
}

constexpr Word16 add(Word16 a, Word16 b) {
  return sat16(a + b);
}
constexpr Word16 sub(Word16 a, Word16 b) {
  return sat16(a - b);
}
constexpr Word16 negate(Word16 a) {
  return sat16(-a);
}
constexpr Word16 magnitude(Word16 a) {
  return sat16(a < 0 ? -a : a);
}
/// Q15 product, truncated.
constexpr Word16 mult(Word16 a, Word16 b) {
  return sat16((a * b) >> 15);
}
/// Q15 product, rounded.
constexpr Word16 mult_r(Word16 a, Word16 b) {
  return sat16((a * b + 0x4000) >> 15);
}
/// Shifts left by `n`, or right if `n` is negative; saturates. |n| may be anything.
constexpr Word16 shl(Word16 a, int n) {
  if (n < 0) return static_cast<Word16>(a >> std::min(-n, 15));
  return sat16(static_cast<std::int64_t>(a) << std::min(n, 16));
}
constexpr Word16 shr(Word16 a, int n) {
  return shl(a, -n);
}

constexpr Word32 add32(Word32 a, Word32 b) {
  return sat32(static_cast<std::int64_t>(a) + b);
}
constexpr Word32 sub32(Word32 a, Word32 b) {
  return sat32(static_cast<std::int64_t>(a) - b);
}
constexpr Word32 negate32(Word32 a) {
  return sat32(-static_cast<std::int64_t>(a));
}
constexpr Word32 magnitude32(Word32 a) {
  return a < 0 ? negate32(a) : a;
}
constexpr Word32 mult32(Word16 a, Word16 b) {
  return sat32(2 * static_cast<std::int64_t>(a) * b);
}
constexpr Word32 mac(Word32 sum, Word16 a, Word16 b) {
  return add32(sum, mult32(a, b));
}
constexpr Word32 msu(Word32 sum, Word16 a, Word16 b) {
  return sub32(sum, mult32(a, b));
}
constexpr Word32 shl32(Word32 a, int n) {
  if (n < 0) return a >> std::min(-n, 31);
  return sat32(static_cast<std::int64_t>(a) << std::min(n, 31));
}
constexpr Word32 shr32(Word32 a, int n) {
  return shl32(a, -n);
}
/// Shifts right and rounds to nearest.
constexpr Word32 shr32_r(Word32 a, int n) {
  if (n > 31) return 0;
  const Word32 shifted = shr32(a, n);
  return n > 0 && ((a >> (n - 1)) & 1) != 0 ? shifted + 1 : shifted;
}
constexpr Word32 from_high(Word16 a) {
  return static_cast<Word32>(a) * 65536;
}
constexpr Word16 high(Word32 a) {
  return static_cast<Word16>(a >> 16);
}
constexpr Word16 low(Word32 a) {
  return static_cast<Word16>(a);
}
constexpr Word16 round16(Word32 a) {
  return high(add32(a, 0x8000));
}

/// Left shifts that bring `a` to full scale; 0 for 0.
constexpr int norm16(Word16 a) {
  if (a == 0) return 0;
  return std::countl_zero(static_cast<std::uint16_t>(a < 0 ? ~a : a)) - 1;
}
constexpr int norm32(Word32 a) {
  if (a == 0) return 0;
  return std::countl_zero(static_cast<std::uint32_t>(a < 0 ? ~a : a)) - 1;
}

/// Q15 quotient of 0 <= a <= b, b > 0; a == b gives 32767.
constexpr Word16 divide(Word16 a, Word16 b) {
  return a == b ? kMax16 : static_cast<Word16>((static_cast<Word32>(a) << 15) / b);
}

/// A 32-bit number in two words, hi * 2^16 + lo * 2, as the Recommendation multiplies them.
struct Split {
  Word16 hi;
  Word16 lo;
};
constexpr Split split(Word32 a) {
  return {high(a), static_cast<Word16>((a >> 1) & 0x7FFF)};
}
constexpr Word32 join(Split a) {
  return add32(from_high(a.hi), 2 * a.lo);
}
constexpr Word32 product(Split a, Split b) {
  Word32 sum = mult32(a.hi, b.hi);
  sum = mac(sum, mult(a.hi, b.lo), 1);
  return mac(sum, mult(a.lo, b.hi), 1);
}
constexpr Word32 product(Split a, Word16 b) {
  return mac(mult32(a.hi, b), mult(a.lo, b), 1);
}

/// Q31 quotient of 0 <= numerator < denominator, the denominator normalised.
constexpr Word32 divide32(Word32 numerator, Split denominator) {
  const Word16 approximation = divide(0x3FFF, denominator.hi);
  const Word32 error = sub32(kMax32, product(denominator, approximation));
  const Split inverse = split(product(split(error), approximation));
  return shl32(product(split(numerator), inverse), 2);
}

/// mac() that remembers whether any step saturated.
struct Overflow {
  bool seen{false};
  Word32 clamp(std::int64_t x) {
    const Word32 y = sat32(x);
    seen = seen || y != x;
    return y;
  }
  Word32 mult(Word16 a, Word16 b) { return clamp(2 * static_cast<std::int64_t>(a) * b); }
  Word32 mac(Word32 sum, Word16 a, Word16 b) { return clamp(static_cast<std::int64_t>(sum) + mult(a, b)); }
  Word32 msu(Word32 sum, Word16 a, Word16 b) { return clamp(static_cast<std::int64_t>(sum) - mult(a, b)); }
};

}  // namespace codecs::g729
