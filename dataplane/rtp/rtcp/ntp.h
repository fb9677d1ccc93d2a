#pragma once
/// \file
/// NTP timestamps as RTCP carries them (RFC 3550 §4): seconds since 1900 in 32.32 fixed point, and its middle
/// 32 bits as 16.16.

#include <chrono>
#include <cstdint>

#include "mediad/base/clock.h"

namespace dataplane::rtp::rtcp {

/// Seconds from 1900-01-01 to 1970-01-01: 70 years with 17 leap days.
inline constexpr std::uint64_t kNtpEpochOffset = 2'208'988'800;

/// The 32 bits of seconds wrap in 2036, as all users of RTCP do.
[[nodiscard]] constexpr std::uint64_t to_ntp(base::WallTime wall) {
  const auto ns = static_cast<std::uint64_t>(wall.time_since_epoch().count());
  const std::uint64_t seconds = ns / 1'000'000'000 + kNtpEpochOffset;
  const std::uint64_t fraction = ((ns % 1'000'000'000) << 32) / 1'000'000'000;
  return seconds << 32 | fraction;
}

/// What LSR holds.
[[nodiscard]] constexpr std::uint32_t middle_bits(std::uint64_t ntp) {
  return static_cast<std::uint32_t>(ntp >> 16);
}

/// Units of 1/65536 s, as DLSR has them; saturates at 18 h.
[[nodiscard]] constexpr std::uint32_t to_dlsr(base::Duration d) {
  const auto us = static_cast<std::uint64_t>(d.count() < 0 ? 0 : d.count() / 1000);
  const std::uint64_t units = us * 65536 / 1'000'000;
  return units > 0xFFFFFFFF ? 0xFFFFFFFF : static_cast<std::uint32_t>(units);
}
[[nodiscard]] constexpr base::Duration from_dlsr(std::uint32_t units) {
  return base::Duration{static_cast<std::int64_t>(std::uint64_t{units} * 1'000'000'000 / 65536)};
}

}  // namespace dataplane::rtp::rtcp
