#pragma once
/// \file
/// A flow is the path between mediad and one peer address: a UDP address pair, or one TCP, TLS or WebSocket
/// connection (RFC 5626 §3). A plain value, good to keep and to compare.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include "mediad/base/ip_address.h"

namespace control::sip {

enum class Transport : std::uint8_t { kUdp, kTcp, kTls, kWs, kWss };

/// Retransmission is the transport's affair (RFC 3261 §17).
[[nodiscard]] constexpr bool is_reliable(Transport t) {
  return t != Transport::kUdp;
}
[[nodiscard]] constexpr bool is_secure(Transport t) {
  return t == Transport::kTls || t == Transport::kWss;
}
/// "UDP", "TCP", "TLS", "WS", "WSS" as in Via.
[[nodiscard]] constexpr std::string_view via_name(Transport t) {
  constexpr std::string_view kNames[] = {"UDP", "TCP", "TLS", "WS", "WSS"};
  return kNames[static_cast<std::size_t>(t)];
}
/// Value of the URI parameter `transport` (RFC 3261 §19.1.1, RFC 7118 §5.1: "ws" for both).
[[nodiscard]] constexpr std::string_view uri_name(Transport t) {
  constexpr std::string_view kNames[] = {"udp", "tcp", "tls", "ws", "ws"};
  return kNames[static_cast<std::size_t>(t)];
}

struct FlowId {
  Transport transport{Transport::kUdp};
  /// Index of the local endpoint, in the order of SipPort::listen.
  std::uint16_t listener{0};
  /// Number of the connection, never used twice; 0 for UDP.
  std::uint64_t connection{0};
  base::SocketAddress remote;

  auto operator<=>(const FlowId&) const = default;
};

}  // namespace control::sip

template <>
struct std::hash<control::sip::FlowId> {
  std::size_t operator()(const control::sip::FlowId& f) const noexcept {
    return (std::hash<base::SocketAddress>{}(f.remote) ^ (f.connection * 0x9E3779B97F4A7C15ULL)) +
           (static_cast<std::size_t>(f.listener) << 3) + static_cast<std::size_t>(f.transport);
  }
};
