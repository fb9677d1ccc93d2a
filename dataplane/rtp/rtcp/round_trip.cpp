#include "dataplane/rtp/rtcp/round_trip.h"

#include "dataplane/rtp/rtcp/ntp.h"

namespace dataplane::rtp::rtcp {

void RoundTripMeter::sent(std::uint32_t ssrc, std::uint64_t ntp, base::Instant now) noexcept {
  sent_[next_] = {.ssrc = ssrc, .middle = middle_bits(ntp), .at = now};
  next_ = (next_ + 1) % kRemembered;
}

std::optional<base::Duration> RoundTripMeter::measure(const ReportBlock& block,
                                                      base::Instant now) const noexcept {
  if (block.last_sr == 0) return std::nullopt;
  for (const Sent& sent : sent_) {
    if (sent.ssrc != block.ssrc || sent.middle != block.last_sr) continue;
    const base::Duration trip = now - sent.at - from_dlsr(block.delay_since_last_sr);
    // DLSR is rounded to 15 us, so on a fast link the difference may come out a little below nothing.
    constexpr base::Duration kRounding = std::chrono::microseconds{16};
    if (trip >= base::Duration::zero()) return trip;
    if (trip >= -kRounding) return base::Duration::zero();
    return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace dataplane::rtp::rtcp
