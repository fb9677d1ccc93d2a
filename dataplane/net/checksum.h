#pragma once
/// \file
/// The Internet checksum (RFC 1071). Sums are kept over 16-bit words as they lie in memory: the ones'
/// complement sum does not care for byte order, so nothing is swapped until a field in host order is added. A
/// sum holds 64 bits and is folded once, at the end.

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "mediad/base/byte_io.h"

namespace dataplane {

namespace detail {

template <typename Word>
[[nodiscard]] inline Word load_native(const std::byte* p) {
  Word v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

// 2^64 is congruent to 1 modulo 2^16 - 1, so a carry out of the top comes back in at the bottom.
[[nodiscard]] inline std::uint64_t add_with_carry(std::uint64_t sum, std::uint64_t v) {
  sum += v;
  return sum + (sum < v ? 1 : 0);
}

inline constexpr std::size_t kBlock = 32;

/// `sum` plus four 64-bit words. On x86-64 one chain of additions with carry, which no compiler makes of the
/// comparison.
[[nodiscard]] inline std::uint64_t add_block(std::uint64_t sum, const std::byte* p) {
#if defined(__x86_64__)
  unsigned long long total = sum;
  unsigned char carry = _addcarry_u64(0, total, load_native<std::uint64_t>(p), &total);
  carry = _addcarry_u64(carry, total, load_native<std::uint64_t>(p + 8), &total);
  carry = _addcarry_u64(carry, total, load_native<std::uint64_t>(p + 16), &total);
  carry = _addcarry_u64(carry, total, load_native<std::uint64_t>(p + 24), &total);
  return total + carry;  // cannot carry again: the first sum that did was at most 2^64 - 2, and so were all
#else
  for (std::size_t i = 0; i < kBlock; i += 8) sum = add_with_carry(sum, load_native<std::uint64_t>(p + i));
  return sum;
#endif
}

}  // namespace detail

/// `sum` plus the words of `octets`; an odd last octet counts as if a zero followed (RFC 1071 §4.1). `octets`
/// must start at an even offset of what is summed.
[[nodiscard]] inline std::uint64_t checksum_add(std::uint64_t sum, base::Octets octets) {
  using detail::add_with_carry;
  using detail::load_native;
  const std::byte* p = octets.data();
  std::size_t left = octets.size();
  for (; left >= detail::kBlock; left -= detail::kBlock, p += detail::kBlock) sum = detail::add_block(sum, p);
  for (; left >= 8; left -= 8, p += 8) sum = add_with_carry(sum, load_native<std::uint64_t>(p));
  if ((left & 4) != 0) {
    sum = add_with_carry(sum, load_native<std::uint32_t>(p));
    p += 4;
  }
  if ((left & 2) != 0) {
    sum = add_with_carry(sum, load_native<std::uint16_t>(p));
    p += 2;
  }
  if ((left & 1) != 0) sum = add_with_carry(sum, base::load_u8(p));
  return sum;
}

/// `sum` plus one 16-bit field given in host order.
[[nodiscard]] inline std::uint64_t checksum_add(std::uint64_t sum, std::uint16_t field) {
  return detail::add_with_carry(sum, __builtin_bswap16(field));
}

/// The sum in 16 bits, as it lies in memory; 0xFFFF when summed over data with a right checksum in it.
[[nodiscard]] inline std::uint16_t checksum_fold(std::uint64_t sum) {
  sum = (sum & 0xFFFFFFFF) + (sum >> 32);
  sum = (sum & 0xFFFFFFFF) + (sum >> 32);
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

/// `sum` without the words of `octets` that are in it (RFC 1624 §3).
[[nodiscard]] inline std::uint64_t checksum_subtract(std::uint64_t sum, base::Octets octets) {
  return detail::add_with_carry(sum, static_cast<std::uint16_t>(~checksum_fold(checksum_add(0, octets))));
}

/// Writes the checksum of `sum` into its field.
inline void checksum_store(std::byte* field, std::uint64_t sum) {
  const auto value = static_cast<std::uint16_t>(~checksum_fold(sum));
  std::memcpy(field, &value, sizeof value);
}

}  // namespace dataplane
