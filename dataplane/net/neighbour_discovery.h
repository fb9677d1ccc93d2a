#pragma once
/// \file
/// IPv6 neighbour discovery (RFC 4861) and the multicast listener report that makes snooping switches let it
/// through (RFC 3810).

#include <cstdint>
#include <optional>

#include "dataplane/api/mac_address.h"
#include "dataplane/net/frame.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

/// A neighbour solicitation or advertisement.
struct NeighbourMessage {
  bool advertisement{false};
  base::IpAddress target;
  std::optional<MacAddress>
      mac;  ///< the link-layer address option: source's in a solicitation, target's otherwise
};

/// Octets of the frames that are written here.
inline constexpr std::size_t kNeighbourFrame = kEthernetHeader + kIpv6Header + 32;
inline constexpr std::size_t kListenerFrame = kEthernetHeader + kIpv6Header + 8 + 28;

/// Reads a kIcmpv6 frame; nullopt unless it is valid by RFC 4861 §7.1.1 and §7.1.2: hop limit 255, right
/// checksum, code 0, whole options.
[[nodiscard]] std::optional<NeighbourMessage> parse_neighbour(base::Octets frame, const Frame& parsed);
/// Whether a kIcmpv6 frame is a multicast listener query (RFC 3810 §5.1, RFC 2710 §3).
[[nodiscard]] bool is_listener_query(base::Octets frame, const Frame& parsed);

/// ff02::1:ffXX:XXXX of an address (RFC 4291 §2.7.1), and the Ethernet address of an IPv6 group (RFC 2464
/// §7).
[[nodiscard]] base::IpAddress solicited_node_group(const base::IpAddress& address);
[[nodiscard]] MacAddress group_mac(const base::IpAddress& group);
/// fe80:: with the interface identifier of the MAC (RFC 4291 appendix A).
[[nodiscard]] base::IpAddress link_local_of(const MacAddress& mac);

/// Each writes a whole frame at `frame`, kNeighbourFrame or kListenerFrame octets.
/// Asks the target's solicited-node group who has `target`.
void write_solicitation(std::byte* frame, const MacAddress& mac, const base::IpAddress& source,
                        const base::IpAddress& target);
/// Says that `target` is ours, at `mac`: to the solicitor, or unasked to all nodes (RFC 4861 §7.2.4, §7.2.6).
void write_advertisement(std::byte* frame, const MacAddress& mac, const base::IpAddress& target,
                         const MacAddress& destination_mac, const base::IpAddress& destination,
                         bool solicited);
/// Joins `group`, from the link-local address of the MAC.
void write_listener_report(std::byte* frame, const MacAddress& mac, const base::IpAddress& group);

}  // namespace dataplane
