#pragma once
/// \file
/// XR (RFC 3611): of its blocks, VoIP metrics (§4.7), in which a phone says what its user heard.
///
///     |     BT=7      |   reserved    |       block length = 8        |
///     |                        SSRC of source                         |
///     |   loss rate   | discard rate  | burst density |  gap density  |
///     |       burst duration          |         gap duration          |
///     |     round trip delay          |       end system delay        |
///     | signal level  |  noise level  |     RERL      |     Gmin      |
///     |   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
///     |   RX config   |   reserved    |          JB nominal           |
///     |          JB maximum           |          JB abs max           |

#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/compound.h"

namespace dataplane::rtp::rtcp {

struct VoipMetrics {
  static constexpr std::uint8_t kUnavailable = 127;  ///< of the qualities (§4.7.5)

  std::uint32_t ssrc{0};         ///< of the stream that is reported on
  std::uint8_t loss_rate{0};     ///< in 1/256, before any repair
  std::uint8_t discard_rate{0};  ///< in 1/256, too late for the jitter buffer
  std::uint16_t round_trip_ms{0};
  std::uint16_t end_system_ms{0};
  std::uint8_t r_factor{kUnavailable};
  std::uint8_t mos_lq_x10{kUnavailable};
  std::uint8_t mos_cq_x10{kUnavailable};

  static constexpr std::size_t kBlockSize = 36;
};

/// The first VoIP metrics block of an XR packet. nullopt: another type, none, or broken before it.
[[nodiscard]] std::optional<VoipMetrics> find_voip_metrics(const Packet& packet) noexcept;

}  // namespace dataplane::rtp::rtcp
