#pragma once
/// \file
/// ARP for IPv4 over Ethernet (RFC 826, RFC 5227).

#include <cstdint>
#include <optional>

#include "dataplane/api/mac_address.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

enum class ArpOperation : std::uint16_t { kRequest = 1, kReply = 2 };

struct ArpPacket {
  ArpOperation operation{ArpOperation::kRequest};
  MacAddress sender_mac{};
  base::IpAddress sender_ip;
  MacAddress target_mac{};  ///< of no meaning in a request
  base::IpAddress target_ip;
};

/// Octets of an ARP frame, without padding.
inline constexpr std::size_t kArpFrame = 42;

/// Reads the ARP packet at `arp`; nullopt if it is cut, not of IPv4 over Ethernet, or of another operation.
[[nodiscard]] std::optional<ArpPacket> parse_arp(base::Octets arp);

/// Writes a whole frame of kArpFrame octets: from the sender to `destination`.
void write_arp(std::byte* frame, const MacAddress& destination, const ArpPacket& packet);

}  // namespace dataplane
