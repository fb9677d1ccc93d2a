#pragma once
/// \file
/// APP (RFC 3550 §6.7): whatever an application agreed on with itself. Passed on, never understood.

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {

struct Application {
  std::uint32_t ssrc{0};
  std::uint8_t subtype{0};
  std::string_view name;  ///< four characters
  base::Octets data;
};

/// nullopt: another type, or no room for SSRC and name.
[[nodiscard]] inline std::optional<Application> parse_application(const Packet& packet) noexcept {
  if (packet.type != PacketType::kApplication || packet.body.size() < 8) return std::nullopt;
  return Application{.ssrc = base::load_be32(packet.body.data()),
                     .subtype = packet.count,
                     .name = base::as_text(packet.body.subspan(4, 4)),
                     .data = packet.body.subspan(8)};
}

}  // namespace dataplane::rtp::rtcp
