#include "dataplane/net/arp.h"

#include <cstring>

#include "dataplane/net/frame.h"

namespace dataplane {
namespace {

using base::load_be16;
using base::store_be16;

constexpr std::size_t kArpPacket = 28;
constexpr std::uint16_t kHardwareEthernet = 1;
constexpr std::uint16_t kAddressSizes = 0x0604;  // of MAC and IPv4

base::IpAddress load_v4(const std::byte* p) {
  base::IpAddress address;
  std::memcpy(address.octets.data(), p, 4);
  return address;
}

}  // namespace

std::optional<ArpPacket> parse_arp(base::Octets arp) {
  if (arp.size() < kArpPacket) return std::nullopt;
  const std::byte* p = arp.data();
  const auto operation = load_be16(p + 6);
  if (load_be16(p) != kHardwareEthernet || load_be16(p + 2) != kEtherTypeIpv4 ||
      load_be16(p + 4) != kAddressSizes || operation < 1 || operation > 2)
    return std::nullopt;
  ArpPacket packet;
  packet.operation = ArpOperation{operation};
  std::memcpy(packet.sender_mac.data(), p + 8, 6);
  packet.sender_ip = load_v4(p + 14);
  std::memcpy(packet.target_mac.data(), p + 18, 6);
  packet.target_ip = load_v4(p + 24);
  return packet;
}

void write_arp(std::byte* frame, const MacAddress& destination, const ArpPacket& packet) {
  std::memcpy(frame, destination.data(), 6);
  std::memcpy(frame + 6, packet.sender_mac.data(), 6);
  store_be16(frame + 12, kEtherTypeArp);
  std::byte* p = frame + kEthernetHeader;
  store_be16(p, kHardwareEthernet);
  store_be16(p + 2, kEtherTypeIpv4);
  store_be16(p + 4, kAddressSizes);
  store_be16(p + 6, static_cast<std::uint16_t>(packet.operation));
  std::memcpy(p + 8, packet.sender_mac.data(), 6);
  std::memcpy(p + 14, packet.sender_ip.octets.data(), 4);
  std::memcpy(p + 18, packet.target_mac.data(), 6);
  std::memcpy(p + 24, packet.target_ip.octets.data(), 4);
}

}  // namespace dataplane
