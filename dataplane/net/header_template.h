#pragma once
/// \file
/// The Ethernet, IP and UDP headers of one direction of one flow, computed once and stamped in front of
/// payloads.

#include <array>
#include <cstdint>

#include "dataplane/api/mac_address.h"
#include "dataplane/net/checksum.h"
#include "dataplane/net/frame.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

inline constexpr std::size_t kMaxHeaders = kEthernetHeader + kIpv6Header + kUdpHeader;

/// Trivially copyable, no allocation. 43 octets of it are used for IPv4, all 63 for IPv6: it is made to share
/// a cache line with what else is needed to send a packet. Default-constructed: size() 0 and not to be
/// written.
class HeaderTemplate {
 public:
  HeaderTemplate() = default;
  /// `source` and `destination` must be of one family. `tos` is the IPv4 TOS or IPv6 traffic class octet.
  HeaderTemplate(const MacAddress& source_mac, const MacAddress& destination_mac,
                 const base::SocketAddress& source, const base::SocketAddress& destination, std::uint8_t tos);

  /// 42 for IPv4, 62 for IPv6, 0 if default-constructed.
  [[nodiscard]] std::size_t size() const { return size_; }
  explicit operator bool() const { return size_ != 0; }

  /// Writes size() octets at `front`; `payload` is what will follow them, and its length is right for the
  /// MTU. Fills in lengths, IPv4 identification and both checksums. The don't-fragment bit is clear: a tunnel
  /// on the way may cut a packet, which is better than a silent loss, as nobody here hears ICMP "too big".
  void write(std::byte* front, base::Octets payload) {
    write(front, payload.size(), checksum_add(0, payload));
  }
  /// The same for a payload whose checksum_add() is known.
  void write(std::byte* front, std::size_t payload_size, std::uint64_t payload_sum);

 private:
  void write_ipv4(std::byte* ip, std::uint16_t udp_length);

  std::uint8_t size_{0};
  // What is to be filled in holds what it is made from: the IPv4 identification the last one used (RFC 6864
  // §4.1: must not repeat soon for packets that may be fragmented), the IPv4 checksum the sum of the constant
  // fields of its header, the UDP checksum that of pseudo header and ports.
  std::array<std::byte, kMaxHeaders> octets_{};
};

}  // namespace dataplane
