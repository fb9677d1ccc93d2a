#pragma once
/// \file
/// Units that would be confused as bare integers.

#include <compare>
#include <cstdint>

namespace base {

/// Ticks per second of an RTP timestamp (RFC 3550 §5.1). Not the sampling rate: G.722 samples at 16 kHz and
/// has clock rate 8000 (RFC 3551 §4.5.2); Opus always has 48000 (RFC 7587 §4.1).
struct ClockRate {
  std::uint32_t hz{8000};
  auto operator<=>(const ClockRate&) const = default;
};

/// Samples per second and channel of linear audio.
struct SampleRate {
  std::uint32_t hz{8000};
  auto operator<=>(const SampleRate&) const = default;
};

/// A UDP port number. `Port` alone is always a DPDK port.
struct UdpPort {
  std::uint16_t number{0};
  auto operator<=>(const UdpPort&) const = default;
};

}  // namespace base
