#pragma once
/// \file
/// Logging for every thread but the worker lcores, which never log: what they have to say goes up as events
/// and counters. A line is `event key=value key=value`, so that it can be grepped and parsed.

#include <spdlog/spdlog.h>

#include <cstdint>
#include <string_view>

#include "mediad/base/clock.h"

namespace base {

/// spdlog's default logger is the project's logger; this sets its pattern and sink. `to_stderr_level` uses
/// syslog numbers 0..7 as rtpengine's log-level does (7 debug, 6 info, 5 notice, 4 warning, 3 error).
void start_log(int syslog_level);
void set_log_level(int syslog_level);

/// A token bucket for one kind of message that bad input can provoke: at most `burst` at once and
/// `per_second` after, and it says how many it withheld. One thread.
class LogLimiter {
 public:
  LogLimiter(std::uint32_t per_second, std::uint32_t burst)
      : per_second_(per_second), burst_(burst), tokens_(burst) {}

  /// True if the message may be written now.
  [[nodiscard]] bool admit(Instant now);
  /// Messages withheld since the last one admitted.
  [[nodiscard]] std::uint64_t take_withheld();

 private:
  double per_second_;
  double burst_;
  double tokens_;
  Instant last_{};
  std::uint64_t withheld_{0};
};

}  // namespace base
