#pragma once
/// \file
/// Arithmetic on one int16 or int32 per call, all calls of a batch at once. L is a target of native.h.
/// Products and sums wrap: who uses them proves that they cannot, or marks the lane as suspect.

#include "codecs/g729/lanes/native.h"

namespace codecs::g729::lanes {

/// An int16 per lane; a mask is 0 or -1.
template <class L>
struct Words {
  using V = typename L::V;
  V v;
  Words() = default;
  MEDIAD_INLINE Words(V x) : v(x) {}
  MEDIAD_INLINE Words(int x) : v(V{} + static_cast<std::int16_t>(x)) {}

  friend MEDIAD_INLINE Words operator+(Words a, Words b) { return {a.v + b.v}; }
  friend MEDIAD_INLINE Words operator-(Words a, Words b) { return {a.v - b.v}; }
  friend MEDIAD_INLINE Words operator*(Words a, Words b) { return {a.v * b.v}; }
  friend MEDIAD_INLINE Words operator&(Words a, Words b) { return {a.v & b.v}; }
  friend MEDIAD_INLINE Words operator|(Words a, Words b) { return {a.v | b.v}; }
  friend MEDIAD_INLINE Words operator^(Words a, Words b) { return {a.v ^ b.v}; }
  friend MEDIAD_INLINE Words operator~(Words a) { return {~a.v}; }
  friend MEDIAD_INLINE Words operator<<(Words a, int n) { return {a.v << static_cast<std::int16_t>(n)}; }
  friend MEDIAD_INLINE Words operator>>(Words a, int n) { return {a.v >> static_cast<std::int16_t>(n)}; }
  friend MEDIAD_INLINE Words operator>(Words a, Words b) { return {as<V>(a.v > b.v)}; }
  friend MEDIAD_INLINE Words operator<(Words a, Words b) { return {as<V>(a.v < b.v)}; }
  friend MEDIAD_INLINE Words operator==(Words a, Words b) { return {as<V>(a.v == b.v)}; }
  /// Saturating sum and difference.
  friend MEDIAD_INLINE Words adds(Words a, Words b) { return {L::adds(a.v, b.v)}; }
  friend MEDIAD_INLINE Words subs(Words a, Words b) { return {L::subs(a.v, b.v)}; }
  friend MEDIAD_INLINE Words min(Words a, Words b) { return {L::min(a.v, b.v)}; }
  friend MEDIAD_INLINE Words max(Words a, Words b) { return {L::max(a.v, b.v)}; }
  friend MEDIAD_INLINE Words abs(Words a) { return {L::abs(a.v)}; }  // -32768 stays
  friend MEDIAD_INLINE Words mulhi(Words a, Words b) { return {L::mulhi(a.v, b.v)}; }
  friend MEDIAD_INLINE Words mulhi_unsigned(Words a, Words b) { return {L::mulhi_unsigned(a.v, b.v)}; }
  /// Q15 products, truncated and rounded; not for two of -32768.
  friend MEDIAD_INLINE Words mult(Words a, Words b) {
    using U = typename L::U;
    return {as<V>((as<U>(L::mulhi(a.v, b.v)) << 1) | (as<U>(a.v * b.v) >> 15))};
  }
  friend MEDIAD_INLINE Words mult_r(Words a, Words b) { return {L::mulhrs(a.v, b.v)}; }
  friend MEDIAD_INLINE Words select(Words mask, Words a, Words b) { return {L::select(mask.v, a.v, b.v)}; }
  friend MEDIAD_INLINE bool any(Words mask) { return L::any(mask.v); }
};

/// An int32 per lane, in the order that interleaving int16 lanes gives: lanes of the lower halves of 128 bits
/// first.
template <class L>
struct Longs {
  using D = typename L::D;
  D a, b;
  Longs() = default;
  MEDIAD_INLINE Longs(D low, D high) : a(low), b(high) {}
  MEDIAD_INLINE Longs(int x) : a(D{} + x), b(D{} + x) {}

