#pragma once
/// \file
/// What the codec benchmarks feed on: a voice-like signal and states of many calls in rotation.

#include <cstdint>
#include <vector>

namespace bench {

/// Calls in rotation, so that states come from the cache as in a loaded server.
inline constexpr std::size_t kCalls = 64;

/// A sum of harmonics under a slow envelope with some noise: nothing that a codec could take for silence.
std::vector<std::int16_t> voice_like(std::size_t samples, std::uint32_t rate);

}  // namespace bench
