#include "dataplane/net/owned_host.h"

#include <algorithm>

#include "dataplane/net/arp.h"
#include "dataplane/net/echo.h"
#include "dataplane/net/neighbour_discovery.h"

namespace dataplane {
namespace {

bool same_network(const OwnedAddress& own, const base::IpAddress& other) {
  if (own.ip.family != other.family) return false;
  const std::size_t bits = std::min<std::size_t>(own.prefix_length, own.ip.size() * 8);
  const std::size_t octets = bits / 8;
  if (!std::equal(own.ip.octets.begin(), own.ip.octets.begin() + static_cast<std::ptrdiff_t>(octets),
                  other.octets.begin()))
    return false;
  const auto mask = static_cast<std::uint8_t>(0xFF00 >> bits % 8);
  return mask == 0 || octets == own.ip.size() || ((own.ip.octets[octets] ^ other.octets[octets]) & mask) == 0;
}

base::IpAddress all_nodes() {
  base::IpAddress address{base::IpFamily::kV6, {0xFF, 0x02}};
  address.octets[15] = 1;
  return address;
}

}  // namespace

OwnedHost::OwnedHost(const MacAddress& mac, std::vector<OwnedAddress> addresses,
                     std::optional<base::IpAddress> gateway_v4, std::optional<base::IpAddress> gateway_v6)
    : mac_(mac), addresses_(std::move(addresses)), gateway_v4_(gateway_v4), gateway_v6_(gateway_v6) {
  if (std::any_of(addresses_.begin(), addresses_.end(), [](const auto& own) { return own.ip.is_v6(); }))
    addresses_.push_back({link_local_of(mac), 64});
}

bool OwnedHost::owns(const base::IpAddress& ip) const {
  return std::any_of(addresses_.begin(), addresses_.end(), [&](const auto& own) { return own.ip == ip; });
}

const OwnedAddress* OwnedHost::source_for(const base::IpAddress& target) const {
  const OwnedAddress* same_family = nullptr;
  for (const auto& own : addresses_) {
    if (same_network(own, target)) return &own;
    if (own.ip.family == target.family && same_family == nullptr) same_family = &own;
  }
  return same_family;
}

std::optional<base::IpAddress> OwnedHost::next_hop_to(const base::IpAddress& destination) const {
  for (const auto& own : addresses_)
    if (same_network(own, destination)) return destination;
  return destination.is_v4() ? gateway_v4_ : gateway_v6_;
}

HostReaction OwnedHost::react(base::MutableOctets room, std::size_t size, const Frame& parsed) const {
  switch (parsed.kind) {
    case FrameKind::kArp:
      return react_to_arp(room, size, parsed);
    case FrameKind::kIcmp:
      if (!owns(parsed.destination.ip)) return {};
      return {.answer_size = answer_echo(room, parsed, mac_)};
    case FrameKind::kIcmpv6:
      return react_to_icmpv6(room, size, parsed);
    default:
      return {};
  }
}

HostReaction OwnedHost::react_to_arp(base::MutableOctets room, std::size_t size, const Frame& parsed) const {
  const auto packet = parse_arp(room.first(size).subspan(parsed.ip_offset));
  if (!packet || packet->sender_mac == mac_ || owns(packet->sender_ip)) return {};
  HostReaction reaction;
  // RFC 826: whoever speaks to us, or announces itself, is worth remembering. An ARP probe has no sender
  // address.
  const bool ours = owns(packet->target_ip);
  if ((ours || packet->sender_ip == packet->target_ip) && !packet->sender_ip.is_unspecified())
    reaction.neighbour = Neighbour{packet->sender_ip, packet->sender_mac};
  if (!ours || packet->operation != ArpOperation::kRequest) return reaction;
  write_arp(room.data(), packet->sender_mac,
            {ArpOperation::kReply, mac_, packet->target_ip, packet->sender_mac, packet->sender_ip});
  reaction.answer_size = kArpFrame;
  return reaction;
}

HostReaction OwnedHost::react_to_icmpv6(base::MutableOctets room, std::size_t size,
                                        const Frame& parsed) const {
  const auto frame = room.first(size);
  if (is_listener_query(frame, parsed)) return {.announce = true};
  const auto message = parse_neighbour(frame, parsed);
  if (!message) {
    if (!owns(parsed.destination.ip)) return {};
    return {.answer_size = answer_echo(room, parsed, mac_)};
  }
  HostReaction reaction;
  if (message->advertisement) {
    if (message->mac) reaction.neighbour = Neighbour{message->target, *message->mac};
    return reaction;
  }
  if (!owns(message->target)) return {};
  const auto asker = parsed.source;  // before the answer overwrites the frame
  const bool probe = asker.ip.is_unspecified();
  if (!probe && message->mac) reaction.neighbour = Neighbour{asker.ip, *message->mac};
  // A host that probes for duplicates has no address yet: all nodes are told (RFC 4861 §7.2.4).
  const auto destination = probe ? all_nodes() : asker.ip;
  write_advertisement(room.data(), mac_, message->target, probe ? group_mac(destination) : parsed.source_mac,
                      destination, !probe);
  reaction.answer_size = kNeighbourFrame;
  return reaction;
}

std::size_t OwnedHost::write_question(base::MutableOctets room, const base::IpAddress& target) const {
  const auto* own = source_for(target);
  if (own == nullptr) return 0;
  if (target.is_v6()) {
    write_solicitation(room.data(), mac_, own->ip, target);
    return kNeighbourFrame;
  }
  write_arp(room.data(), kBroadcastMac, {ArpOperation::kRequest, mac_, own->ip, {}, target});
  return kArpFrame;
}

std::size_t OwnedHost::write_announcement(base::MutableOctets room, std::size_t index) const {
  if (index / 2 >= addresses_.size()) return 0;
  const auto& own = addresses_[index / 2];
  if (own.ip.is_v4()) {
    // Twice, as one is easily lost while a link comes up (RFC 5227 §1.1, ANNOUNCE_NUM).
    write_arp(room.data(), kBroadcastMac, {ArpOperation::kRequest, mac_, own.ip, {}, own.ip});
    return kArpFrame;
  }
  if (index % 2 == 0) {
    write_listener_report(room.data(), mac_, solicited_node_group(own.ip));
    return kListenerFrame;
  }
  write_advertisement(room.data(), mac_, own.ip, group_mac(all_nodes()), all_nodes(), false);
  return kNeighbourFrame;
}

}  // namespace dataplane
