#include "tests/codecs/speech.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>

namespace codecs::test {
namespace {

double energy(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const auto sample : pcm) sum += static_cast<double>(sample) * sample;
  return sum;
}

}  // namespace

std::vector<std::byte> read_data(const std::string& path) {
  std::ifstream file{std::string{MEDIAD_TEST_DATA} + "/" + path, std::ios::binary};
  EXPECT_TRUE(file) << path;
  const std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::vector<std::byte> octets(text.size());
  std::memcpy(octets.data(), text.data(), text.size());
  return octets;
}

Pcm read_speech(const std::string& name) {
  constexpr std::size_t kWavHeader = 44;
  const auto file = read_data("audio/" + name);
  Pcm pcm(file.size() < kWavHeader ? 0 : (file.size() - kWavHeader) / 2);
  EXPECT_FALSE(pcm.empty()) << name;
  std::memcpy(pcm.data(), file.data() + kWavHeader, pcm.size() * 2);
  return pcm;
}

std::size_t delay_of(std::span<const std::int16_t> reference, std::span<const std::int16_t> degraded,
                     std::size_t limit) {
  const std::size_t length = std::min(reference.size(), degraded.size()) - limit;
  std::size_t best = 0;
  double highest = 0;
  for (std::size_t delay = 0; delay <= limit; ++delay) {
    double product = 0;
    for (std::size_t i = 0; i < length; ++i)
      product += static_cast<double>(reference[i]) * degraded[i + delay];
    const double value = product / std::sqrt(energy(degraded.subspan(delay, length)) + 1);
    if (value > highest) {
      highest = value;
      best = delay;
    }
  }
  return best;
}

Comparison compare(std::span<const std::int16_t> reference, std::span<const std::int16_t> degraded,
                   std::size_t segment, std::size_t delay) {
  const std::size_t length = std::min(reference.size(), degraded.size() - delay);
  const auto aligned = degraded.subspan(delay, length);
  std::vector<double> energies;
  for (std::size_t at = 0; at + segment <= length; at += segment) {
    energies.push_back(energy(reference.subspan(at, segment)));
  }
  const double audible = *std::ranges::max_element(energies) * 1e-3;
  double sum = 0;
  double reference_energy = 0;
  double degraded_energy = 0;
  std::size_t count = 0;
  for (std::size_t k = 0; k < energies.size(); ++k) {
    if (energies[k] < audible) continue;
    double noise = 1;
    for (std::size_t i = k * segment; i < (k + 1) * segment; ++i) {
      const double difference = static_cast<double>(reference[i]) - aligned[i];
      noise += difference * difference;
    }
    sum += std::clamp(10 * std::log10(energies[k] / noise), -10.0, 40.0);
    reference_energy += energies[k];
    degraded_energy += energy(aligned.subspan(k * segment, segment));
    ++count;
  }
  return {sum / static_cast<double>(count), 10 * std::log10((degraded_energy + 1) / reference_energy)};
}

Pcm tone(double hz, double amplitude, std::size_t samples, double rate) {
  Pcm pcm(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    pcm[i] = static_cast<std::int16_t>(std::lround(amplitude * std::sin(angle)));
  }
  return pcm;
}

double rms(std::span<const std::int16_t> pcm) {
  return std::sqrt(energy(pcm) / static_cast<double>(pcm.size()));
}

}  // namespace codecs::test
