#include "dataplane/net/neighbour_discovery.h"

#include <cstring>

#include "dataplane/net/checksum.h"

namespace dataplane {
namespace {

using base::load_u8;
using base::store_be16;
using base::store_be32;
using base::store_u8;

constexpr std::uint8_t kListenerQuery = 130, kSolicitation = 135, kAdvertisement = 136,
                       kListenerReportV2 = 143;
constexpr std::uint8_t kSourceOption = 1, kTargetOption = 2;
constexpr std::size_t kNeighbourHeader = 24;  // type, code, checksum, flags, target

base::IpAddress v6(std::initializer_list<std::uint8_t> front, std::uint8_t last) {
  base::IpAddress address{base::IpFamily::kV6, {}};
  std::copy(front.begin(), front.end(), address.octets.begin());
  address.octets[15] = last;
  return address;
}

bool checksum_good(base::Octets frame, const Frame& parsed) {
  const auto pseudo =
      pseudo_header_sum(parsed.source.ip, parsed.destination.ip, kProtocolIcmpv6, parsed.payload_size);
  return checksum_fold(checksum_add(pseudo, frame.subspan(parsed.transport_offset, parsed.payload_size))) ==
         0xFFFF;
}

// Ethernet and IPv6 headers; `next` is what follows them, `size` its octets.
std::byte* write_headers(std::byte* frame, const MacAddress& mac, const MacAddress& destination_mac,
                         const base::IpAddress& source, const base::IpAddress& destination, std::uint8_t next,
                         std::uint16_t size, std::uint8_t hop_limit) {
  std::memcpy(frame, destination_mac.data(), 6);
  std::memcpy(frame + 6, mac.data(), 6);
  store_be16(frame + 12, kEtherTypeIpv6);
  std::byte* ip = frame + kEthernetHeader;
  store_be32(ip, 0x60000000);
  store_be16(ip + 4, size);
  store_u8(ip + 6, next);
  store_u8(ip + 7, hop_limit);
  std::memcpy(ip + 8, source.octets.data(), 16);
  std::memcpy(ip + 24, destination.octets.data(), 16);
  return ip + kIpv6Header;
}

void write_neighbour(std::byte* frame, const MacAddress& mac, const MacAddress& destination_mac,
                     const base::IpAddress& source, const base::IpAddress& destination, std::uint8_t type,
                     std::uint32_t flags, const base::IpAddress& target) {
  constexpr std::uint16_t kSize = kNeighbourFrame - kEthernetHeader - kIpv6Header;
  std::byte* icmp =
      write_headers(frame, mac, destination_mac, source, destination, kProtocolIcmpv6, kSize, 255);
  store_u8(icmp, type);
  store_u8(icmp + 1, 0);
  store_be16(icmp + 2, 0);
  store_be32(icmp + 4, flags);
  std::memcpy(icmp + 8, target.octets.data(), 16);
  store_u8(icmp + 24, type == kSolicitation ? kSourceOption : kTargetOption);
  store_u8(icmp + 25, 1);  // in units of eight octets
  std::memcpy(icmp + 26, mac.data(), 6);
  checksum_store(icmp + 2,
                 checksum_add(pseudo_header_sum(source, destination, kProtocolIcmpv6, kSize), {icmp, kSize}));
}

// The option that carries the MAC, if the options are well formed; false if they are not.
bool read_options(base::Octets options, std::uint8_t wanted, std::optional<MacAddress>& mac) {
  while (!options.empty()) {
    const std::size_t size = options.size() < 2 ? 0 : load_u8(options.data() + 1) * std::size_t{8};
    if (size == 0 || size > options.size()) return false;
    if (load_u8(options.data()) == wanted) {
      mac.emplace();
      std::memcpy(mac->data(), options.data() + 2, 6);
    }
    options = options.subspan(size);
  }
  return true;
}

}  // namespace

std::optional<NeighbourMessage> parse_neighbour(base::Octets frame, const Frame& parsed) {
  const auto icmp = frame.subspan(parsed.transport_offset, parsed.payload_size);
  if (icmp.size() < kNeighbourHeader || parsed.hop_limit != 255) return std::nullopt;
  const auto type = load_u8(icmp.data());
  if ((type != kSolicitation && type != kAdvertisement) || load_u8(icmp.data() + 1) != 0) return std::nullopt;
  if (!checksum_good(frame, parsed)) return std::nullopt;
  NeighbourMessage message;
  message.advertisement = type == kAdvertisement;
  message.target.family = base::IpFamily::kV6;
  std::memcpy(message.target.octets.data(), icmp.data() + 8, 16);
  const auto wanted = message.advertisement ? kTargetOption : kSourceOption;
  if (message.target.is_multicast() || !read_options(icmp.subspan(kNeighbourHeader), wanted, message.mac))
    return std::nullopt;
  return message;
}

bool is_listener_query(base::Octets frame, const Frame& parsed) {
  return parsed.payload_size >= kNeighbourHeader &&
         load_u8(frame.data() + parsed.transport_offset) == kListenerQuery && parsed.hop_limit == 1 &&
         checksum_good(frame, parsed);
}

base::IpAddress solicited_node_group(const base::IpAddress& address) {
  auto group = v6({0xFF, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF}, 0);
  std::copy(address.octets.begin() + 13, address.octets.end(), group.octets.begin() + 13);
  return group;
}

MacAddress group_mac(const base::IpAddress& group) {
  return {0x33, 0x33, group.octets[12], group.octets[13], group.octets[14], group.octets[15]};
}

base::IpAddress link_local_of(const MacAddress& mac) {
  const auto first = static_cast<std::uint8_t>(mac[0] ^ 0x02);
  return v6({0xFE, 0x80, 0, 0, 0, 0, 0, 0, first, mac[1], mac[2], 0xFF, 0xFE, mac[3], mac[4]}, mac[5]);
}

void write_solicitation(std::byte* frame, const MacAddress& mac, const base::IpAddress& source,
                        const base::IpAddress& target) {
  const auto group = solicited_node_group(target);
  write_neighbour(frame, mac, group_mac(group), source, group, kSolicitation, 0, target);
}

void write_advertisement(std::byte* frame, const MacAddress& mac, const base::IpAddress& target,
                         const MacAddress& destination_mac, const base::IpAddress& destination,
                         bool solicited) {
  constexpr std::uint32_t kSolicitedFlag = 1u << 30, kOverrideFlag = 1u << 29;
  write_neighbour(frame, mac, destination_mac, target, destination, kAdvertisement,
                  (solicited ? kSolicitedFlag : 0) | kOverrideFlag, target);
}

void write_listener_report(std::byte* frame, const MacAddress& mac, const base::IpAddress& group) {
  constexpr std::uint8_t kHopByHop = 0, kChangeToExclude = 4;
  constexpr std::uint16_t kOptions = 8, kReport = 28;
  const auto source = link_local_of(mac);
  const auto routers = v6({0xFF, 0x02}, 0x16);  // all MLDv2-capable routers, RFC 3810 §5.2.14
  std::byte* options =
      write_headers(frame, mac, group_mac(routers), source, routers, kHopByHop, kOptions + kReport, 1);
  // Router alert (RFC 2711) and padding, without which RFC 3810 §5 has the report ignored.
  store_be32(options, std::uint32_t{kProtocolIcmpv6} << 24 | 0x0502);
  store_be32(options + 4, 0x00000100);
  std::byte* icmp = options + kOptions;
  store_be32(icmp, std::uint32_t{kListenerReportV2} << 24);
  store_be32(icmp + 4, 1);                                      // one group
  store_be32(icmp + 8, std::uint32_t{kChangeToExclude} << 24);  // ... excluding no source: a plain join
  std::memcpy(icmp + 12, group.octets.data(), 16);
  checksum_store(icmp + 2,
                 checksum_add(pseudo_header_sum(source, routers, kProtocolIcmpv6, kReport), {icmp, kReport}));
}

}  // namespace dataplane
