#pragma once
/// \file
/// Telephone events on a translating flow: those of the source, re-timed to the clock and time of the stream
/// that we originate, and those that we generate ourselves. One worker, no allocation.

#include <cstdint>
#include <optional>

#include "dataplane/rtp/event.h"
#include "dataplane/rtp/restamp.h"

namespace dataplane::rtp {

/// An event packet to send: write_header() and write_event() make it octets.
struct EventPacket {
  RtpFields fields;
  TelephoneEvent report;
};

/// Follows a source's events and makes a packet of ours for each of its, so that the number of updates and of
/// repetitions of the end is the sender's. The timestamp stays that of the event's beginning; a duration that
/// does not fit at the new clock (1.37 s at 48 kHz) is split into segments (RFC 4733 §2.5.1.3).
class EventRelay {
 public:
  explicit EventRelay(base::ClockRate source_clock) : tracker_(source_clock) {}

  struct Result {
    EventPacket packet;
    std::optional<CompletedEvent> completed;  ///< for EventReceived
  };
  /// Call in order of sequence numbers, after the restamper has been anchored to this source. `event_clock`
  /// is that of the event's payload type, if it is not the clock that the restamper is anchored with: beside
  /// Opus some senders count durations at 8000 while the stream's timestamps run at 48000.
  [[nodiscard]] Result relay(Restamper& stream, std::uint8_t payload_type, std::uint32_t timestamp,
                             bool marker, const TelephoneEvent& report, base::Instant now,
                             std::optional<base::ClockRate> event_clock = std::nullopt) noexcept;

  /// The source's timestamps start anew.
  void restart(base::ClockRate source_clock) noexcept {
    tracker_.restart(source_clock);
    begun_ = false;
  }
  /// For expire() and expiry().
  [[nodiscard]] EventTracker& tracker() { return tracker_; }

 private:
  EventTracker tracker_;
  bool begun_{false};
  std::uint32_t source_start_{0};
  std::uint32_t our_start_{0};
};

/// Generates one event: an update per interval, the end three times (RFC 4733 §2.5.1.4).
class EventSender {
 public:
  /// `start` is our timestamp at its beginning; `duration` and `interval` are in ticks of our clock,
  /// `interval` that of the packets (RFC 4733 §2.6.3 leaves it open, the audio's ptime is best).
  EventSender(std::uint8_t payload_type, std::uint8_t event, std::uint8_t volume, std::uint32_t start,
              std::uint32_t duration, std::uint32_t interval)
      : payload_type_(payload_type),
        event_(event),
        volume_(volume),
        start_(start),
        duration_(duration),
        interval_(interval) {}

  /// The packet that is due now, once an interval; nullopt when the event is over and told.
  [[nodiscard]] std::optional<EventPacket> next(Restamper& stream, base::Instant now) noexcept;
  [[nodiscard]] bool done() const { return ends_sent_ == kEndsSent; }

 private:
  static constexpr std::uint8_t kEndsSent = 3;

  std::uint8_t payload_type_;
  std::uint8_t event_;
  std::uint8_t volume_;
  std::uint8_t ends_sent_{0};
  std::uint32_t start_;
  std::uint32_t duration_;
  std::uint32_t interval_;
  std::uint32_t elapsed_{0};
};

}  // namespace dataplane::rtp
