#include "codecs/dtmf.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace codecs {
namespace {

constexpr std::array<float, 4> kLow{697, 770, 852, 941};  // Q.23 §4
constexpr std::array<float, 4> kHigh{1209, 1336, 1477, 1633};
/// Row and column of each event on the keypad.
constexpr std::array<std::array<std::uint8_t, 2>, kDtmfDigits> kKeys{{{3, 1},
                                                                      {0, 0},
                                                                      {0, 1},
                                                                      {0, 2},
                                                                      {1, 0},
                                                                      {1, 1},
                                                                      {1, 2},
                                                                      {2, 0},
                                                                      {2, 1},
                                                                      {2, 2},
                                                                      {3, 0},
                                                                      {3, 2},
                                                                      {0, 3},
                                                                      {1, 3},
                                                                      {2, 3},
                                                                      {3, 3}}};
/// A sine of 0 dBm0 is 3.14 dB below the overload of A-law (G.711 §4), which is 32256 here.
constexpr float kAmplitudeAt0Dbm0 = 22470.0F;
constexpr float kRiseSeconds = 0.002F;

constexpr float kDetectorRate = 8000.0F;
constexpr float kMinEnergy = 102 * 200.0F * 200.0F;  // about -44 dBm0: fainter is not meant
constexpr float kMaxTwist = 6.3F;                    // 8 dB as a power ratio (Q.24 asks for 4 to 8)
constexpr float kMinShare = 0.7F;                    // of the block's energy in the two tones
constexpr float kMinLead = 4.0F;                     // of the strongest over the next in its group, as power
constexpr int kMissesThatEnd = 2;

float radians(float hz, float rate) {
  return 2 * std::numbers::pi_v<float> * hz / rate;
}

/// Index of the strongest of four, or nullopt if another comes near.
std::optional<std::size_t> clear_winner(std::span<const float, 4> powers) {
  const auto best = static_cast<std::size_t>(std::ranges::max_element(powers) - powers.begin());
  for (std::size_t i = 0; i < powers.size(); ++i) {
    if (i != best && powers[i] * kMinLead > powers[best]) return std::nullopt;
  }
  return best;
}

}  // namespace

DtmfGenerator::DtmfGenerator(base::SampleRate rate, std::uint8_t event, std::uint8_t dbm0) noexcept
    : amplitude_(kAmplitudeAt0Dbm0 * std::pow(10.0F, -static_cast<float>(dbm0) / 20.0F)),
      rise_step_(1.0F / (kRiseSeconds * static_cast<float>(rate.hz))) {
  const auto& key = kKeys[event % kDtmfDigits];
  for (const auto& [tone, hz] : {std::pair{&tones_[0], kLow[key[0]]}, std::pair{&tones_[1], kHigh[key[1]]}}) {
    const float angle = radians(hz, static_cast<float>(rate.hz));
    tone->turn_cosine = std::cos(angle);
    tone->turn_sine = std::sin(angle);
  }
}

float DtmfGenerator::next() noexcept {
  float sum = 0;
  for (Tone& tone : tones_) {
    sum += tone.sine;
    const float cosine = tone.cosine * tone.turn_cosine - tone.sine * tone.turn_sine;
    tone.sine = tone.sine * tone.turn_cosine + tone.cosine * tone.turn_sine;
    tone.cosine = cosine;
    // Rounding lets the phasor's length drift; one Newton step brings it back to 1.
    const float correction = 1.5F - 0.5F * (tone.cosine * tone.cosine + tone.sine * tone.sine);
    tone.cosine *= correction;
    tone.sine *= correction;
  }
  rise_ = std::min(rise_ + rise_step_, 1.0F);
  return sum * amplitude_ * rise_;
}

void DtmfGenerator::generate(std::span<std::int16_t> pcm) noexcept {
  for (auto& sample : pcm) {
    sample = static_cast<std::int16_t>(std::lrintf(std::clamp(next(), -32768.0F, 32767.0F)));
  }
}

void DtmfGenerator::finish(std::span<std::int16_t> pcm) noexcept {
  const auto length = static_cast<float>(pcm.size());
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    const float value = next() * (length - static_cast<float>(i)) / length;
    pcm[i] = static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
  }
}

std::optional<DtmfDetector::Change> DtmfDetector::listen(std::span<const std::int16_t> pcm) noexcept {
  std::optional<Change> change;
  for (std::size_t i = 0; i < pcm.size(); ++i) {
    add(pcm[i]);
    if (filled_ < kBlock) continue;
    const auto digit = digit_in_block();
    start_block();
    if (!current_ && digit && digit == last_block_) {
      current_ = digit;
      misses_ = 0;
      change = Change{*digit, true, i + 1};
    } else if (current_ && digit != current_) {
      if (++misses_ == kMissesThatEnd) {
        change = Change{*current_, false, i + 1};
        current_.reset();
      }
    } else {
      misses_ = 0;
    }
    last_block_ = digit;
  }
  return change;
}

void DtmfDetector::add(float sample) noexcept {
  static const std::array<float, 8> kFactors = [] {
    std::array<float, 8> factors;
    for (std::size_t i = 0; i < 4; ++i) {
      factors[i] = 2 * std::cos(radians(kLow[i], kDetectorRate));
      factors[i + 4] = 2 * std::cos(radians(kHigh[i], kDetectorRate));
    }
    return factors;
  }();
  for (std::size_t i = 0; i < before_.size(); ++i) {
    const float now = sample + kFactors[i] * before_[i] - before_that_[i];
    before_that_[i] = before_[i];
    before_[i] = now;
  }
  energy_ += sample * sample;
  ++filled_;
}

void DtmfDetector::start_block() noexcept {
  before_.fill(0);
  before_that_.fill(0);
  energy_ = 0;
  filled_ = 0;
}

std::optional<std::uint8_t> DtmfDetector::digit_in_block() const noexcept {
  if (energy_ < kMinEnergy) return std::nullopt;
  std::array<float, 8> powers;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const float factor = 2 * std::cos(radians(i < 4 ? kLow[i] : kHigh[i - 4], kDetectorRate));
    powers[i] =
        before_[i] * before_[i] + before_that_[i] * before_that_[i] - factor * before_[i] * before_that_[i];
  }
  const std::span<const float, 8> all{powers};
  const auto row = clear_winner(all.first<4>());
  const auto column = clear_winner(all.last<4>());
  if (!row || !column) return std::nullopt;
  const float low = powers[*row];
  const float high = powers[4 + *column];
  if (low > high * kMaxTwist || high > low * kMaxTwist) return std::nullopt;
  // A pure tone of energy E in a block of N samples has Goertzel power E N / 2.
  if ((low + high) < kMinShare * energy_ * static_cast<float>(kBlock) / 2) return std::nullopt;
  for (std::uint8_t event = 0; event < kDtmfDigits; ++event) {
    if (kKeys[event][0] == *row && kKeys[event][1] == *column) return event;
  }
  return std::nullopt;
}

}  // namespace codecs
