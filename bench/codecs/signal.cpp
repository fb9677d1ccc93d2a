#include "bench/codecs/signal.h"

#include <cmath>
#include <numbers>
#include <random>

namespace bench {

std::vector<std::int16_t> voice_like(std::size_t samples, std::uint32_t rate) {
  std::vector<std::int16_t> pcm(samples);
  std::mt19937 random{1};
  std::normal_distribution<double> noise{0, 60};
  double angle = 0;
  for (std::size_t i = 0; i < samples; ++i) {
    const double seconds = static_cast<double>(i) / rate;
    const double pitch = 140 + 30 * std::sin(2 * std::numbers::pi * 0.7 * seconds);
    angle += 2 * std::numbers::pi * pitch / rate;
    double value = 0;
    for (int harmonic = 1; harmonic <= 12; ++harmonic) value += std::sin(harmonic * angle) / harmonic;
    const double envelope = 0.55 + 0.45 * std::sin(2 * std::numbers::pi * 3.1 * seconds);
    pcm[i] = static_cast<std::int16_t>(std::lround(5000 * envelope * value + noise(random)));
  }
  return pcm;
}

}  // namespace bench
