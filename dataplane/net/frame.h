#pragma once
/// \file
/// What an Ethernet frame is, parsed once: UDP for a media port, something that a host must answer, or a
/// Drop.

#include <cstdint>
#include <optional>

#include "dataplane/api/mac_address.h"
#include "dataplane/drop.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

inline constexpr std::size_t kEthernetHeader = 14;
inline constexpr std::size_t kIpv4Header = 20;
inline constexpr std::size_t kIpv6Header = 40;
inline constexpr std::size_t kUdpHeader = 8;

inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeArp = 0x0806;
inline constexpr std::uint16_t kEtherTypeVlan = 0x8100;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86DD;

inline constexpr std::uint8_t kProtocolIcmp = 1;
inline constexpr std::uint8_t kProtocolUdp = 17;
inline constexpr std::uint8_t kProtocolIcmpv6 = 58;

enum class FrameKind : std::uint8_t { kDropped, kUdp, kArp, kIcmp, kIcmpv6 };

/// A parsed frame. Offsets are from the start of the frame; everything they promise lies inside it.
struct Frame {
  FrameKind kind{FrameKind::kDropped};
  Drop drop{Drop::kNotIp};  ///< why, if kDropped
  MacAddress source_mac{};
  base::SocketAddress source, destination;  ///< port 0 unless kUdp; unset for kArp
  std::uint16_t ip_offset{0};               ///< of the IP or ARP header
  std::uint16_t transport_offset{0};        ///< of the UDP, ICMP or ICMPv6 header
  std::uint16_t payload_offset{0};          ///< of the octets behind the UDP header
  std::uint16_t payload_size{0};  ///< UDP: of its payload; ICMP: from transport_offset to the packet's end
  std::uint8_t tos{0};            ///< traffic class
  std::uint8_t hop_limit{0};
};

/// Parses Ethernet (with at most a priority tag, VLAN 0), IPv4 and IPv6 (behind options and extension
/// headers) and UDP. Lengths are checked against each other and against the frame, which a capture may have
/// cut; padding behind the IP packet is left out. The IPv4 header checksum is verified, the UDP checksum is
/// not. Fragments are dropped. Any thread, no allocation. RFC 791, RFC 8200, RFC 768.
[[nodiscard]] Frame parse_frame(base::Octets frame);

/// The checksum_add() of a kUdp frame's payload, if the UDP checksum is right (RFC 768; for IPv6 also that
/// there is one, RFC 8200 §8.1).
[[nodiscard]] std::optional<std::uint64_t> verify_udp_checksum(base::Octets frame, const Frame& parsed);
[[nodiscard]] inline bool udp_checksum_good(base::Octets frame, const Frame& parsed) {
  return verify_udp_checksum(frame, parsed).has_value();
}
/// The same sum of a frame whose checksum somebody else has found right: it follows from the checksum alone.
[[nodiscard]] std::uint64_t sum_of_verified_payload(base::Octets frame, const Frame& parsed);

/// Sum of the pseudo header (RFC 768, RFC 8200 §8.1) for checksum_add().
[[nodiscard]] std::uint64_t pseudo_header_sum(const base::IpAddress& source,
                                              const base::IpAddress& destination, std::uint8_t protocol,
                                              std::uint16_t length);

}  // namespace dataplane
