#pragma once
/// \file
/// What a datagram on a media port is, by its first octets (RFC 7983 §7, RFC 5761 §4). Any thread, no
/// allocation.

#include <cstdint>

#include "dataplane/rtp/header.h"
#include "mediad/base/byte_io.h"

namespace dataplane::rtp {

enum class Protocol : std::uint8_t { kRtp, kRtcp, kStun, kZrtp, kDtls, kTurnChannel, kUnknown };

inline constexpr std::size_t kStunHeaderSize = 20;
inline constexpr std::uint32_t kStunMagicCookie = 0x2112A442;

/// A STUN message by RFC 8489 §5: two zero bits, whole words, the length that the datagram has, the magic
/// cookie.
[[nodiscard]] inline bool is_stun(base::Octets datagram) noexcept {
  if (datagram.size() < kStunHeaderSize) return false;
  const std::byte* const p = datagram.data();
  const std::size_t length = base::load_be16(p + 2);
  return (base::load_u8(p) & 0xC0) == 0 && length % 4 == 0 && length + kStunHeaderSize == datagram.size() &&
         base::load_be32(p + 4) == kStunMagicCookie;
}

/// The protocol by the first octet; RTP and RTCP are told apart by the second. It does not validate: what it
/// calls kRtp still goes through parse(), kRtcp through rtcp::validate().
[[nodiscard]] inline Protocol classify(base::Octets datagram) noexcept {
  if (datagram.size() < 2) return Protocol::kUnknown;
  const std::uint8_t first = base::load_u8(datagram.data());
  if (first >= 128 && first <= 191) [[likely]] {
    return looks_like_rtcp(datagram) ? Protocol::kRtcp : Protocol::kRtp;
  }
  if (first <= 3) return is_stun(datagram) ? Protocol::kStun : Protocol::kUnknown;
  if (first >= 16 && first <= 19) return Protocol::kZrtp;
  if (first >= 20 && first <= 63) return Protocol::kDtls;
  if (first >= 64 && first <= 79) return Protocol::kTurnChannel;
  return Protocol::kUnknown;
}

}  // namespace dataplane::rtp
