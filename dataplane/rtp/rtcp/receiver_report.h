#pragma once
/// \file
/// RR (RFC 3550 §6.4.2): the SSRC of who reports, and report blocks.

#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/report_block.h"

namespace dataplane::rtp::rtcp {

struct ReceiverReport {
  std::uint32_t ssrc{0};
  base::Octets blocks;  ///< whole report blocks, for read_report_block()

  static constexpr std::size_t kSize = 4;  ///< of the body before the blocks
};

/// nullopt: another type, or shorter than it says.
[[nodiscard]] inline std::optional<ReceiverReport> parse_receiver_report(const Packet& packet) noexcept {
  if (packet.type != PacketType::kReceiverReport) return std::nullopt;
  const auto blocks = report_blocks(packet, ReceiverReport::kSize);
  if (!blocks) return std::nullopt;
  return ReceiverReport{.ssrc = base::load_be32(packet.body.data()), .blocks = *blocks};
}

}  // namespace dataplane::rtp::rtcp
