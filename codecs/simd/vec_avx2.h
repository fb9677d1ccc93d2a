#pragma once
/// \file
/// Sixteen 16 bit lanes in AVX2 registers: the vector that kernels_vector.h is written for. Only to be
/// included by a file compiled for AVX2.

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace codecs::simd {

struct Avx2 {
  using Words = __m256i;  // 16 bit lanes
  using Longs = __m256i;  // 32 bit lanes
  static constexpr std::size_t kWords = 16;
  static constexpr std::size_t kLongs = 8;

  static Words load(const std::int16_t* p) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)); }
  static void store(std::int16_t* p, Words v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Words load_bytes(const std::uint8_t* p) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  /// Lanes must be 0..255.
  static void store_bytes(std::uint8_t* p, Words v) {
    const __m256i packed = _mm256_permute4x64_epi64(_mm256_packus_epi16(v, v), 0x08);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_castsi256_si128(packed));
  }
  static Words splat(int v) { return _mm256_set1_epi16(static_cast<std::int16_t>(v)); }
  static Words add(Words a, Words b) { return _mm256_add_epi16(a, b); }
  static Words sub(Words a, Words b) { return _mm256_sub_epi16(a, b); }
  static Words and_(Words a, Words b) { return _mm256_and_si256(a, b); }
  static Words or_(Words a, Words b) { return _mm256_or_si256(a, b); }
  static Words xor_(Words a, Words b) { return _mm256_xor_si256(a, b); }
  static Words min(Words a, Words b) { return _mm256_min_epi16(a, b); }
  static Words max(Words a, Words b) { return _mm256_max_epi16(a, b); }
  static Words mul_low(Words a, Words b) { return _mm256_mullo_epi16(a, b); }
  static Words mul_high(Words a, Words b) { return _mm256_mulhi_epi16(a, b); }
  static Words mul_high_unsigned(Words a, Words b) { return _mm256_mulhi_epu16(a, b); }
  template <int kBits>
  static Words shift_left(Words v) {
    return _mm256_slli_epi16(v, kBits);
  }
  template <int kBits>
  static Words shift_right(Words v) {
    return _mm256_srli_epi16(v, kBits);
  }
  template <int kBits>
  static Words shift_right_signed(Words v) {
    return _mm256_srai_epi16(v, kBits);
  }

  /// A table of 16 octets, and its entries for lanes that hold 0..15.
  using Table = __m256i;
  static Table table(const std::uint8_t* p) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Words look_up(Table t, Words index) {
    return _mm256_shuffle_epi8(
        t, _mm256_or_si256(index, _mm256_set1_epi16(INT16_MIN)));  // upper octets become 0
  }

  // The same registers as octets.
  static Words load_octets(const std::uint8_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static void store_octets(std::uint8_t* p, Words v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v);
  }
  static Words splat_octet(std::uint8_t v) { return _mm256_set1_epi8(static_cast<char>(v)); }
  static Words sub_octets(Words a, Words b) { return _mm256_sub_epi8(a, b); }
  static Words add_octets_saturated(Words a, Words b) { return _mm256_adds_epu8(a, b); }
  static Words look_up_octets(Table t, Words index) { return _mm256_shuffle_epi8(t, index); }

  static Longs load_longs(const std::int32_t* p) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }
  static void store_longs(std::int32_t* p, Longs v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
  static Longs load_widened(const std::int16_t* p) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  }
  static Longs zero_longs() { return _mm256_setzero_si256(); }
  static Longs splat_long(std::int32_t v) { return _mm256_set1_epi32(v); }
  static Longs add_longs(Longs a, Longs b) { return _mm256_add_epi32(a, b); }
  static Longs sub_longs(Longs a, Longs b) { return _mm256_sub_epi32(a, b); }
  template <int kBits>
  static Longs shift_right_longs(Longs v) {
    return _mm256_srai_epi32(v, kBits);
  }
  /// a[0]*b[0] + a[1]*b[1], and so on.
  static Longs multiply_add_pairs(Words a, Words b) { return _mm256_madd_epi16(a, b); }
  /// Products in two halves whose order narrow_halves() undoes.
  static Longs low_half(Words low, Words high) { return _mm256_unpacklo_epi16(low, high); }
  static Longs high_half(Words low, Words high) { return _mm256_unpackhi_epi16(low, high); }
  static Words narrow_halves(Longs a, Longs b) { return _mm256_packs_epi32(a, b); }
  /// Saturated words of a, then of b.
  static Words narrow(Longs a, Longs b) { return _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8); }

  /// Adds up the lanes of each of four vectors; rounds the sums to kBits less and stores them saturated.
  template <int kBits>
  static void store_sums(std::int16_t* p, Longs a, Longs b, Longs c, Longs d) {
    const __m256i halves = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
    const __m128i sums = _mm_add_epi32(_mm256_castsi256_si128(halves), _mm256_extracti128_si256(halves, 1));
    const __m128i rounded = _mm_srai_epi32(_mm_add_epi32(sums, _mm_set1_epi32(1 << (kBits - 1))), kBits);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p), _mm_packs_epi32(rounded, rounded));
  }
};

}  // namespace codecs::simd
