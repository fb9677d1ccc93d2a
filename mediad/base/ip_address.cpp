#include "mediad/base/ip_address.h"

#include <arpa/inet.h>

#include <charconv>

namespace base {

bool IpAddress::is_loopback() const {
  if (is_v4()) return octets[0] == 127;
  std::array<std::uint8_t, 16> one{};
  one[15] = 1;
  return octets == one;
}

bool IpAddress::is_multicast() const {
  return is_v4() ? (octets[0] & 0xF0) == 0xE0 : octets[0] == 0xFF;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[INET6_ADDRSTRLEN];
  if (text.empty() || text.size() >= sizeof buffer) return std::nullopt;
  std::memcpy(buffer, text.data(), text.size());
  buffer[text.size()] = '\0';
  IpAddress address;
  if (inet_pton(AF_INET, buffer, address.octets.data()) == 1) return address;
  address.family = IpFamily::kV6;
  if (inet_pton(AF_INET6, buffer, address.octets.data()) == 1) return address;
  return std::nullopt;
}

IpAddress IpAddress::v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
  IpAddress address;
  address.octets[0] = a;
  address.octets[1] = b;
  address.octets[2] = c;
  address.octets[3] = d;
  return address;
}

std::string IpAddress::to_string() const {
  char buffer[INET6_ADDRSTRLEN];
  if (is_v4()) {  // inet_ntop formats it by snprintf, and every description has several
    auto* end = buffer;
    for (unsigned i = 0; i < 4; ++i) {
      if (i > 0) *end++ = '.';
      end = std::to_chars(end, buffer + sizeof buffer, octets[i]).ptr;
    }
    return {buffer, end};
  }
  inet_ntop(AF_INET6, octets.data(), buffer, sizeof buffer);
  return buffer;
}

std::optional<SocketAddress> SocketAddress::parse(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto ip = IpAddress::parse(host);
  if (!ip || ip->is_v6() != bracketed) return std::nullopt;
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (ec != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return SocketAddress{*ip, UdpPort{port}};
}

std::string SocketAddress::to_string() const {
  const auto digits = std::to_string(port.number);
  return ip.is_v4() ? ip.to_string() + ":" + digits : "[" + ip.to_string() + "]:" + digits;
}

}  // namespace base
