#pragma once
/// \file
/// Instants of the monotonic clock. Protocol code owns no clock: an Instant comes in as an argument, so that
/// a test is a table of (time, octets) and needs no sleep. Only the event loop, the worker's turn and main
/// call now().

#include <chrono>
#include <cstdint>

namespace base {

using Duration = std::chrono::nanoseconds;

/// CLOCK_MONOTONIC in nanoseconds; TSC-backed, no system call.
struct MonotonicClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock, Duration>;
  static constexpr bool is_steady = true;
  static time_point now() noexcept { return time_point{std::chrono::steady_clock::now().time_since_epoch()}; }
};

using Instant = MonotonicClock::time_point;

/// Wall-clock time, for what leaves the machine: NTP stamps, dates, records.
using WallTime = std::chrono::sys_time<Duration>;

}  // namespace base
