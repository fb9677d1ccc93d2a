#pragma once
/// \file
/// A worker's timers: a hashed wheel of intrusive entries.

#include <array>
#include <cstdint>

#include "mediad/base/clock.h"

namespace dataplane {

/// Links of one timer in its slot. Part of the object that it wakes; must not be destroyed while scheduled.
struct Timer {
  Timer* next{nullptr};
  Timer* previous{nullptr};
  std::uint64_t due_tick{0};

  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;
  [[nodiscard]] bool scheduled() const { return next != nullptr; }
};

/// Timers with a resolution of kTick. Scheduling and cancelling are a few stores; time passing costs a look
/// at one slot per tick. A timer further away than a round of the wheel is looked at once per round. One
/// worker; no allocation.
class TimerWheel {
 public:
  static constexpr base::Duration kTick = std::chrono::milliseconds{1};
  /// A power of two; a round of two seconds covers what most sessions wait for.
  static constexpr std::size_t kSlots = 2048;

  explicit TimerWheel(base::Instant start);
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;

  /// (Re)schedules: never fires before `due`, and at most one tick and a turn later.
  void schedule(Timer& timer, base::Instant due);
  /// The same, unless the timer is due before that anyway.
  void schedule_earlier(Timer& timer, base::Instant due);
  void cancel(Timer& timer);

  /// The next timer that is due at `now`, no longer scheduled; nullptr when there is none. Call until
  /// nullptr, or until the turn's budget is used up: what is left is found by the next call.
  [[nodiscard]] Timer* pop_due(base::Instant now);

  /// When pop_due() should be called next: the first tick with a timer in its slot, at most kLongestSleep
  /// away.
  static constexpr base::Duration kLongestSleep = std::chrono::milliseconds{100};
  [[nodiscard]] base::Instant wake_at(base::Instant now) const;

 private:
  [[nodiscard]] std::uint64_t tick_of(base::Instant when) const;

  base::Instant start_;
  std::uint64_t tick_{0};            // every slot before this one has been emptied of what was due
  Timer* cursor_{nullptr};           // where pop_due() goes on inside slot tick_
  std::array<Timer, kSlots> slots_;  // sentinels of circular lists
};

}  // namespace dataplane
