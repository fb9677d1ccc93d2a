#include "dataplane/rtp/event.h"

#include <algorithm>

namespace dataplane::rtp {

std::optional<CompletedEvent> EventTracker::track(std::uint32_t timestamp, bool marker,
                                                  const TelephoneEvent& report, base::Instant now) noexcept {
  std::optional<CompletedEvent> before;
  const auto ahead = static_cast<std::int32_t>(timestamp - segment_);
  if (known_ && ahead < 0) return std::nullopt;  // a late packet of an event that is over
  const bool same = known_ && ahead == 0 && report.event == event_;
  if (same && !open_) return std::nullopt;  // a repetition of the end
  if (!same && continues(timestamp, marker, report)) {
    elapsed_before_ += static_cast<std::uint32_t>(ahead);
    segment_ = timestamp;
    duration_ = 0;
  } else if (!same) {
    before = close();
    known_ = open_ = true;
    event_ = report.event;
    segment_ = timestamp;
    elapsed_before_ = 0;
    duration_ = 0;
  }
  volume_ = report.volume;
  duration_ = std::max(duration_, report.duration);
  last_packet_ = now;
  if (before || !report.end) return before;
  return close();
}

std::optional<CompletedEvent> EventTracker::expire(base::Instant now) noexcept {
  if (!open_ || now - last_packet_ < kEventTimeout) return std::nullopt;
  return close();
}

/// §2.5.1.3: a long event goes on under a new timestamp, where the segment before it ended, without a marker.
bool EventTracker::continues(std::uint32_t timestamp, bool marker,
                             const TelephoneEvent& report) const noexcept {
  const std::uint32_t ahead = timestamp - segment_;
  return open_ && !marker && report.event == event_ && (ahead == kLongestSegment || ahead == duration_);
}

std::optional<CompletedEvent> EventTracker::close() noexcept {
  if (!open_) return std::nullopt;
  open_ = false;
  const std::uint64_t ticks = std::uint64_t{elapsed_before_} + duration_;
  return CompletedEvent{.event = event_,
                        .volume = volume_,
                        .duration_ms = static_cast<std::uint32_t>(ticks * 1000 / std::max(clock_.hz, 1u))};
}

}  // namespace dataplane::rtp
