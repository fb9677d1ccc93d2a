#pragma once
/// \file
/// RTPFB and PSFB (RFC 4585 §6.1): who asks, about which stream, for what.
///
///     |                  SSRC of packet sender                        |
///     |                  SSRC of media source                         |
///     |            feedback control information (FCI) …               |

#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {

/// Formats that a relay may want to count; by packet type.
inline constexpr std::uint8_t kNack = 1;              ///< RTPFB, RFC 4585 §6.2.1
inline constexpr std::uint8_t kTransportWide = 15;    ///< RTPFB, congestion control of WebRTC
inline constexpr std::uint8_t kPictureLoss = 1;       ///< PSFB, RFC 4585 §6.3.1
inline constexpr std::uint8_t kFullIntraRequest = 4;  ///< PSFB, RFC 5104 §4.3.1

struct Feedback {
  PacketType type{};
  std::uint8_t format{0};
  std::uint32_t sender{0};
  std::uint32_t media{0};
  base::Octets fci;
};

/// nullopt: another type, or no room for both SSRCs.
[[nodiscard]] inline std::optional<Feedback> parse_feedback(const Packet& packet) noexcept {
  const bool is_feedback =
      packet.type == PacketType::kTransportFeedback || packet.type == PacketType::kPayloadFeedback;
  if (!is_feedback || packet.body.size() < 8) return std::nullopt;
  return Feedback{.type = packet.type,
                  .format = packet.count,
                  .sender = base::load_be32(packet.body.data()),
                  .media = base::load_be32(packet.body.data() + 4),
                  .fci = packet.body.subspan(8)};
}

}  // namespace dataplane::rtp::rtcp
