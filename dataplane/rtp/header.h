#pragma once
/// \file
/// The RTP header (RFC 3550 §5.1): read and validated once, at the edge, into a typed view; rewritten in
/// place in the packet's own octets. Everything here: any thread, no allocation, no failure beyond what is
/// returned.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mediad/base/byte_io.h"

namespace dataplane::rtp {

inline constexpr std::size_t kFixedHeaderSize = 12;
inline constexpr std::uint8_t kVersion = 2;
/// Payload type octets 192..223 are RTCP on a shared port (RFC 5761 §4): RTP types 64..95 with the marker
/// bit.
inline constexpr std::uint8_t kRtcpTypeMask = 0xE0;
inline constexpr std::uint8_t kRtcpTypeBits = 0xC0;

/// One RTP packet, taken apart. The spans point into the packet that was parsed.
struct RtpHeader {
  std::uint32_t ssrc{0};
  std::uint32_t timestamp{0};
  std::uint16_t sequence{0};
  std::uint8_t payload_type{0};
  bool marker{false};
  std::uint8_t csrc_count{0};
  std::uint8_t padding{0};  ///< octets at the end, the count itself included; 0 = none
  std::uint16_t extension_profile{
      0};                  ///< "defined by profile" of §5.3.1; 0xBEDE for RFC 8285 one-byte elements
  base::Octets extension;  ///< body of the header extension, whole 32-bit words; empty = none
  base::Octets payload;    ///< without padding; may be empty

  [[nodiscard]] bool has_extension() const { return extension.data() != nullptr; }
};

/// The second octet of a datagram on a media port says RTCP (RFC 5761 §4). `packet` has at least two octets.
[[nodiscard]] inline bool looks_like_rtcp(base::Octets packet) {
  return (base::load_u8(packet.data() + 1) & kRtcpTypeMask) == kRtcpTypeBits;
}

/// Takes a datagram apart after the checks of RFC 3550 A.1 that need no memory of the source: version, no
/// RTCP type, contributing sources, extension and padding inside the packet. nullopt: not RTP.
[[nodiscard]] inline std::optional<RtpHeader> parse(base::Octets packet) noexcept {
  if (packet.size() < kFixedHeaderSize) return std::nullopt;
  const std::byte* const p = packet.data();
  const std::uint8_t first = base::load_u8(p);
  const std::uint8_t second = base::load_u8(p + 1);
  if ((first >> 6) != kVersion || (second & kRtcpTypeMask) == kRtcpTypeBits) return std::nullopt;

  RtpHeader h;
  h.marker = (second & 0x80) != 0;
  h.payload_type = second & 0x7F;
  h.sequence = base::load_be16(p + 2);
  h.timestamp = base::load_be32(p + 4);
  h.ssrc = base::load_be32(p + 8);
  h.csrc_count = first & 0x0F;

  std::size_t begin = kFixedHeaderSize + std::size_t{4} * h.csrc_count;
  std::size_t end = packet.size();
  if ((first & 0x10) != 0) {  // X: one extension follows the CSRC list (§5.3.1)
    if (begin + 4 > end) return std::nullopt;
    h.extension_profile = base::load_be16(p + begin);
    const std::size_t length = std::size_t{4} * base::load_be16(p + begin + 2);
    begin += 4;
    if (begin + length > end) return std::nullopt;
    h.extension = packet.subspan(begin, length);
    begin += length;
  }
  if (begin > end) return std::nullopt;
  if ((first & 0x20) != 0) {  // P: the last octet counts the padding, itself included
    h.padding = base::load_u8(p + end - 1);
    if (h.padding == 0 || h.padding > end - begin) return std::nullopt;
    end -= h.padding;
  }
  h.payload = packet.subspan(begin, end - begin);
  return h;
}

// --- in place; `packet` points at the first octet of a packet that parse() accepted

inline void set_payload_type(std::byte* packet, std::uint8_t payload_type) {
  const std::uint8_t marker = base::load_u8(packet + 1) & 0x80;
  base::store_u8(packet + 1, static_cast<std::uint8_t>(marker | (payload_type & 0x7F)));
}
inline void set_marker(std::byte* packet, bool marker) {
  const std::uint8_t type = base::load_u8(packet + 1) & 0x7F;
  base::store_u8(packet + 1, static_cast<std::uint8_t>(type | (marker ? 0x80 : 0)));
}
inline void set_sequence(std::byte* packet, std::uint16_t sequence) {
  base::store_be16(packet + 2, sequence);
}
inline void set_timestamp(std::byte* packet, std::uint32_t timestamp) {
  base::store_be32(packet + 4, timestamp);
}
inline void set_ssrc(std::byte* packet, std::uint32_t ssrc) {
  base::store_be32(packet + 8, ssrc);
}

/// What a packet that we originate says of itself.
struct RtpFields {
  std::uint32_t ssrc{0};
  std::uint32_t timestamp{0};
  std::uint16_t sequence{0};
  std::uint8_t payload_type{0};
  bool marker{false};
};

/// Writes the twelve octets of a header without CSRCs, extension or padding.
inline void write_header(std::byte* packet, const RtpFields& fields) {
  base::store_u8(packet, kVersion << 6);
  base::store_u8(packet + 1,
                 static_cast<std::uint8_t>((fields.marker ? 0x80 : 0) | (fields.payload_type & 0x7F)));
  set_sequence(packet, fields.sequence);
  set_timestamp(packet, fields.timestamp);
  set_ssrc(packet, fields.ssrc);
}

}  // namespace dataplane::rtp
