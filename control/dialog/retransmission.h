#pragma once
/// \file
/// The repeating that is not a transaction's: a 2xx until its ACK comes (RFC 3261 §13.3.1.4), a reliable
/// provisional response until its PRACK comes (RFC 3262 §3).

#include <algorithm>
#include <cstdint>

#include "control/sip/transaction/timers.h"
#include "mediad/base/clock.h"

namespace control {

/// When to send again and when to give up. A value; any thread.
class Retransmission {
 public:
  enum class Act : std::uint8_t { kNothing, kSend, kGiveUp };
  enum class Pace : std::uint8_t {
    kUpToT2,   ///< a 2xx: the interval doubles up to T2
    kDoubling  ///< a reliable provisional response: it doubles on
  };

  /// The first was sent now.
  Retransmission(Pace pace, base::Instant now, const sip::Timers& timers = {})
      : pace_(pace),
        timers_(timers),
        interval_(timers.t1),
        next_(now + timers.t1),
        end_(now + timers.give_up()) {}

  [[nodiscard]] Act on_time(base::Instant now) {
    if (now >= end_) return Act::kGiveUp;
    if (now < next_) return Act::kNothing;
    interval_ = pace_ == Pace::kUpToT2 ? std::min(2 * interval_, timers_.t2) : 2 * interval_;
    next_ = now + interval_;
    return Act::kSend;
  }
  [[nodiscard]] base::Instant deadline() const { return std::min(next_, end_); }

 private:
  Pace pace_;
  sip::Timers timers_;
  base::Duration interval_;
  base::Instant next_;
  base::Instant end_;
};

}  // namespace control
