#pragma once
/// \file
/// SR (RFC 3550 §6.4.1): what a sender has sent, and its clock; report blocks follow.
///
///     |                         SSRC of sender                        |
///     |              NTP timestamp, most significant word             |
///     |             NTP timestamp, least significant word             |
///     |                         RTP timestamp                         |
///     |                     sender's packet count                     |
///     |                      sender's octet count                     |

#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/report_block.h"

namespace dataplane::rtp::rtcp {

struct SenderReport {
  std::uint32_t ssrc{0};
  std::uint64_t ntp{0};            ///< see ntp.h
  std::uint32_t rtp_timestamp{0};  ///< of the same instant
  std::uint32_t packets{0};
  std::uint32_t octets{0};  ///< of payload
  base::Octets blocks;      ///< whole report blocks, for read_report_block()

  static constexpr std::size_t kSize = 24;  ///< of the body before the blocks
};

/// nullopt: another type, or shorter than it says.
[[nodiscard]] inline std::optional<SenderReport> parse_sender_report(const Packet& packet) noexcept {
  if (packet.type != PacketType::kSenderReport) return std::nullopt;
  const auto blocks = report_blocks(packet, SenderReport::kSize);
  if (!blocks) return std::nullopt;
  const std::byte* const p = packet.body.data();
  return SenderReport{.ssrc = base::load_be32(p),
                      .ntp = base::load_be64(p + 4),
                      .rtp_timestamp = base::load_be32(p + 12),
                      .packets = base::load_be32(p + 16),
                      .octets = base::load_be32(p + 20),
                      .blocks = *blocks};
}

/// Writes the kSize octets before the blocks.
inline void write_sender_report(std::byte* p, const SenderReport& sr) noexcept {
  base::store_be32(p, sr.ssrc);
  base::store_be64(p + 4, sr.ntp);
  base::store_be32(p + 12, sr.rtp_timestamp);
  base::store_be32(p + 16, sr.packets);
  base::store_be32(p + 20, sr.octets);
}

}  // namespace dataplane::rtp::rtcp
