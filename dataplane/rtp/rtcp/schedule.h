#pragma once
/// \file
/// When the next report is due (RFC 3550 §6.2, §6.3.1), for the two members that a call's RTP session has.
/// With two, the bandwidth share never asks for more than the minimum, so the interval is that minimum,
/// spread over 0.5 to 1.5 of it so that calls do not report in step; timer reconsideration would change
/// nothing. No allocation.

#include <chrono>
#include <cstdint>

#include "mediad/base/clock.h"

namespace dataplane::rtp::rtcp {

inline constexpr base::Duration kReportInterval = std::chrono::seconds{5};

class Schedule {
 public:
  /// `seed` decides the spread; the SSRC serves, it is random. The first report comes after half an interval
  /// (§6.2).
  Schedule(std::uint32_t seed, base::Instant start)
      : state_(seed | 1), due_(start + spread(kReportInterval / 2)) {}

  [[nodiscard]] base::Instant due() const { return due_; }
  /// A report has been sent; the next due instant lies in the future whatever was missed.
  void sent(base::Instant now) { due_ = now + spread(kReportInterval); }

 private:
  [[nodiscard]] base::Duration spread(base::Duration interval) {
    state_ ^= state_ << 13;  // xorshift: cheap, and no secret is at stake
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    const std::int64_t thousandths = 500 + state_ % 1001;
    return interval / 1000 * thousandths;
  }

  std::uint32_t state_;
  base::Instant due_;
};

}  // namespace dataplane::rtp::rtcp
