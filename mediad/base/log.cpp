#include "mediad/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>

namespace base {
namespace {

spdlog::level::level_enum level_of(int syslog_level) {
  if (syslog_level >= 7) return spdlog::level::debug;
  if (syslog_level >= 5) return spdlog::level::info;
  if (syslog_level == 4) return spdlog::level::warn;
  if (syslog_level == 3) return spdlog::level::err;
  return spdlog::level::critical;
}

}  // namespace

void start_log(int syslog_level) {
  auto logger = spdlog::stderr_logger_mt("mediad");
  logger->set_pattern("%Y-%m-%dT%H:%M:%S.%e %l %v");
  spdlog::set_default_logger(std::move(logger));
  set_log_level(syslog_level);
}

void set_log_level(int syslog_level) {
  spdlog::set_level(level_of(syslog_level));
  spdlog::flush_on(spdlog::level::info);
}

bool LogLimiter::admit(Instant now) {
  const double elapsed = std::chrono::duration<double>(now - last_).count();
  last_ = now;
  tokens_ = std::min(burst_, tokens_ + elapsed * per_second_);
  if (tokens_ < 1.0) {
    ++withheld_;
    return false;
  }
  tokens_ -= 1.0;
  return true;
}

std::uint64_t LogLimiter::take_withheld() {
  return std::exchange(withheld_, 0);
}

}  // namespace base
