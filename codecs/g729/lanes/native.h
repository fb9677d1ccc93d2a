#pragma once
/// \file
/// The vector registers of each target as a bundle of primitives: int16 lanes in V, half as many int32 lanes
/// in D. Everything is always inlined, so that no code for one instruction set can be linked into another's
/// path.

#include <immintrin.h>

#include <cstdint>

#define MEDIAD_INLINE inline __attribute__((always_inline))
/// A function large enough to stay one; templates over a target never meet another target's.
#define MEDIAD_KERNEL __attribute__((noinline))

namespace codecs::g729::lanes {

template <class To, class From>
MEDIAD_INLINE To as(From x) {
  return __builtin_bit_cast(To, x);
}

#if defined(__SSE4_1__)
/// 8 lanes.
struct Sse41 {
  static constexpr int kLanes = 8;
  using V = std::int16_t __attribute__((vector_size(16)));
  using U = std::uint16_t __attribute__((vector_size(16)));
  using D = std::int32_t __attribute__((vector_size(16)));
  using E = std::uint32_t __attribute__((vector_size(16)));
  using F = float __attribute__((vector_size(16)));
  using M = __m128i;

  static MEDIAD_INLINE M load(const void* p) { return _mm_loadu_si128(static_cast<const M*>(p)); }
  static MEDIAD_INLINE V interleave_low(V a, V b) { return as<V>(_mm_unpacklo_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V interleave_high(V a, V b) { return as<V>(_mm_unpackhi_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE M low32(M a, M b) { return _mm_unpacklo_epi32(a, b); }
  static MEDIAD_INLINE M high32(M a, M b) { return _mm_unpackhi_epi32(a, b); }
  static MEDIAD_INLINE M low64(M a, M b) { return _mm_unpacklo_epi64(a, b); }
  static MEDIAD_INLINE M high64(M a, M b) { return _mm_unpackhi_epi64(a, b); }
  static MEDIAD_INLINE D madd(V a, V b) { return as<D>(_mm_madd_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V pack(D a, D b) { return as<V>(_mm_packs_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi(V a, V b) { return as<V>(_mm_mulhi_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi_unsigned(V a, V b) { return as<V>(_mm_mulhi_epu16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhrs(V a, V b) { return as<V>(_mm_mulhrs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V adds(V a, V b) { return as<V>(_mm_adds_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V subs(V a, V b) { return as<V>(_mm_subs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V min(V a, V b) { return as<V>(_mm_min_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V max(V a, V b) { return as<V>(_mm_max_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min(D a, D b) { return as<D>(_mm_min_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D max(D a, D b) { return as<D>(_mm_max_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min_unsigned(D a, D b) { return as<D>(_mm_min_epu32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V abs(V a) { return as<V>(_mm_abs_epi16(as<M>(a))); }
  static MEDIAD_INLINE D abs(D a) { return as<D>(_mm_abs_epi32(as<M>(a))); }
  template <class T>
  static MEDIAD_INLINE T select(T mask, T a, T b) {
    return as<T>(_mm_blendv_epi8(as<M>(b), as<M>(a), as<M>(mask)));
  }
  /// Low halves of the 32-bit lanes from a, high halves from b.
  static MEDIAD_INLINE D halves(D low, D high) {
    return as<D>(_mm_blend_epi16(as<M>(high), as<M>(low), 0x55));
  }
  static MEDIAD_INLINE bool any(V mask) { return _mm_movemask_epi8(as<M>(mask)) != 0; }
  static MEDIAD_INLINE D gather(const std::int32_t* base, D index) {
    return D{base[index[0]], base[index[1]], base[index[2]], base[index[3]]};
  }
  static MEDIAD_INLINE M load_blocks(const std::int16_t* const* p, int k) { return load(p[k]); }
  static MEDIAD_INLINE void store_blocks(std::int16_t* const* p, int k, M x) {
    _mm_storeu_si128(static_cast<M*>(static_cast<void*>(p[k])), x);
  }
};
#endif

#if defined(__AVX2__)
/// 16 lanes.
struct Avx2 {
  static constexpr int kLanes = 16;
  using V = std::int16_t __attribute__((vector_size(32)));
  using U = std::uint16_t __attribute__((vector_size(32)));
  using D = std::int32_t __attribute__((vector_size(32)));
  using E = std::uint32_t __attribute__((vector_size(32)));
  using F = float __attribute__((vector_size(32)));
  using M = __m256i;

  static MEDIAD_INLINE V interleave_low(V a, V b) { return as<V>(_mm256_unpacklo_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V interleave_high(V a, V b) {
    return as<V>(_mm256_unpackhi_epi16(as<M>(a), as<M>(b)));
  }
  static MEDIAD_INLINE M low32(M a, M b) { return _mm256_unpacklo_epi32(a, b); }
  static MEDIAD_INLINE M high32(M a, M b) { return _mm256_unpackhi_epi32(a, b); }
  static MEDIAD_INLINE M low64(M a, M b) { return _mm256_unpacklo_epi64(a, b); }
  static MEDIAD_INLINE M high64(M a, M b) { return _mm256_unpackhi_epi64(a, b); }
  static MEDIAD_INLINE D madd(V a, V b) { return as<D>(_mm256_madd_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V pack(D a, D b) { return as<V>(_mm256_packs_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi(V a, V b) { return as<V>(_mm256_mulhi_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi_unsigned(V a, V b) { return as<V>(_mm256_mulhi_epu16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhrs(V a, V b) { return as<V>(_mm256_mulhrs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V adds(V a, V b) { return as<V>(_mm256_adds_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V subs(V a, V b) { return as<V>(_mm256_subs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V min(V a, V b) { return as<V>(_mm256_min_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V max(V a, V b) { return as<V>(_mm256_max_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min(D a, D b) { return as<D>(_mm256_min_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D max(D a, D b) { return as<D>(_mm256_max_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min_unsigned(D a, D b) { return as<D>(_mm256_min_epu32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V abs(V a) { return as<V>(_mm256_abs_epi16(as<M>(a))); }
  static MEDIAD_INLINE D abs(D a) { return as<D>(_mm256_abs_epi32(as<M>(a))); }
  template <class T>
  static MEDIAD_INLINE T select(T mask, T a, T b) {
    return as<T>(_mm256_blendv_epi8(as<M>(b), as<M>(a), as<M>(mask)));
  }
  static MEDIAD_INLINE D halves(D low, D high) {
    return as<D>(_mm256_blend_epi16(as<M>(high), as<M>(low), 0x55));
  }
  static MEDIAD_INLINE bool any(V mask) { return _mm256_movemask_epi8(as<M>(mask)) != 0; }
  static MEDIAD_INLINE D gather(const std::int32_t* base, D index) {
    return as<D>(_mm256_i32gather_epi32(base, as<M>(index), 4));
  }
  static MEDIAD_INLINE M load_blocks(const std::int16_t* const* p, int k) {
    return _mm256_inserti128_si256(_mm256_castsi128_si256(part(p[k])), part(p[k + 8]), 1);
  }
  static MEDIAD_INLINE void store_blocks(std::int16_t* const* p, int k, M x) {
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(p[k])), _mm256_castsi256_si128(x));
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(p[k + 8])), _mm256_extracti128_si256(x, 1));
  }

 private:
  static MEDIAD_INLINE __m128i part(const std::int16_t* p) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(p)));
  }
};
#endif

#if defined(__AVX512BW__) && defined(__AVX512DQ__) && defined(__AVX512VL__)
/// 32 lanes.
struct Avx512 {
  static constexpr int kLanes = 32;
  using V = std::int16_t __attribute__((vector_size(64)));
  using U = std::uint16_t __attribute__((vector_size(64)));
  using D = std::int32_t __attribute__((vector_size(64)));
  using E = std::uint32_t __attribute__((vector_size(64)));
  using F = float __attribute__((vector_size(64)));
  using M = __m512i;

  static MEDIAD_INLINE V interleave_low(V a, V b) { return as<V>(_mm512_unpacklo_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V interleave_high(V a, V b) {
    return as<V>(_mm512_unpackhi_epi16(as<M>(a), as<M>(b)));
  }
  static MEDIAD_INLINE M low32(M a, M b) { return _mm512_unpacklo_epi32(a, b); }
  static MEDIAD_INLINE M high32(M a, M b) { return _mm512_unpackhi_epi32(a, b); }
  static MEDIAD_INLINE M low64(M a, M b) { return _mm512_unpacklo_epi64(a, b); }
  static MEDIAD_INLINE M high64(M a, M b) { return _mm512_unpackhi_epi64(a, b); }
  static MEDIAD_INLINE D madd(V a, V b) { return as<D>(_mm512_madd_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V pack(D a, D b) { return as<V>(_mm512_packs_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi(V a, V b) { return as<V>(_mm512_mulhi_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhi_unsigned(V a, V b) { return as<V>(_mm512_mulhi_epu16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V mulhrs(V a, V b) { return as<V>(_mm512_mulhrs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V adds(V a, V b) { return as<V>(_mm512_adds_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V subs(V a, V b) { return as<V>(_mm512_subs_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V min(V a, V b) { return as<V>(_mm512_min_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V max(V a, V b) { return as<V>(_mm512_max_epi16(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min(D a, D b) { return as<D>(_mm512_min_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D max(D a, D b) { return as<D>(_mm512_max_epi32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE D min_unsigned(D a, D b) { return as<D>(_mm512_min_epu32(as<M>(a), as<M>(b))); }
  static MEDIAD_INLINE V abs(V a) { return as<V>(_mm512_abs_epi16(as<M>(a))); }
  static MEDIAD_INLINE D abs(D a) { return as<D>(_mm512_abs_epi32(as<M>(a))); }
  template <class T>
  static MEDIAD_INLINE T select(T mask, T a, T b) {
    // b ^ ((a ^ b) & mask) in one ternary operation.
    return as<T>(_mm512_ternarylogic_epi32(as<M>(mask), as<M>(a), as<M>(b), 0xCA));
  }
  static MEDIAD_INLINE D halves(D low, D high) {
    return as<D>(_mm512_mask_blend_epi16(0x55555555U, as<M>(high), as<M>(low)));
  }
  static MEDIAD_INLINE bool any(V mask) { return _mm512_movepi16_mask(as<M>(mask)) != 0; }
  static MEDIAD_INLINE D gather(const std::int32_t* base, D index) {
    return as<D>(_mm512_i32gather_epi32(as<M>(index), base, 4));
  }
  static MEDIAD_INLINE M load_blocks(const std::int16_t* const* p, int k) {
    M x = _mm512_castsi128_si512(part(p[k]));
    x = _mm512_inserti32x4(x, part(p[k + 8]), 1);
    x = _mm512_inserti32x4(x, part(p[k + 16]), 2);
    return _mm512_inserti32x4(x, part(p[k + 24]), 3);
  }
  static MEDIAD_INLINE void store_blocks(std::int16_t* const* p, int k, M x) {
    put(p[k], _mm512_castsi512_si128(x));
    put(p[k + 8], _mm512_extracti32x4_epi32(x, 1));
    put(p[k + 16], _mm512_extracti32x4_epi32(x, 2));
    put(p[k + 24], _mm512_extracti32x4_epi32(x, 3));
  }

 private:
  static MEDIAD_INLINE __m128i part(const std::int16_t* p) {
    return _mm_loadu_si128(static_cast<const __m128i*>(static_cast<const void*>(p)));
  }
  static MEDIAD_INLINE void put(std::int16_t* p, __m128i x) {
    _mm_storeu_si128(static_cast<__m128i*>(static_cast<void*>(p)), x);
  }
};
#endif

}  // namespace codecs::g729::lanes
