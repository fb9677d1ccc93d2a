#pragma once
/// \file
/// BYE (RFC 3550 §6.6): sources that leave, and perhaps why.

#include <cstdint>
#include <optional>
#include <string_view>

#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {

struct Bye {
  base::Octets sources;     ///< four octets each
  std::string_view reason;  ///< in the packet's own octets; empty if none

  [[nodiscard]] std::size_t size() const { return sources.size() / 4; }
  [[nodiscard]] std::uint32_t source(std::size_t i) const { return base::load_be32(sources.data() + i * 4); }
};

/// nullopt: another type, or fewer sources than announced. A reason beyond the end is ignored.
[[nodiscard]] inline std::optional<Bye> parse_bye(const Packet& packet) noexcept {
  const std::size_t size = std::size_t{packet.count} * 4;
  if (packet.type != PacketType::kBye || packet.body.size() < size) return std::nullopt;
  Bye bye{.sources = packet.body.first(size), .reason = {}};
  const base::Octets rest = packet.body.subspan(size);
  if (rest.empty()) return bye;
  const std::size_t length = base::load_u8(rest.data());
  if (length < rest.size()) bye.reason = base::as_text(rest.subspan(1, length));
  return bye;
}

}  // namespace dataplane::rtp::rtcp
