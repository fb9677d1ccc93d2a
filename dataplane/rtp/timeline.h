#pragma once
/// \file
/// What lies between one packet of a source and the next on its timestamp axis: nothing, a loss to conceal, a
/// pause, or a new beginning. For flows that decode; fed in sequence order. One worker, no allocation.

#include <chrono>
#include <cstdint>

#include "mediad/base/clock.h"
#include "mediad/base/units.h"

namespace dataplane::rtp {

/// Concealment fades to silence well before this (G.711 Appendix I: 60 ms); a longer loss ends as a pause.
inline constexpr std::uint32_t kLongestConcealmentMs = 120;
/// A timestamp that runs ahead of the wall clock by more than this has jumped; jitter and bursts stay far
/// below.
inline constexpr base::Duration kTimestampSlack = std::chrono::seconds{2};

struct Step {
  enum class Kind : std::uint8_t {
    kContinuous,  ///< follows the packet before without a gap
    kLoss,        ///< `ticks` of media are lost: conceal that much
    kPause,    ///< the sender sent nothing for `ticks` (DTX, an event) or more is lost than can be concealed
    kOverlap,  ///< begins `ticks` before the end of the packet before: nothing to fill, do not wait either
    kRestart,  ///< the timestamp relates to nothing before
  };
  Kind kind{Kind::kContinuous};
  std::uint32_t ticks{0};
};

class SourceTimeline {
 public:
  explicit SourceTimeline(base::ClockRate clock) : clock_(clock) {}

  /// The next packet in order: its timestamp, its duration in ticks (0: an event, CN), how many packets
  /// before it are lost, when it came, and whether its sequence number started anew.
  [[nodiscard]] Step advance(std::uint32_t timestamp, std::uint32_t duration, std::uint16_t missing,
                             base::Instant arrival, bool restart) noexcept;

  /// Another payload type's clock; the next packet is a restart (RFC 7160).
  void set_clock(base::ClockRate clock) noexcept {
    started_ = started_ && clock == clock_;
    clock_ = clock;
  }
  [[nodiscard]] base::ClockRate clock() const { return clock_; }

 private:
  [[nodiscard]] Step classify(std::uint32_t timestamp, std::uint32_t duration, std::uint16_t missing,
                              base::Instant arrival) const noexcept;

  base::ClockRate clock_;
  bool started_{false};
  std::uint32_t last_duration_{0};
  std::uint32_t end_{0};  // timestamp at which the packet before ends
  base::Instant last_arrival_{};
};

}  // namespace dataplane::rtp
