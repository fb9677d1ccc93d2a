#pragma once
/// \file
/// The RTP stream that we originate towards an endpoint, over every change of codec.

#include <cstdint>

#include "dataplane/rtp/header.h"
#include "dataplane/rtp/restamp.h"

namespace dataplane {

/// One SSRC whose sequence numbers run on whatever happens. One worker, no allocation.
class OriginatedStream {
 public:
  /// Sequence and timestamp start at random (RFC 3550 §5.1).
  OriginatedStream(std::uint32_t ssrc, std::uint16_t first_sequence, std::uint32_t first_timestamp,
                   base::ClockRate clock)
      : stamper_(ssrc, first_sequence, first_timestamp, clock), next_sequence_(first_sequence) {}

  /// The stream goes on at another clock rate (RFC 7160 §4.1): numbers run on, timestamps start from here.
  void change_clock(base::ClockRate clock) {
    if (clock == stamper_.clock()) return;
    stamper_ = rtp::Restamper{stamper_.ssrc(), next_sequence_, last_timestamp_, clock};
  }

  [[nodiscard]] rtp::Restamper& stamper() { return stamper_; }
  [[nodiscard]] const rtp::Restamper& stamper() const { return stamper_; }

  /// Header fields of the next packet; see Restamper::stamp().
  [[nodiscard]] rtp::RtpFields next(std::uint8_t payload_type, std::uint32_t timestamp,
                                    std::uint32_t duration, base::Instant now, std::uint16_t skip = 0) {
    return note(stamper_.stamp(payload_type, timestamp, duration, now, skip));
  }

  /// Notes a packet that was stamped by way of stamper().
  rtp::RtpFields note(const rtp::RtpFields& fields) {
    next_sequence_ = static_cast<std::uint16_t>(fields.sequence + 1);
    last_timestamp_ = fields.timestamp;
    return fields;
  }

 private:
  rtp::Restamper stamper_;
  std::uint16_t next_sequence_;
  std::uint32_t last_timestamp_{0};
};

}  // namespace dataplane
