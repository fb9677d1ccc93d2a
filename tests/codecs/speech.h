#pragma once
/// \file
/// Real speech for tests, and simple measures of what a codec did to it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace codecs::test {

using Pcm = std::vector<std::int16_t>;

/// Octets of a file below tests/data; fails the test if it cannot be read.
std::vector<std::byte> read_data(const std::string& path);

/// The samples of a mono 16 bit WAV below tests/data/audio.
Pcm read_speech(const std::string& name);

/// Samples that `degraded` is behind `reference`, at most `limit`: where their correlation is highest.
std::size_t delay_of(std::span<const std::int16_t> reference, std::span<const std::int16_t> degraded,
                     std::size_t limit);

struct Comparison {
  double segmental_snr_db{0};  ///< mean over 20 ms segments within 30 dB of the loudest, each -10..40 dB
  double gain_db{0};           ///< level of the degraded signal against the reference
};
/// `degraded` is compared from sample `delay` on.
Comparison compare(std::span<const std::int16_t> reference, std::span<const std::int16_t> degraded,
                   std::size_t segment, std::size_t delay);

/// A tone of `amplitude` and `hz`.
Pcm tone(double hz, double amplitude, std::size_t samples, double rate);

/// Root mean square of the samples.
double rms(std::span<const std::int16_t> pcm);

}  // namespace codecs::test
