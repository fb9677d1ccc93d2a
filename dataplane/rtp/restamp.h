#pragma once
/// \file
/// The stream that we originate on a translating flow: one SSRC, a sequence without holes of our making and a
/// timestamp that runs on whatever happens at the source (RFC 3550 §7.1: a translator that changes packets
/// must number them itself). One worker, no allocation.

#include <cstdint>

#include "dataplane/rtp/header.h"
#include "mediad/base/clock.h"
#include "mediad/base/units.h"

namespace dataplane::rtp {

class Restamper {
 public:
  /// `first_sequence` and `first_timestamp` are random (RFC 3550 §5.1); `clock` is that of the stream sent.
  Restamper(std::uint32_t ssrc, std::uint16_t first_sequence, std::uint32_t first_timestamp,
            base::ClockRate clock)
      : ssrc_(ssrc), next_sequence_(first_sequence), clock_(clock), anchor_out_(first_timestamp) {}

  /// The source's timestamps start anew (first packet, restart, another SSRC or clock): from here on `source`
  /// corresponds to our last timestamp plus the time that has passed since, never less than the last packet's
  /// duration. The next packet stamped carries the marker.
  void anchor(std::uint32_t source, base::ClockRate source_clock, base::Instant now) noexcept;

  /// Our timestamp for one of the source's. Exact over any length of call: nothing is lost to rounding.
  [[nodiscard]] std::uint32_t map(std::uint32_t source) noexcept;

  /// The next packet begins a talkspurt (RFC 3551 §4.1).
  void mark_next() { marker_ = true; }

  /// The header fields of the next packet. `duration` in our ticks; `skip` sequence numbers are left out
  /// before it, for packets that were lost on the way to us and that we only forward, so that the receiver
  /// can tell.
  [[nodiscard]] RtpFields stamp(std::uint8_t payload_type, std::uint32_t timestamp, std::uint32_t duration,
                                base::Instant now, std::uint16_t skip = 0) noexcept;

  /// The same for a packet of an event that began at `timestamp` and has gone on for `elapsed` of our ticks:
  /// its timestamp stands still while the stream's time goes on (RFC 4733 §2.2.1).
  [[nodiscard]] RtpFields stamp_event(std::uint8_t payload_type, std::uint32_t timestamp,
                                      std::uint32_t elapsed, base::Instant now) noexcept;

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] base::ClockRate clock() const { return clock_; }
  [[nodiscard]] base::ClockRate source_clock() const { return source_clock_; }
  /// Our timestamp for the wall instant `now`, for sender reports (RFC 3550 §6.4.1).
  [[nodiscard]] std::uint32_t timestamp_at(base::Instant now) const noexcept;
  [[nodiscard]] bool started() const { return stamped_; }

 private:
  [[nodiscard]] std::uint32_t ticks(base::Duration d) const noexcept;

  std::uint32_t ssrc_;
  std::uint16_t next_sequence_;
  bool marker_{true};
  bool stamped_{false};
  base::ClockRate clock_;
  base::ClockRate source_clock_{};
  std::uint32_t anchor_source_{0};
  std::uint32_t anchor_out_;
  std::uint32_t last_timestamp_{0};
  std::uint32_t last_duration_{0};
  base::Instant last_time_{};
};

}  // namespace dataplane::rtp
