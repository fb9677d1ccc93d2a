#include "dataplane/net/header_template.h"

#include <cstring>

namespace dataplane {
namespace {

using base::store_be16;
using base::store_u8;

constexpr std::uint8_t kHopLimit = 64;  // RFC 1700's default

// Where the fields lie in their headers.
constexpr std::size_t kIpIdentification = 4, kIpChecksum = 10, kUdpChecksum = 6;

void store_sum(std::byte* field, std::uint64_t sum) {
  const auto folded = checksum_fold(sum);
  std::memcpy(field, &folded, sizeof folded);
}

}  // namespace

HeaderTemplate::HeaderTemplate(const MacAddress& source_mac, const MacAddress& destination_mac,
                               const base::SocketAddress& source, const base::SocketAddress& destination,
                               std::uint8_t tos) {
  std::byte* const front = octets_.data();
  std::byte* const ip = front + kEthernetHeader;
  const bool v4 = source.ip.is_v4();
  std::memcpy(front, destination_mac.data(), 6);
  std::memcpy(front + 6, source_mac.data(), 6);
  store_be16(front + 12, v4 ? kEtherTypeIpv4 : kEtherTypeIpv6);
  if (v4) {
    store_u8(ip, 0x45);
    store_u8(ip + 1, tos);
    store_u8(ip + 8, kHopLimit);
    store_u8(ip + 9, kProtocolUdp);
    std::memcpy(ip + 12, source.ip.octets.data(), 4);
    std::memcpy(ip + 16, destination.ip.octets.data(), 4);
    store_sum(ip + kIpChecksum, checksum_add(0, {ip, kIpv4Header}));
    store_be16(ip + kIpIdentification, source.port.number);  // anything; not the same for all flows
  } else {
    store_be16(ip, static_cast<std::uint16_t>(0x6000 | tos << 4));
    store_u8(ip + 6, kProtocolUdp);
    store_u8(ip + 7, kHopLimit);
    std::memcpy(ip + 8, source.ip.octets.data(), 16);
    std::memcpy(ip + 24, destination.ip.octets.data(), 16);
  }
  std::byte* const udp = ip + (v4 ? kIpv4Header : kIpv6Header);
  store_be16(udp, source.port.number);
  store_be16(udp + 2, destination.port.number);
  auto sum = pseudo_header_sum(source.ip, destination.ip, kProtocolUdp, 0);
  sum = checksum_add(checksum_add(sum, source.port.number), destination.port.number);
  store_sum(udp + kUdpChecksum, sum);
  size_ = static_cast<std::uint8_t>(udp + kUdpHeader - front);
}

void HeaderTemplate::write_ipv4(std::byte* ip, std::uint16_t udp_length) {
  const auto total = static_cast<std::uint16_t>(udp_length + kIpv4Header);
  auto* const last = octets_.data() + kEthernetHeader + kIpIdentification;
  const auto identification = static_cast<std::uint16_t>(base::load_be16(last) + 1);
  store_be16(last, identification);
  store_be16(ip + 2, total);
  store_be16(ip + kIpIdentification, identification);
  const auto constant = detail::load_native<std::uint16_t>(ip + kIpChecksum);
  checksum_store(ip + kIpChecksum, checksum_add(checksum_add(constant, total), identification));
}

void HeaderTemplate::write(std::byte* front, std::size_t payload_size, std::uint64_t payload_sum) {
  const auto udp_length = static_cast<std::uint16_t>(payload_size + kUdpHeader);
  std::byte* const udp = front + size_ - kUdpHeader;
  if (size_ == kMaxHeaders) {
    std::memcpy(front, octets_.data(), kMaxHeaders);
    store_be16(front + kEthernetHeader + 4, udp_length);
  } else {
    std::memcpy(front, octets_.data(), kEthernetHeader + kIpv4Header + kUdpHeader);
    write_ipv4(front + kEthernetHeader, udp_length);
  }
  store_be16(udp + 4, udp_length);
  // The length counts twice, in the pseudo header and in the header itself.
  const auto constant = detail::load_native<std::uint16_t>(octets_.data() + size_ - 2);
  const auto sum = checksum_add(checksum_add(payload_sum, udp_length), udp_length);
  auto checksum = static_cast<std::uint16_t>(~checksum_fold(detail::add_with_carry(sum, constant)));
  if (checksum == 0) checksum = 0xFFFF;  // zero would say that there is none (RFC 768)
  std::memcpy(udp + kUdpChecksum, &checksum, sizeof checksum);
}

}  // namespace dataplane
