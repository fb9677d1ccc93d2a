#pragma once
/// \file
/// Endless test signals at 8 kHz, of the kinds that a codec meets and of those that drive its arithmetic to
/// its limits.

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <random>
#include <span>
#include <vector>

namespace codecs::g729 {

class Signal {
 public:
  static constexpr int kKinds = 12;

  /// `speech` outlives the signal.
  Signal(int kind, unsigned seed, const std::vector<std::int16_t>& speech)
      : kind_(kind), random_(seed), speech_(&speech), at_(speech.empty() ? 0 : random_() % speech.size()) {}

  void next(std::span<std::int16_t> out) {
    for (std::int16_t& x : out) x = sample();
  }

 private:
  std::int16_t sample() {
    const double t = static_cast<double>(n_++) / 8000.0;
    const auto tone = [&](double hz, double level) {
      return level * std::sin(2 * std::numbers::pi * hz * t);
    };
    const auto noise = [&](double level) {
      return level * (static_cast<double>(random_() % 65536) / 32768.0 - 1.0);
    };
    const double voice = speech_->empty() ? 0.0 : (*speech_)[at_++ % speech_->size()];
    switch (kind_) {
      case 0:
      case 1:
        return clip(voice);
      case 2:
        return clip(voice + noise(300));
      case 3:
        return clip(voice * 8);  // clipped
      case 4:
        return clip(noise(2000));
      case 5:
        return clip(noise(32767));
      case 6:
        return clip(tone(440, 8000));
      case 7:
        return clip(tone(697, 9000) + tone(1209, 9000));  // DTMF
      case 8:
        return 0;
      case 9:
        return (n_ / 23) % 2 != 0 ? 32767 : -32768;  // a full-scale square
      case 10:
        return clip(tone(100 + 300 * t, 32767));  // a sweep
      default:
        return n_ / 4000 % 2 != 0 ? clip(voice / 16 + noise(3)) : clip(voice * 2);  // pauses
    }
  }
  static std::int16_t clip(double x) { return static_cast<std::int16_t>(std::clamp(x, -32768.0, 32767.0)); }

  int kind_;
  std::mt19937 random_;
  const std::vector<std::int16_t>* speech_;
  std::size_t at_;
  std::size_t n_{0};
};

}  // namespace codecs::g729
