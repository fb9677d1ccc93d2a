#include "dataplane/rtp/restamp.h"

#include <algorithm>

namespace dataplane::rtp {

void Restamper::anchor(std::uint32_t source, base::ClockRate source_clock, base::Instant now) noexcept {
  if (stamped_) {
    const std::uint32_t elapsed = now > last_time_ ? ticks(now - last_time_) : 0;
    anchor_out_ = last_timestamp_ + std::max(elapsed, last_duration_);
  }
  anchor_source_ = source;
  source_clock_.hz = std::max(source_clock.hz, 1u);
  marker_ = true;
}

std::uint32_t Restamper::map(std::uint32_t source) noexcept {
  // Both anchors move on by whole seconds, which both clocks count exactly; so the difference never wraps.
  constexpr std::int64_t kAnchorReach = 60;
  std::int64_t behind = static_cast<std::int32_t>(source - anchor_source_);
  const std::int64_t seconds = behind / source_clock_.hz;
  if (seconds >= kAnchorReach) {
    anchor_source_ += static_cast<std::uint32_t>(seconds * source_clock_.hz);
    anchor_out_ += static_cast<std::uint32_t>(seconds * clock_.hz);
    behind -= seconds * source_clock_.hz;
  }
  return anchor_out_ + static_cast<std::uint32_t>(behind * clock_.hz / source_clock_.hz);
}

RtpFields Restamper::stamp(std::uint8_t payload_type, std::uint32_t timestamp, std::uint32_t duration,
                           base::Instant now, std::uint16_t skip) noexcept {
  next_sequence_ = static_cast<std::uint16_t>(next_sequence_ + skip);
  const RtpFields fields{.ssrc = ssrc_,
                         .timestamp = timestamp,
                         .sequence = next_sequence_++,
                         .payload_type = payload_type,
                         .marker = marker_};
  marker_ = false;
  stamped_ = true;
  last_timestamp_ = timestamp;
  last_duration_ = duration;
  last_time_ = now;
  return fields;
}

RtpFields Restamper::stamp_event(std::uint8_t payload_type, std::uint32_t timestamp, std::uint32_t elapsed,
                                 base::Instant now) noexcept {
  const RtpFields fields = stamp(payload_type, timestamp, 0, now);
  last_timestamp_ = timestamp + elapsed;
  return fields;
}

std::uint32_t Restamper::timestamp_at(base::Instant now) const noexcept {
  return last_timestamp_ + (now > last_time_ ? ticks(now - last_time_) : 0);
}

/// Modulo 2^32 as timestamps are; a pause of any length comes out right.
std::uint32_t Restamper::ticks(base::Duration d) const noexcept {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const std::uint64_t whole = static_cast<std::uint64_t>(d.count() / kSecond) * clock_.hz;
  const std::uint64_t part = static_cast<std::uint64_t>(d.count() % kSecond) * clock_.hz / kSecond;
  return static_cast<std::uint32_t>(whole + part);
}

}  // namespace dataplane::rtp
