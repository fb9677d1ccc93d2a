#include "dataplane/net/frame.h"

#include <cstring>

#include "dataplane/net/checksum.h"

namespace dataplane {
namespace {

using base::load_be16;
using base::load_u8;

// More extension headers than any honest stack sends before UDP.
constexpr int kMaxExtensionHeaders = 4;

// The frame is filled in place, stage by stage: copying what was just written in small pieces stalls the
// loads.
void dropped(Frame& frame, Drop reason) {
  frame.kind = FrameKind::kDropped;
  frame.drop = reason;
}

void load_v4(base::IpAddress& address, const std::byte* p) {
  std::memcpy(address.octets.data(), p, 4);
}

void load_v6(base::IpAddress& address, const std::byte* p) {
  address.family = base::IpFamily::kV6;
  std::memcpy(address.octets.data(), p, 16);
}

// An address that nobody can be answered at; RFC 1122 §3.2.1.3, RFC 4291 §2.7.
bool is_no_sender(const base::IpAddress& ip) {
  const auto first = ip.octets[0];
  if (ip.is_v4()) return (first & 0xF0) == 0xE0 || first == 0;
  return first == 0xFF || ip.is_unspecified();
}

// Nearly every header has no options and is summed in three loads.
bool ipv4_checksum_good(const std::byte* ip, std::size_t size) {
  using detail::add_with_carry;
  using detail::load_native;
  if (size != kIpv4Header) [[unlikely]]
    return checksum_fold(checksum_add(0, {ip, size})) == 0xFFFF;
  const auto sum = add_with_carry(load_native<std::uint64_t>(ip), load_native<std::uint64_t>(ip + 8));
  return checksum_fold(add_with_carry(sum, load_native<std::uint32_t>(ip + 16))) == 0xFFFF;
}

// `packet` is what IP says is inside: from the start of the frame to the end of the IP packet.
[[gnu::always_inline]] inline void parse_udp(base::Octets packet, Frame& frame) {
  const std::size_t room = packet.size() - frame.transport_offset;
  if (room < kUdpHeader) return dropped(frame, Drop::kBadUdpHeader);
  const std::byte* udp = packet.data() + frame.transport_offset;
  const std::uint16_t length = load_be16(udp + 4);
  if (length < kUdpHeader || length > room) return dropped(frame, Drop::kBadUdpHeader);
  if (is_no_sender(frame.source.ip)) return dropped(frame, Drop::kBadIpHeader);
  frame.source.port.number = load_be16(udp);
  frame.destination.port.number = load_be16(udp + 2);
  frame.payload_offset = static_cast<std::uint16_t>(frame.transport_offset + kUdpHeader);
  frame.payload_size = static_cast<std::uint16_t>(length - kUdpHeader);
  frame.kind = FrameKind::kUdp;
}

[[gnu::always_inline]] inline void parse_transport(base::Octets packet, Frame& frame, std::uint8_t protocol) {
  const std::uint8_t icmp = frame.source.ip.is_v4() ? kProtocolIcmp : kProtocolIcmpv6;
  if (protocol == kProtocolUdp) return parse_udp(packet, frame);
  if (protocol != icmp) return dropped(frame, Drop::kNotUdp);
  frame.payload_offset = frame.transport_offset;
  frame.payload_size = static_cast<std::uint16_t>(packet.size() - frame.transport_offset);
  frame.kind = frame.source.ip.is_v4() ? FrameKind::kIcmp : FrameKind::kIcmpv6;
}

void parse_ipv4(base::Octets octets, Frame& frame) {
  const std::size_t room = octets.size() - frame.ip_offset;
  const std::byte* ip = octets.data() + frame.ip_offset;
  if (room < kIpv4Header || load_u8(ip) >> 4 != 4) return dropped(frame, Drop::kBadIpHeader);
  const std::size_t header = (load_u8(ip) & 0x0Fu) * 4u;
  const std::size_t total = load_be16(ip + 2);
  if (header < kIpv4Header || header > total || total > room) return dropped(frame, Drop::kBadIpHeader);
  if (!ipv4_checksum_good(ip, header)) return dropped(frame, Drop::kBadIpHeader);
  if ((load_be16(ip + 6) & 0x3FFF) != 0) return dropped(frame, Drop::kFragment);  // MF or an offset
  frame.tos = load_u8(ip + 1);
  frame.hop_limit = load_u8(ip + 8);
  load_v4(frame.source.ip, ip + 12);
  load_v4(frame.destination.ip, ip + 16);
  frame.transport_offset = static_cast<std::uint16_t>(frame.ip_offset + header);
  return parse_transport(octets.first(frame.ip_offset + total), frame, load_u8(ip + 9));
}

void parse_ipv6(base::Octets octets, Frame& frame) {
  constexpr std::uint8_t kHopByHop = 0, kRouting = 43, kFragment = 44, kDestinationOptions = 60;
  const std::size_t room = octets.size() - frame.ip_offset;
  const std::byte* ip = octets.data() + frame.ip_offset;
  if (room < kIpv6Header || load_u8(ip) >> 4 != 6) return dropped(frame, Drop::kBadIpHeader);
  const std::size_t total = kIpv6Header + load_be16(ip + 4);
  if (total > room) return dropped(frame, Drop::kBadIpHeader);
  frame.tos = static_cast<std::uint8_t>(load_be16(ip) >> 4);
  frame.hop_limit = load_u8(ip + 7);
  load_v6(frame.source.ip, ip + 8);
  load_v6(frame.destination.ip, ip + 24);
  std::uint8_t next = load_u8(ip + 6);
  std::size_t offset = kIpv6Header;
  for (int i = 0;; ++i) {
    if (next == kFragment) return dropped(frame, Drop::kFragment);
    if (next != kHopByHop && next != kRouting && next != kDestinationOptions) break;
    if (i == kMaxExtensionHeaders || offset + 8 > total) return dropped(frame, Drop::kBadIpHeader);
    next = load_u8(ip + offset);
    offset += 8 + load_u8(ip + offset + 1) * std::size_t{8};
    if (offset > total) return dropped(frame, Drop::kBadIpHeader);
  }
  frame.transport_offset = static_cast<std::uint16_t>(frame.ip_offset + offset);
  return parse_transport(octets.first(frame.ip_offset + total), frame, next);
}

}  // namespace

Frame parse_frame(base::Octets octets) {
  Frame frame;
  if (octets.size() < kEthernetHeader) return frame;
  std::memcpy(frame.source_mac.data(), octets.data() + 6, 6);
  frame.ip_offset = kEthernetHeader;
  std::uint16_t type = load_be16(octets.data() + 12);
  if (type == kEtherTypeVlan && octets.size() >= kEthernetHeader + 4) {
    // Only a priority tag is ours; a VLAN proper is another network with addresses of its own.
    if ((load_be16(octets.data() + 14) & 0x0FFF) != 0) return frame;
    type = load_be16(octets.data() + 16);
    frame.ip_offset += 4;
  }
  switch (type) {
    case kEtherTypeIpv4:
      parse_ipv4(octets, frame);
      return frame;
    case kEtherTypeIpv6:
      parse_ipv6(octets, frame);
      return frame;
    case kEtherTypeArp:
      frame.kind = FrameKind::kArp;
      return frame;
    default:
      return frame;
  }
}

std::uint64_t pseudo_header_sum(const base::IpAddress& source, const base::IpAddress& destination,
                                std::uint8_t protocol, std::uint16_t length) {
  std::uint64_t sum = checksum_add(0, std::as_bytes(std::span{source.octets}.first(source.size())));
  sum = checksum_add(sum, std::as_bytes(std::span{destination.octets}.first(destination.size())));
  return checksum_add(checksum_add(sum, std::uint16_t{protocol}), length);
}

namespace {

// The sum of everything that the UDP checksum covers, but the payload: pseudo header and header. The
// addresses of the pseudo header lie side by side in the packet.
std::uint64_t udp_header_sum(base::Octets octets, const Frame& frame) {
  const bool v4 = frame.source.ip.is_v4();
  const auto length = static_cast<std::uint16_t>(frame.payload_size + kUdpHeader);
  const std::byte* udp = octets.data() + frame.transport_offset;
  const std::byte* ip = octets.data() + frame.ip_offset;
  auto sum =
      detail::add_with_carry(detail::load_native<std::uint64_t>(udp),
                             std::uint64_t{__builtin_bswap16(kProtocolUdp)} + __builtin_bswap16(length));
  if (v4) return detail::add_with_carry(sum, detail::load_native<std::uint64_t>(ip + 12));
  return detail::add_block(sum, ip + 8);
}

}  // namespace

std::optional<std::uint64_t> verify_udp_checksum(base::Octets octets, const Frame& frame) {
  const auto payload = checksum_add(0, octets.subspan(frame.payload_offset, frame.payload_size));
  // RFC 768: all zero says that the sender made none.
  const bool absent = load_be16(octets.data() + frame.transport_offset + 6) == 0;
  const bool good =
      absent ? frame.source.ip.is_v4()
             : checksum_fold(detail::add_with_carry(payload, udp_header_sum(octets, frame))) == 0xFFFF;
  return good ? std::optional{payload} : std::nullopt;
}

std::uint64_t sum_of_verified_payload(base::Octets octets, const Frame& frame) {
  if (load_be16(octets.data() + frame.transport_offset + 6) == 0) [[unlikely]]
    return checksum_add(0, octets.subspan(frame.payload_offset, frame.payload_size));
  return static_cast<std::uint16_t>(~checksum_fold(udp_header_sum(octets, frame)));
}

}  // namespace dataplane
