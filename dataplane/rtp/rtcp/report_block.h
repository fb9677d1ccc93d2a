#pragma once
/// \file
/// What a receiver says of one source: the report block that SR and RR share (RFC 3550 §6.4.1).
///
///     |                             SSRC of the source                |
///     | fraction lost |       cumulative number of packets lost       |
///     |           extended highest sequence number received           |
///     |                      interarrival jitter                      |
///     |                         last SR (LSR)                         |
///     |                   delay since last SR (DLSR)                  |

#include <algorithm>
#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/compound.h"
#include "mediad/base/byte_io.h"

namespace dataplane::rtp::rtcp {

struct ReportBlock {
  std::uint32_t ssrc{0};
  std::uint8_t fraction_lost{0};    ///< in 1/256
  std::int32_t cumulative_lost{0};  ///< 24 bits with sign
  std::uint32_t extended_highest{0};
  std::uint32_t jitter_ticks{0};
  std::uint32_t last_sr{0};              ///< middle 32 bits of its NTP timestamp; 0 = none received
  std::uint32_t delay_since_last_sr{0};  ///< in 1/65536 s

  static constexpr std::size_t kSize = 24;
  static constexpr std::int64_t kMostLost = 0x7FFFFF;
  static constexpr std::int64_t kLeastLost = -0x800000;
};

/// Reads kSize octets.
[[nodiscard]] inline ReportBlock read_report_block(const std::byte* p) noexcept {
  const std::uint32_t lost = base::load_be32(p + 4);
  return {.ssrc = base::load_be32(p),
          .fraction_lost = static_cast<std::uint8_t>(lost >> 24),
          .cumulative_lost = static_cast<std::int32_t>(lost << 8) >> 8,
          .extended_highest = base::load_be32(p + 8),
          .jitter_ticks = base::load_be32(p + 12),
          .last_sr = base::load_be32(p + 16),
          .delay_since_last_sr = base::load_be32(p + 20)};
}

/// Writes kSize octets.
inline void write_report_block(std::byte* p, const ReportBlock& b) noexcept {
  base::store_be32(p, b.ssrc);
  base::store_be32(p + 4, std::uint32_t{b.fraction_lost} << 24 |
                              (static_cast<std::uint32_t>(b.cumulative_lost) & 0xFFFFFF));
  base::store_be32(p + 8, b.extended_highest);
  base::store_be32(p + 12, b.jitter_ticks);
  base::store_be32(p + 16, b.last_sr);
  base::store_be32(p + 20, b.delay_since_last_sr);
}

/// The report blocks of an SR or RR body, behind `offset` octets of it. nullopt: fewer octets than blocks
/// announced.
[[nodiscard]] inline std::optional<base::Octets> report_blocks(const Packet& packet,
                                                               std::size_t offset) noexcept {
  const std::size_t size = std::size_t{packet.count} * ReportBlock::kSize;
  if (packet.body.size() < offset + size) return std::nullopt;
  return packet.body.subspan(offset, size);
}

}  // namespace dataplane::rtp::rtcp
