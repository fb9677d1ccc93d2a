#pragma once
/// \file
/// When a user agent of the load generator sends again (timers A, E, G of RFC 3261) and when it gives up.

#include <chrono>
#include <cstdint>
#include <queue>
#include <vector>

namespace bench {

using Clock = std::chrono::steady_clock;

struct Alarm {
  Clock::time_point at;
  std::uint32_t call;
  std::uint8_t step;   ///< what the call was waiting for when it was set: if that has come, nothing is to do
  std::uint8_t tries;  ///< how often it was sent

  bool operator>(const Alarm& other) const { return at > other.at; }
};

class SipTimers {
 public:
  static constexpr std::chrono::milliseconds kT1{500};
  /// 64 T1 is reached with the 7th doubling.
  static constexpr std::uint8_t kMaxTries = 7;

  void set(Clock::time_point at, std::uint32_t call, std::uint8_t step, std::uint8_t tries) {
    queue_.push({at, call, step, tries});
  }
  /// After the `tries`th sending.
  void set_resend(Clock::time_point now, std::uint32_t call, std::uint8_t step, std::uint8_t tries) {
    set(now + kT1 * (1U << (tries - 1)), call, step, tries);
  }
  template <typename Due>
  void advance(Clock::time_point now, Due due) {
    while (!queue_.empty() && queue_.top().at <= now) {
      const auto alarm = queue_.top();
      queue_.pop();
      due(alarm);
    }
  }

 private:
  std::priority_queue<Alarm, std::vector<Alarm>, std::greater<>> queue_;
};

}  // namespace bench
