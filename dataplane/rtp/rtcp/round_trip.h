#pragma once
/// \file
/// The round trip between us and an endpoint, from the reports that it makes about streams it gets through us
/// (RFC 3550 §6.4.1, figure 2). One worker, no allocation.
///
/// It needs nobody's wall clock: when an SR goes out to the endpoint, ours or one that we relay, we keep the
/// instant; the report that names it by its LSR comes back DLSR plus one round trip later.

#include <array>
#include <cstdint>
#include <optional>

#include "dataplane/rtp/rtcp/report_block.h"
#include "mediad/base/clock.h"

namespace dataplane::rtp::rtcp {

class RoundTripMeter {
 public:
  /// An SR of `ssrc` with this NTP timestamp leaves for the endpoint.
  void sent(std::uint32_t ssrc, std::uint64_t ntp, base::Instant now) noexcept;
  /// A block that the endpoint reports. nullopt: it names no SR that we remember, or says that it kept it for
  /// longer than it has been gone.
  [[nodiscard]] std::optional<base::Duration> measure(const ReportBlock& block,
                                                      base::Instant now) const noexcept;

 private:
  struct Sent {
    std::uint32_t ssrc{0};
    std::uint32_t middle{0};
    base::Instant at{};
  };
  /// An endpoint answers the last SR, or the one before when both cross; two streams are usual, four a lot.
  static constexpr std::size_t kRemembered = 8;
  std::array<Sent, kRemembered> sent_{};
  std::size_t next_{0};
};

}  // namespace dataplane::rtp::rtcp
