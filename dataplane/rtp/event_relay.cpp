#include "dataplane/rtp/event_relay.h"

#include <algorithm>

namespace dataplane::rtp {
namespace {

/// Stamps the report of an event that began at `start` of our time and has lasted `elapsed` ticks.
EventPacket make_packet(Restamper& stream, std::uint8_t payload_type, std::uint32_t start,
                        std::uint32_t elapsed, TelephoneEvent report, base::Instant now) {
  const std::uint32_t before = elapsed == 0 ? 0 : (elapsed - 1) / kLongestSegment * kLongestSegment;
  report.duration = static_cast<std::uint16_t>(elapsed - before);
  return {.fields = stream.stamp_event(payload_type, start + before, elapsed - before, now),
          .report = report};
}

}  // namespace

EventRelay::Result EventRelay::relay(Restamper& stream, std::uint8_t payload_type, std::uint32_t timestamp,
                                     bool marker, const TelephoneEvent& report, base::Instant now,
                                     std::optional<base::ClockRate> event_clock) noexcept {
  const base::ClockRate clock{std::max(event_clock.value_or(stream.source_clock()).hz, 1u)};
  tracker_.set_clock(clock);
  Result result;
  result.completed = tracker_.track(timestamp, marker, report, now);
  if (!begun_ || tracker_.start() != source_start_) {
    begun_ = true;
    source_start_ = tracker_.start();
    our_start_ = stream.map(source_start_);
    // The first packet of the event that we send is its beginning, whichever of the source's it was (§2.4).
    stream.mark_next();
  }
  const std::uint64_t elapsed = std::uint64_t{tracker_.elapsed(report)} * stream.clock().hz / clock.hz;
  result.packet =
      make_packet(stream, payload_type, our_start_, static_cast<std::uint32_t>(elapsed), report, now);
  return result;
}

std::optional<EventPacket> EventSender::next(Restamper& stream, base::Instant now) noexcept {
  if (done()) return std::nullopt;
  if (elapsed_ == 0) stream.mark_next();
  elapsed_ = std::min(elapsed_ + std::max(interval_, 1u), duration_);
  const bool end = elapsed_ == duration_;
  if (end) ++ends_sent_;
  return make_packet(stream, payload_type_, start_, elapsed_,
                     {.event = event_, .end = end, .volume = volume_}, now);
}

}  // namespace dataplane::rtp
