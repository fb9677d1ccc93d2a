#pragma once
/// \file
/// The host that a port plays when its addresses are ours alone: it answers ARP, neighbour discovery and
/// ping, and knows what is on the link and which gateway leads to the rest.

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/api/mac_address.h"
#include "dataplane/net/frame.h"
#include "mediad/base/byte_io.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

/// An address and how much of it names the link's network.
struct OwnedAddress {
  base::IpAddress ip;
  std::uint8_t prefix_length{0};
};

/// A neighbour heard of on the link.
struct Neighbour {
  base::IpAddress ip;
  MacAddress mac{};
};

/// Room that every function that writes a frame may use; an answer to ping may be as long as the request.
inline constexpr std::size_t kHostFrameRoom = 128;

/// What the host makes of a frame that is not UDP.
struct HostReaction {
  std::size_t answer_size{0};  ///< octets of the answer that replaced the frame, 0: none
  std::optional<Neighbour> neighbour{};
  bool announce{false};  ///< a router asked for our multicast groups: send announcements
};

/// Immutable after construction, so every worker may use the same one. No allocation after construction.
class OwnedHost {
 public:
  OwnedHost(const MacAddress& mac, std::vector<OwnedAddress> addresses,
            std::optional<base::IpAddress> gateway_v4, std::optional<base::IpAddress> gateway_v6);

  [[nodiscard]] const MacAddress& mac() const { return mac_; }
  /// One of the addresses, or the link-local one that goes with an IPv6 address.
  [[nodiscard]] bool owns(const base::IpAddress& ip) const;
  /// Whose MAC address a packet to `destination` needs: its own on the link, the gateway's elsewhere; nullopt
  /// if there is no gateway.
  [[nodiscard]] std::optional<base::IpAddress> next_hop_to(const base::IpAddress& destination) const;

  /// Reacts to a kArp, kIcmp or kIcmpv6 frame of `size` octets at the start of `room`, which has at least
  /// kHostFrameRoom octets. The answer, if any, takes the frame's place.
  [[nodiscard]] HostReaction react(base::MutableOctets room, std::size_t size, const Frame& parsed) const;

  /// Writes the question for the MAC address of `target`, a neighbour; returns its size.
  [[nodiscard]] std::size_t write_question(base::MutableOctets room, const base::IpAddress& target) const;
  /// What is to be said at start: a gratuitous ARP request per IPv4 address (RFC 5227 §2.3), a listener
  /// report and an advertisement per IPv6 address. Writes number `index`, from 0 on, and returns its size; 0
  /// after the last.
  [[nodiscard]] std::size_t write_announcement(base::MutableOctets room, std::size_t index) const;

 private:
  [[nodiscard]] HostReaction react_to_arp(base::MutableOctets room, std::size_t size,
                                          const Frame& parsed) const;
  [[nodiscard]] HostReaction react_to_icmpv6(base::MutableOctets room, std::size_t size,
                                             const Frame& parsed) const;
  [[nodiscard]] const OwnedAddress* source_for(const base::IpAddress& target) const;

  MacAddress mac_;
  std::vector<OwnedAddress> addresses_;  // with IPv6 among them: link-local last
  std::optional<base::IpAddress> gateway_v4_, gateway_v6_;
};

}  // namespace dataplane
