#pragma once
/// \file
/// IPv4 and IPv6 addresses as plain values, shared by control and dataplane. Trivially copyable, 17 octets.

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "mediad/base/units.h"

namespace base {

enum class IpFamily : std::uint8_t { kV4, kV6 };

/// An address in network octet order; IPv4 uses the first four octets and leaves the others zero.
struct IpAddress {
  IpFamily family{IpFamily::kV4};
  std::array<std::uint8_t, 16> octets{};

  auto operator<=>(const IpAddress&) const = default;

  [[nodiscard]] bool is_v4() const { return family == IpFamily::kV4; }
  [[nodiscard]] bool is_v6() const { return family == IpFamily::kV6; }
  /// 0.0.0.0 or ::, the address of a stream on hold in the old style (RFC 3264 §8.4).
  [[nodiscard]] bool is_unspecified() const { return octets == std::array<std::uint8_t, 16>{}; }
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_multicast() const;
  /// Size of the address on the wire: 4 or 16.
  [[nodiscard]] std::size_t size() const { return is_v4() ? 4 : 16; }

  /// Reads dotted-quad or RFC 4291 text without brackets or zone; nullopt if it is neither.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
  [[nodiscard]] static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d);
  /// Canonical text (RFC 5952 for IPv6).
  [[nodiscard]] std::string to_string() const;
};

/// An IP address and UDP port.
struct SocketAddress {
  IpAddress ip;
  UdpPort port;

  auto operator<=>(const SocketAddress&) const = default;

  /// "192.0.2.1:5060" or "[2001:db8::1]:5060".
  [[nodiscard]] static std::optional<SocketAddress> parse(std::string_view text);
  [[nodiscard]] std::string to_string() const;
};

}  // namespace base

template <>
struct std::hash<base::IpAddress> {
  std::size_t operator()(const base::IpAddress& a) const noexcept {
    std::uint64_t w[2];
    std::memcpy(w, a.octets.data(), sizeof w);
    return static_cast<std::size_t>((w[0] * 0x9E3779B97F4A7C15ULL) ^ (w[1] * 0xC2B2AE3D27D4EB4FULL) ^
                                    static_cast<std::uint64_t>(a.family));
  }
};

template <>
struct std::hash<base::SocketAddress> {
  std::size_t operator()(const base::SocketAddress& a) const noexcept {
    return std::hash<base::IpAddress>{}(a.ip) * 31 + a.port.number;
  }
};
