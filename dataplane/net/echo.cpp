#include "dataplane/net/echo.h"

#include <algorithm>
#include <cstring>

#include "dataplane/net/checksum.h"

namespace dataplane {
namespace {

using base::store_u8;

constexpr std::size_t kEchoHeader = 8;
constexpr std::uint8_t kRequestV4 = 8, kReplyV4 = 0;
constexpr std::uint8_t kRequestV6 = 128, kReplyV6 = 129;
constexpr std::uint8_t kHopLimit = 64;

}  // namespace

std::size_t answer_echo(base::MutableOctets frame, const Frame& parsed, const MacAddress& mac) {
  const bool v4 = parsed.kind == FrameKind::kIcmp;
  std::byte* const icmp = frame.data() + parsed.transport_offset;
  const std::size_t size = parsed.payload_size;
  if (size < kEchoHeader || base::load_u8(icmp) != (v4 ? kRequestV4 : kRequestV6) ||
      base::load_u8(icmp + 1) != 0)
    return 0;
  const auto pseudo = v4 ? 0
                         : pseudo_header_sum(parsed.source.ip, parsed.destination.ip, kProtocolIcmpv6,
                                             static_cast<std::uint16_t>(size));
  if (checksum_fold(checksum_add(pseudo, {icmp, size})) != 0xFFFF) return 0;

  std::memcpy(frame.data(), frame.data() + 6, 6);
  std::memcpy(frame.data() + 6, mac.data(), 6);
  std::byte* const ip = frame.data() + parsed.ip_offset;
  // Source and destination change places, which leaves every checksum as it is.
  const std::size_t first = v4 ? 12 : 8, length = v4 ? 4 : 16;
  std::swap_ranges(ip + first, ip + first + length, ip + first + length);
  store_u8(ip + (v4 ? 8 : 7), kHopLimit);
  if (v4) {
    const std::size_t header = static_cast<std::size_t>(parsed.transport_offset - parsed.ip_offset);
    base::store_be16(ip + 10, 0);
    checksum_store(ip + 10, checksum_add(0, {ip, header}));
  }
  store_u8(icmp, v4 ? kReplyV4 : kReplyV6);
  base::store_be16(icmp + 2, 0);
  checksum_store(icmp + 2, checksum_add(pseudo, {icmp, size}));
  return parsed.transport_offset + size;
}

}  // namespace dataplane
