#include "codecs/comfort_noise.h"

#include <algorithm>
#include <cmath>

namespace codecs {
namespace {

// RFC 3389 §3.2: index 127 is zero, 0 and 254 the ends; 255 is reserved and read as the nearest.
constexpr int kZeroIndex = 127;
constexpr float kIndexStep = 258.0F / 32768.0F;
constexpr float kOverload = 32767.0F;       // a full-scale square wave is 0 dBov (§3.1)
constexpr float kUniformRms = 0.57735027F;  // of a uniform distribution over -1..1
constexpr float kGlide = 1.0F / 160.0F;     // of the way to a new level, per sample
constexpr float kLagWindow = 0.0001F;       // white noise correction: keeps the model stable

}  // namespace

std::optional<NoiseDescription> NoiseDescription::parse(base::Octets payload) noexcept {
  if (payload.empty()) return std::nullopt;
  NoiseDescription description;
  description.level = base::load_u8(payload.data()) & 0x7F;  // the first bit is unused
  const auto coefficients = payload.subspan(1, std::min(payload.size() - 1, kMaxOrder));
  description.order = static_cast<std::uint8_t>(coefficients.size());
  for (std::size_t i = 0; i < coefficients.size(); ++i) {
    const int index = std::min<int>(base::load_u8(&coefficients[i]), 254);
    description.reflection[i] = static_cast<float>(index - kZeroIndex) * kIndexStep;
  }
  return description;
}

std::size_t NoiseDescription::print(base::MutableOctets payload) const noexcept {
  const std::size_t size = std::min<std::size_t>(payload.size(), 1U + order);
  if (size == 0) return 0;
  base::store_u8(payload.data(), level);
  for (std::size_t i = 1; i < size; ++i) {
    const auto index = std::lround(reflection[i - 1] / kIndexStep) + kZeroIndex;
    base::store_u8(&payload[i], static_cast<std::uint8_t>(std::clamp(index, 0L, 254L)));
  }
  return size;
}

NoiseDescription NoiseDescription::measure(std::span<const std::int16_t> pcm, std::uint8_t order) noexcept {
  NoiseDescription description;
  description.order = static_cast<std::uint8_t>(std::min<std::size_t>(order, kMaxOrder));
  std::array<float, kMaxOrder + 1> correlation{};
  for (std::size_t lag = 0; lag <= description.order && lag < pcm.size(); ++lag) {
    for (std::size_t i = lag; i < pcm.size(); ++i) {
      correlation[lag] += static_cast<float>(pcm[i]) * static_cast<float>(pcm[i - lag]);
    }
  }
  if (correlation[0] <= 0) return description;
  const float rms = std::sqrt(correlation[0] / static_cast<float>(pcm.size()));
  description.level =
      static_cast<std::uint8_t>(std::clamp(std::lround(-20 * std::log10(rms / kOverload)), 0L, 127L));

  // Levinson-Durbin; only the reflection coefficients are kept.
  correlation[0] *= 1 + kLagWindow;
  std::array<float, kMaxOrder + 1> predictor{1};
  float error = correlation[0];
  for (std::size_t m = 1; m <= description.order; ++m) {
    float sum = correlation[m];
    for (std::size_t i = 1; i < m; ++i) sum += predictor[i] * correlation[m - i];
    const float k = std::clamp(-sum / error, -0.999F, 0.999F);
    const auto before = predictor;
    for (std::size_t i = 1; i < m; ++i) predictor[i] = before[i] + k * before[m - i];
    predictor[m] = k;
    description.reflection[m - 1] = k;
    error *= 1 - k * k;
  }
  return description;
}

void ComfortNoise::describe(const NoiseDescription& description) noexcept {
  description_ = description;
  // The lattice amplifies white noise by 1 / sqrt(prod(1 - k^2)).
  float shrink = 1;
  for (std::size_t i = 0; i < description.order; ++i) {
    shrink *= 1 - description.reflection[i] * description.reflection[i];
  }
  const float rms = kOverload * std::pow(10.0F, -static_cast<float>(description.level) / 20.0F);
  wanted_gain_ = rms * std::sqrt(shrink) / kUniformRms;
}

void ComfortNoise::generate(std::span<std::int16_t> pcm) noexcept {
  for (auto& sample : pcm) {
    random_ ^= random_ << 13;  // Marsaglia's xorshift: white enough, and cheap
    random_ ^= random_ >> 17;
    random_ ^= random_ << 5;
    gain_ += (wanted_gain_ - gain_) * kGlide;
    float forward = gain_ * static_cast<float>(static_cast<std::int32_t>(random_)) / 2147483648.0F;
    // All-pole lattice: each stage takes the predicted part back in.
    for (std::size_t i = description_.order; i-- > 0;) {
      forward -= description_.reflection[i] * lattice_[i];
      lattice_[i + 1] = lattice_[i] + description_.reflection[i] * forward;
    }
    lattice_[0] = forward;
    sample = static_cast<std::int16_t>(std::lrintf(std::clamp(forward, -32768.0F, 32767.0F)));
  }
}

}  // namespace codecs
