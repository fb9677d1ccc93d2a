#pragma once
/// \file
/// The Homer encapsulation protocol, version 3 (HEP3): one captured message in one datagram.

#include <cstdint>
#include <string>
#include <string_view>

#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace control {

enum class HepPayload : std::uint8_t { kSip = 1, kRtcpJson = 5 };

/// Views live as long as the call of encode_hep().
struct HepPacket {
  base::SocketAddress source, destination;  ///< of the same family
  bool is_udp{true};                        ///< else TCP, whatever runs over it
  base::WallTime at{};
  HepPayload payload_type{HepPayload::kSip};
  std::uint32_t agent_id{0};
  std::string_view correlation_id{};  ///< Call-ID; empty: none is sent
  std::string_view payload{};
};

/// The datagram; empty if it would not fit into one. Any thread; allocates.
[[nodiscard]] std::string encode_hep(const HepPacket& packet);

}  // namespace control
