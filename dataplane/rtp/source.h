#pragma once
/// \file
/// One synchronisation source as we receive it: validity, sequence roll-over, duplicates, loss and jitter by
/// the letter of RFC 3550 appendix A. One worker; no allocation, no clock of its own.

#include <cstddef>
#include <cstdint>

#include "mediad/base/clock.h"
#include "mediad/base/units.h"

namespace dataplane::rtp {

/// RFC 3550 A.1.
inline constexpr std::uint8_t kMinSequential = 2;   ///< packets in order before a source is believed
inline constexpr std::uint16_t kMaxDropout = 3000;  ///< a forward step of this many is a jump: 1 min at 50/s
inline constexpr std::uint16_t kMaxMisorder = 100;  ///< and so is a backward step: 2 s at 50/s
/// How far back a sequence number can be told from a duplicate of itself.
inline constexpr std::uint16_t kDuplicateWindow = 64;

enum class Verdict : std::uint8_t {
  kAccept,   ///< in order, after a gap, or late within the window
  kRestart,  ///< accepted, and its sequence number has no relation to those before: the source became valid,
             ///< or started anew (A.1 bad_seq)
  kProbation,  ///< not yet kMinSequential in order, or the first packet after a jump
  kDuplicate,  ///< this sequence number has been seen
  kTooLate,    ///< behind the duplicate window
};
[[nodiscard]] constexpr bool is_accepted(Verdict v) {
  return v <= Verdict::kRestart;
}

/// What happened since the previous interval ended (RFC 3550 A.3).
struct ReceptionInterval {
  std::uint32_t expected{0};
  std::uint32_t received{0};
  std::int32_t lost{0};           ///< may be negative with duplicates
  std::uint8_t fraction_lost{0};  ///< in 1/256, 0 if lost is negative
};

class Source {
 public:
  /// What an ordinary packet reads and writes lies in so many octets from the start.
  static constexpr std::size_t kHotSize = 56;

  /// Made when the first packet of an SSRC comes, which is then given to receive(). `min_sequential` is at
  /// least 1; 1 believes the first packet, for sources that something stronger vouches for (authentication,
  /// signalling).
  Source(std::uint32_t ssrc, std::uint16_t first_sequence, base::ClockRate clock,
         std::uint8_t min_sequential = kMinSequential)
      : highest_(static_cast<std::uint16_t>(first_sequence - 1)),
        ssrc_(ssrc),
        clock_(clock),
        probation_(min_sequential),
        min_sequential_(min_sequential) {}

  /// Judges a packet by its sequence number and counts it. `octets` of payload.
  Verdict receive(std::uint16_t sequence, std::size_t octets) noexcept {
    // The path of nearly every packet: a valid source, the next number, no roll-over.
    if (probation_ == 0 && sequence == static_cast<std::uint16_t>(highest_) + 1) [[likely]] {
      ++highest_;
      window_ = window_ << 1 | 1;
      count(octets);
      return Verdict::kAccept;
    }
    return judge(sequence, octets);
  }

  /// Interarrival jitter (A.8). For each accepted packet whose timestamp is that of its first sample: not for
  /// RFC 4733 events, which keep one timestamp while time goes on.
  void track_jitter(std::uint32_t timestamp, base::Instant arrival) noexcept;

  /// The clock rate of what follows, when the payload type changes it; transit times start anew (RFC 7160
  /// §4.1).
  void set_clock(base::ClockRate clock) noexcept;

  /// Ends the interval since the last call, or since the start (A.3). Once a report interval.
  ReceptionInterval end_interval() noexcept;

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }
  [[nodiscard]] bool valid() const { return probation_ == 0; }
  [[nodiscard]] base::ClockRate clock() const { return clock_; }
  [[nodiscard]] std::uint64_t packets() const {
    return packets_;
  }  ///< accepted since the source was first seen
  [[nodiscard]] std::uint64_t octets() const { return octets_; }
  [[nodiscard]] std::uint64_t duplicates() const { return duplicates_; }
  [[nodiscard]] std::uint64_t reordered() const { return reordered_; }
  /// cycles << 16 | highest sequence number
  [[nodiscard]] std::uint32_t extended_highest() const { return highest_; }
  /// Since the last restart; saturates at neither end here, in a report at 24 bits (A.3).
  [[nodiscard]] std::int64_t cumulative_lost() const {
    return probation_ == 0 ? std::int64_t{expected()} - std::int64_t{received()} : 0;
  }
  /// Of the last packet given to track_jitter().
  [[nodiscard]] base::Instant last_arrival() const { return last_arrival_; }
  [[nodiscard]] std::uint32_t jitter_ticks() const { return jitter_x16_ >> 4; }

 private:
  Verdict judge(std::uint16_t sequence, std::size_t octets) noexcept;
  Verdict judge_on_probation(std::uint16_t sequence, std::size_t octets) noexcept;
  Verdict judge_late(std::uint16_t behind, std::size_t octets) noexcept;
  void start(std::uint16_t sequence) noexcept;
  void count(std::size_t octets) noexcept {
    ++packets_;
    octets_ += octets;
  }
  [[nodiscard]] std::uint32_t expected() const { return highest_ - base_ + 1; }
  /// Since base_; duplicates and late ones count (A.3).
  [[nodiscard]] std::uint32_t received() const {
    return static_cast<std::uint32_t>(packets_) + received_beside_;
  }

  // What every packet touches comes first: kHotSize octets.
  std::uint32_t highest_;  // extended: cycles << 16 | max_seq
  std::uint32_t ssrc_;
  std::uint64_t window_{0};  // bit n: highest_ - n has been received
  std::uint64_t packets_{0};
  std::uint64_t octets_{0};
  base::Instant last_arrival_{};
  std::uint32_t last_timestamp_{0};
  std::uint32_t jitter_x16_{0};
  base::ClockRate clock_;
  bool transit_known_{false};
  std::uint8_t probation_;
  std::uint8_t min_sequential_;
  // The rest is for what is rare.
  std::uint32_t received_beside_{0};  // received() less packets_, modulo 2^32
  std::uint32_t base_{0};
  std::uint32_t bad_sequence_{kNoBadSequence};
  std::uint32_t expected_prior_{0};
  std::uint32_t received_prior_{0};
  std::uint64_t duplicates_{0};
  std::uint64_t reordered_{0};

  static constexpr std::uint32_t kNoBadSequence = 1u << 16;  // no sequence number equals it
};

}  // namespace dataplane::rtp