  friend MEDIAD_INLINE Longs operator+(Longs x, Longs y) { return {x.a + y.a, x.b + y.b}; }
  friend MEDIAD_INLINE Longs operator-(Longs x, Longs y) { return {x.a - y.a, x.b - y.b}; }
  friend MEDIAD_INLINE Longs operator*(Longs x, Longs y) { return {x.a * y.a, x.b * y.b}; }
  friend MEDIAD_INLINE Longs operator&(Longs x, Longs y) { return {x.a & y.a, x.b & y.b}; }
  friend MEDIAD_INLINE Longs operator|(Longs x, Longs y) { return {x.a | y.a, x.b | y.b}; }
  friend MEDIAD_INLINE Longs operator^(Longs x, Longs y) { return {x.a ^ y.a, x.b ^ y.b}; }
  friend MEDIAD_INLINE Longs operator~(Longs x) { return {~x.a, ~x.b}; }
  friend MEDIAD_INLINE Longs operator<<(Longs x, int n) { return {x.a << n, x.b << n}; }
  friend MEDIAD_INLINE Longs operator>>(Longs x, int n) { return {x.a >> n, x.b >> n}; }
  /// Per-lane counts, 0..31.
  friend MEDIAD_INLINE Longs operator<<(Longs x, Longs n) { return {x.a << n.a, x.b << n.b}; }
  friend MEDIAD_INLINE Longs operator>>(Longs x, Longs n) { return {x.a >> n.a, x.b >> n.b}; }
  friend MEDIAD_INLINE Longs operator>(Longs x, Longs y) { return {as<D>(x.a > y.a), as<D>(x.b > y.b)}; }
  friend MEDIAD_INLINE Longs operator<(Longs x, Longs y) { return {as<D>(x.a < y.a), as<D>(x.b < y.b)}; }
  friend MEDIAD_INLINE Longs operator==(Longs x, Longs y) { return {as<D>(x.a == y.a), as<D>(x.b == y.b)}; }
  friend MEDIAD_INLINE Longs min(Longs x, Longs y) { return {L::min(x.a, y.a), L::min(x.b, y.b)}; }
  friend MEDIAD_INLINE Longs max(Longs x, Longs y) { return {L::max(x.a, y.a), L::max(x.b, y.b)}; }
  friend MEDIAD_INLINE Longs min_unsigned(Longs x, Longs y) {
    return {L::min_unsigned(x.a, y.a), L::min_unsigned(x.b, y.b)};
  }
  friend MEDIAD_INLINE Longs abs(Longs x) { return {L::abs(x.a), L::abs(x.b)}; }
  friend MEDIAD_INLINE Longs select(Longs mask, Longs x, Longs y) {
    return {L::select(mask.a, x.a, y.a), L::select(mask.b, x.b, y.b)};
  }
  friend MEDIAD_INLINE Longs gather(const std::int32_t* base, Longs index) {
    return {L::gather(base, index.a), L::gather(base, index.b)};
  }
  /// To int16, saturating.
  friend MEDIAD_INLINE Words<L> narrow(Longs x) { return {L::pack(x.a, x.b)}; }
  /// Low 16 bits.
  friend MEDIAD_INLINE Words<L> truncate(Longs x) { return narrow((x << 16) >> 16); }
  friend MEDIAD_INLINE Words<L> high(Longs x) { return narrow(x >> 16); }
};

/// Two int16 per lane, side by side: what the multiply-and-add instruction takes.
template <class L>
struct Pairs {
  typename L::V a, b;
  Pairs() = default;
  MEDIAD_INLINE Pairs(Words<L> first, Words<L> second)
      : a(L::interleave_low(first.v, second.v)), b(L::interleave_high(first.v, second.v)) {}
  /// The same pair in every lane.
  MEDIAD_INLINE Pairs(int first, int second) {
    using D = typename L::D;
    a = b = as<typename L::V>(D{} + static_cast<std::int32_t>((static_cast<std::uint32_t>(second) << 16) |
                                                              (static_cast<std::uint32_t>(first) & 0xFFFFU)));
  }
  MEDIAD_INLINE explicit Pairs(Longs<L> x) : a(as<typename L::V>(x.a)), b(as<typename L::V>(x.b)) {}
  [[nodiscard]] MEDIAD_INLINE Longs<L> longs() const { return {as<typename L::D>(a), as<typename L::D>(b)}; }
  friend MEDIAD_INLINE Pairs operator-(Pairs x, Pairs y) {
    Pairs out;
    out.a = x.a - y.a;
    out.b = x.b - y.b;
    return out;
  }
  friend MEDIAD_INLINE Pairs subs(Pairs x, Pairs y) {
    Pairs out;
    out.a = L::subs(x.a, y.a);
    out.b = L::subs(x.b, y.b);
    return out;
  }
  friend MEDIAD_INLINE Pairs mulhi(Pairs x, Pairs y) {
    Pairs out;
    out.a = L::mulhi(x.a, y.a);
    out.b = L::mulhi(x.b, y.b);
    return out;
  }
  /// first * first + second * second
  friend MEDIAD_INLINE Longs<L> dot(Pairs x, Pairs y) { return {L::madd(x.a, y.a), L::madd(x.b, y.b)}; }
};

template <class L>
MEDIAD_INLINE Longs<L> widen(Words<L> x) {
  return Pairs<L>(x, x).longs() >> 16;
}
/// Masks of int16 lanes as masks of int32 lanes.
template <class L>
MEDIAD_INLINE Longs<L> widen_mask(Words<L> x) {
  return Pairs<L>(x, x).longs();
}
/// Exact 32-bit products.
template <class L>
MEDIAD_INLINE Longs<L> product(Words<L> x, Words<L> y) {
  return Pairs<L>(x * y, mulhi(x, y)).longs();
}
/// x << 16
template <class L>
MEDIAD_INLINE Longs<L> from_high(Words<L> x) {
  return Pairs<L>(Words<L>(0), x).longs();
}
template <class L>
MEDIAD_INLINE Longs<L> from_halves(Words<L> low, Words<L> high) {
  return Pairs<L>(low, high).longs();
}
/// 32-bit numbers as the Recommendation multiplies them, high word and 15 bits of the low one packed in one
/// register (see g729::Split).
template <class L>
struct Splits {
  Longs<L> x;
  Splits() = default;
  /// Splits a 32-bit number.
  MEDIAD_INLINE explicit Splits(Longs<L> y) {
    using U = typename L::U;
    using D = typename L::D;
    x.a = L::halves(as<D>(as<U>(y.a) >> 1), y.a);
    x.b = L::halves(as<D>(as<U>(y.b) >> 1), y.b);
  }
  static MEDIAD_INLINE Splits of(Words<L> hi, Words<L> lo) {
    Splits s;
    s.x = from_halves(lo, hi);
    return s;
  }
  static MEDIAD_INLINE Splits constant(int hi, int lo) {
    Splits s;
    s.x = Pairs<L>(lo, hi).longs();
    return s;
  }
  /// The number again (its lowest bit is lost).
  [[nodiscard]] MEDIAD_INLINE Longs<L> join() const {
    return (x & static_cast<int>(0xFFFF0000)) | ((x & 0x7FFF) << 1);
  }
};

template <class L>
MEDIAD_INLINE Longs<L> shift_right_logical(Longs<L> x, int n) {
  using E = typename L::E;
  using D = typename L::D;
  return {as<D>(as<E>(x.a) >> n), as<D>(as<E>(x.b) >> n)};
}

/// Product of two split numbers, Q31.
template <class L>
MEDIAD_INLINE Longs<L> product(Splits<L> p, Splits<L> q) {
  const Pairs<L> x(p.x);
  const Longs<L> hh = dot(x, Pairs<L>(q.x & static_cast<int>(0xFFFF0000)));
  const Longs<L> hl = dot(x, Pairs<L>(q.x << 16));
  const Longs<L> lh = dot(x, Pairs<L>(shift_right_logical(q.x, 16)));
  return (hh + (hl >> 15) + (lh >> 15)) << 1;
}

/// A 16-bit factor of split numbers.
template <class L>
struct Factor {
  Pairs<L> high, low;
  MEDIAD_INLINE explicit Factor(Words<L> n) : high(Words<L>(0), n), low(n, Words<L>(0)) {}
  MEDIAD_INLINE explicit Factor(int n) : high(0, n), low(n, 0) {}
};
template <class L>
MEDIAD_INLINE Longs<L> product(Splits<L> p, const Factor<L>& n) {
  const Pairs<L> x(p.x);
  return (dot(x, n.high) + (dot(x, n.low) >> 15)) << 1;
}

/// Left shifts that normalise a positive number; 31 - log2 of it, less 1.
template <class L>
MEDIAD_INLINE Longs<L> norm_positive(Longs<L> x) {
  // The exponent of the float next below: clear the bits that rounding could carry.
  using F = typename L::F;
  using D = typename L::D;
  const Longs<L> y = x & ~shift_right_logical(x, 1);
  const auto exponent = [](D d) { return (as<D>(__builtin_convertvector(d, F)) >> 23) - 127; };
  return Longs<L>(30) - Longs<L>(exponent(y.a), exponent(y.b));
}

/// Q15 quotient of 0 <= a <= b, b > 0 (g729::divide), both below 2^15.
template <class L>
MEDIAD_INLINE Longs<L> divide(Longs<L> a, Longs<L> b) {
  using F = typename L::F;
  using D = typename L::D;
  const Longs<L> n = a << 15;
  const auto quotient = [](D x, D y) {
    return __builtin_convertvector(__builtin_convertvector(x, F) / __builtin_convertvector(y, F), D);
  };
  Longs<L> q(quotient(n.a, b.a), quotient(n.b, b.b));
  const Longs<L> rest = n - q * b;
  q = q + (rest < Longs<L>(0));
  q = q - ((rest > b - 1) & ~(rest < Longs<L>(0)));
  return min(q, Longs<L>(32767));
}

/// Transposes the 8 x 8 words of each 128-bit block.
template <class L>
MEDIAD_INLINE void transpose(typename L::M* t) {
  using M = typename L::M;
  using V = typename L::V;
  const auto low16 = [](M x, M y) { return as<M>(L::interleave_low(as<V>(x), as<V>(y))); };
  const auto high16 = [](M x, M y) { return as<M>(L::interleave_high(as<V>(x), as<V>(y))); };
  M a[8];
  for (int k = 0; k < 8; k += 2) {
    a[k] = low16(t[k], t[k + 1]);
    a[k + 1] = high16(t[k], t[k + 1]);
  }
  for (int half = 0; half < 2; ++half) {
    // Columns 0..3 from the low, 4..7 from the high interleavings.
    const M b0 = L::low32(a[half], a[half + 2]);
    const M b1 = L::high32(a[half], a[half + 2]);
    const M c0 = L::low32(a[half + 4], a[half + 6]);
    const M c1 = L::high32(a[half + 4], a[half + 6]);
    t[4 * half] = L::low64(b0, c0);
    t[4 * half + 1] = L::high64(b0, c0);
    t[4 * half + 2] = L::low64(b1, c1);
    t[4 * half + 3] = L::high64(b1, c1);
  }
}

/// Reads `count` consecutive words of every lane, a multiple of 8, into rows: lane i's from p[i] + offset.
template <class L, class Pointer>
MEDIAD_INLINE void load_rows(Words<L>* rows, const Pointer* p, int offset, int count) {
  for (int at = 0; at < count; at += 8) {
    const std::int16_t* q[L::kLanes];
    for (int i = 0; i < L::kLanes; ++i) q[i] = p[i] + offset + at;
    typename L::M t[8];
    for (int k = 0; k < 8; ++k) t[k] = L::load_blocks(q, k);
    transpose<L>(t);
    for (int k = 0; k < 8; ++k) rows[at + k] = Words<L>(as<typename L::V>(t[k]));
  }
}

/// The reverse.
template <class L>
MEDIAD_INLINE void store_rows(const Words<L>* rows, std::int16_t* const* p, int offset, int count) {
  for (int at = 0; at < count; at += 8) {
    std::int16_t* q[L::kLanes];
    for (int i = 0; i < L::kLanes; ++i) q[i] = p[i] + offset + at;
    typename L::M t[8];
    for (int k = 0; k < 8; ++k) t[k] = as<typename L::M>(rows[at + k].v);
    transpose<L>(t);
    for (int k = 0; k < 8; ++k) L::store_blocks(q, k, t[k]);
  }
}

/// One word of every lane, and back.
template <class L>
MEDIAD_INLINE void to_array(Words<L> x, std::int16_t* out) {
  __builtin_memcpy(out, &x.v, sizeof(x.v));
}
template <class L>
MEDIAD_INLINE Words<L> from_array(const std::int16_t* in) {
  Words<L> x;
  __builtin_memcpy(&x.v, in, sizeof(x.v));
  return x;
}

}  // namespace codecs::g729::lanes
