#pragma once
/// \file
/// RFC 4733 telephone events: the payload, and the detection of whole events in a source's packets. One
/// worker, no allocation.

#include <chrono>
#include <cstdint>
#include <optional>

#include "mediad/base/byte_io.h"
#include "mediad/base/clock.h"
#include "mediad/base/units.h"

namespace dataplane::rtp {

inline constexpr std::size_t kEventSize = 4;
/// Longest duration of one report; what lasts longer goes on in a new segment (RFC 4733 §2.5.1.3).
inline constexpr std::uint32_t kLongestSegment = 0xFFFF;

/// One event report (RFC 4733 §2.3).
struct TelephoneEvent {
  std::uint8_t event{0};      ///< 0..9, 10 '*', 11 '#', 12..15 A..D, others as registered
  bool end{false};            ///< the E bit: final duration
  std::uint8_t volume{0};     ///< -dBm0, 0..63
  std::uint16_t duration{0};  ///< ticks since the timestamp

  bool operator==(const TelephoneEvent&) const = default;
};

/// The first report of a payload; further ones (§2.5.1.5) repeat events that are over. nullopt: not an event.
[[nodiscard]] inline std::optional<TelephoneEvent> parse_event(base::Octets payload) noexcept {
  if (payload.size() < kEventSize) return std::nullopt;
  const std::byte* const p = payload.data();
  const std::uint8_t flags = base::load_u8(p + 1);
  return TelephoneEvent{.event = base::load_u8(p),
                        .end = (flags & 0x80) != 0,
                        .volume = static_cast<std::uint8_t>(flags & 0x3F),
                        .duration = base::load_be16(p + 2)};
}

/// Writes kEventSize octets.
inline void write_event(std::byte* p, const TelephoneEvent& e) {
  base::store_u8(p, e.event);
  base::store_u8(p + 1, static_cast<std::uint8_t>((e.end ? 0x80 : 0) | (e.volume & 0x3F)));
  base::store_be16(p + 2, e.duration);
}

/// A whole event, as control wants to hear of it.
struct CompletedEvent {
  std::uint8_t event{0};
  std::uint8_t volume{0};
  std::uint32_t duration_ms{0};

  bool operator==(const CompletedEvent&) const = default;
};

/// An event whose end never came is over after this: twelve updates of 20 ms, five of 50 ms.
inline constexpr base::Duration kEventTimeout = std::chrono::milliseconds{250};

/// Follows one source's events and tells each once, however many packets of it come, are lost or come late.
class EventTracker {
 public:
  explicit EventTracker(base::ClockRate clock) : clock_(clock) {}

  /// An event packet. The result is the event that this packet ended: its own by the E bit, or the one before
  /// if its end was lost.
  std::optional<CompletedEvent> track(std::uint32_t timestamp, bool marker, const TelephoneEvent& report,
                                      base::Instant now) noexcept;
  /// Ends an event that has not been heard of for kEventTimeout. Call at expiry(), or now and then.
  std::optional<CompletedEvent> expire(base::Instant now) noexcept;
  /// When expire() has something to do; nullopt: no event is going on.
  [[nodiscard]] std::optional<base::Instant> expiry() const {
    if (!open_) return std::nullopt;
    return last_packet_ + kEventTimeout;
  }

  /// Ticks from the start of the current event to the end of `report`, over all of its segments. Call after
  /// track().
  [[nodiscard]] std::uint32_t elapsed(const TelephoneEvent& report) const {
    return elapsed_before_ + report.duration;
  }
  /// Timestamp at which the current event began, that of its first segment.
  [[nodiscard]] std::uint32_t start() const { return segment_ - elapsed_before_; }

  /// The source's timestamps start anew.
  void restart(base::ClockRate clock) noexcept { *this = EventTracker{clock}; }
  /// Durations count at this rate from now on: that of the event's payload type, which need not be the
  /// audio's.
  void set_clock(base::ClockRate clock) noexcept { clock_ = clock; }

 private:
  [[nodiscard]] bool continues(std::uint32_t timestamp, bool marker,
                               const TelephoneEvent& report) const noexcept;
  std::optional<CompletedEvent> close() noexcept;

  base::ClockRate clock_;
  bool known_{false};  // there has been an event
  bool open_{false};   // and it has not been told yet
  std::uint8_t event_{0};
  std::uint8_t volume_{0};
  std::uint16_t duration_{0};        // highest of the current segment
  std::uint32_t segment_{0};         // timestamp of the current segment
  std::uint32_t elapsed_before_{0};  // ticks of the segments before
  base::Instant last_packet_{};
};

}  // namespace dataplane::rtp
