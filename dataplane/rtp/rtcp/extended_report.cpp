#include "dataplane/rtp/rtcp/extended_report.h"

namespace dataplane::rtp::rtcp {
namespace {

constexpr std::uint8_t kVoipMetricsBlock = 7;

VoipMetrics read_block(const std::byte* p) {
  return {.ssrc = base::load_be32(p + 4),
          .loss_rate = base::load_u8(p + 8),
          .discard_rate = base::load_u8(p + 9),
          .round_trip_ms = base::load_be16(p + 16),
          .end_system_ms = base::load_be16(p + 18),
          .r_factor = base::load_u8(p + 24),
          .mos_lq_x10 = base::load_u8(p + 26),
          .mos_cq_x10 = base::load_u8(p + 27)};
}

}  // namespace

std::optional<VoipMetrics> find_voip_metrics(const Packet& packet) noexcept {
  if (packet.type != PacketType::kExtendedReport || packet.body.size() < 4) return std::nullopt;
  base::Octets rest = packet.body.subspan(4);  // behind the sender's SSRC
  while (rest.size() >= 4) {
    const std::size_t size = (std::size_t{base::load_be16(rest.data() + 2)} + 1) * 4;
    if (size > rest.size()) break;
    if (base::load_u8(rest.data()) == kVoipMetricsBlock && size == VoipMetrics::kBlockSize) {
      return read_block(rest.data());
    }
    rest = rest.subspan(size);
  }
  return std::nullopt;
}

}  // namespace dataplane::rtp::rtcp
