#include "codecs/plc.h"

#include <algorithm>
#include <cmath>

namespace codecs {
namespace {

constexpr std::uint32_t kHistory = 390;   // 48.75 ms in 1/8 ms: three longest periods and a quarter
constexpr std::uint32_t kWindow = 80;     // 10 ms: correlated to find the period; the last is the truest
constexpr std::uint32_t kMaxPeriods = 3;  // a single period repeated for long buzzes
constexpr float kFadePerBlock = 0.2F;     // from the second 10 ms on

std::int16_t to_sample(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

Plc::Plc(base::SampleRate rate)
    : scale_(std::max(rate.hz / 8000, 1U)),
      min_period_(40 * scale_),
      max_period_(120 * scale_),
      block_(80 * scale_),
      ring_(std::size_t{kHistory} * scale_),
      history_(ring_.size()),
      loop_(ring_.size()),
      fade_out_(max_period_ / 4) {}

void Plc::received(std::span<std::int16_t> pcm) noexcept {
  if (concealed_ > 0) {
    // A longer cross-fade, as the Recommendation has it for long gaps, spoils more good samples than it
    // smooths.
    const auto length = std::min<std::size_t>(quarter_, pcm.size());
    for (std::size_t i = 0; i < length; ++i) {
      const float weight = (static_cast<float>(i) + 0.5F) / static_cast<float>(length);
      pcm[i] = to_sample(weight * pcm[i] + (1.0F - weight) * next_concealed());
    }
    concealed_ = 0;
  }
  remember(pcm);
}

void Plc::conceal(std::span<std::int16_t> pcm) noexcept {
  if (concealed_ == 0) begin_gap();
  for (auto& sample : pcm) sample = to_sample(next_concealed());
  remember(pcm);
}

void Plc::remember(std::span<const std::int16_t> pcm) noexcept {
  if (pcm.size() > ring_.size()) pcm = pcm.last(ring_.size());
  const auto until_end = std::min(pcm.size(), ring_.size() - head_);
  std::ranges::copy(pcm.first(until_end), ring_.begin() + head_);
  std::ranges::copy(pcm.subspan(until_end), ring_.begin());
  head_ = static_cast<std::uint32_t>(until_end < pcm.size() || head_ + until_end == ring_.size()
                                         ? pcm.size() - until_end
                                         : head_ + until_end);
}

void Plc::begin_gap() noexcept {
  const auto middle = std::copy(ring_.begin() + head_, ring_.end(), history_.begin());
  std::copy(ring_.begin(), ring_.begin() + head_, middle);
  period_ = find_period();
  quarter_ = period_ / 4;
  fade_position_ = quarter_;
  position_ = 0;
  repeat(1);
  // The repetition begins one period back: the step to it is taken out slowly rather than heard as a click.
  const auto end = history_.size();
  step_ = static_cast<float>(history_[end - 1] - history_[end - 1 - period_]);
}

/// Lets the last `periods` periods be played round and round: their last quarter period is cross-faded into
/// what preceded their start.
void Plc::repeat(std::uint32_t periods) noexcept {
  periods_ = periods;
  loop_ = history_;  // same size: no allocation
  const auto end = loop_.size();
  const auto start = end - std::size_t{periods} * period_;
  for (std::uint32_t i = 0; i < quarter_; ++i) {
    const float weight = (static_cast<float>(i) + 0.5F) / static_cast<float>(quarter_);
    const auto at = end - quarter_ + i;
    loop_[at] = to_sample((1.0F - weight) * history_[at] + weight * history_[start - quarter_ + i]);
  }
}

/// The lag with the highest normalised correlation over the last 10 ms, first coarsely on every second sample
/// of an 8 kHz grid, then around the best.
std::uint32_t Plc::find_period() const noexcept {
  const std::int16_t* const recent = history_.data() + history_.size() - std::size_t{kWindow} * scale_;
  const auto score = [&](std::uint32_t lag, std::uint32_t stride) {
    float product = 0;
    float energy = 1;
    for (std::uint32_t i = 0; i < kWindow * scale_; i += stride) {
      const float past = recent[static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(lag)];
      product += recent[i] * past;
      energy += past * past;
    }
    return product / std::sqrt(energy);
  };
  const auto best_of = [&](std::uint32_t first, std::uint32_t last, std::uint32_t lag_step,
                           std::uint32_t stride) {
    std::uint32_t best = first;
    float highest = score(first, stride);
    for (std::uint32_t lag = first + lag_step; lag <= last; lag += lag_step) {
      const float value = score(lag, stride);
      if (value > highest) {
        highest = value;
        best = lag;
      }
    }
    return best;
  };
  const std::uint32_t coarse = best_of(min_period_, max_period_, 2 * scale_, 2 * scale_);
  return best_of(std::max(coarse - 2 * scale_, min_period_), std::min(coarse + 2 * scale_, max_period_), 1,
                 scale_);
}

float Plc::next_repeated() noexcept {
  const std::uint32_t length = periods_ * period_;
  const float value = loop_[loop_.size() - length + position_];
  if (++position_ == length) position_ = 0;
  return value;
}

/// 1 during the first 10 ms of a gap, then a straight line down by 20 % for each 10 ms.
float Plc::level() const noexcept {
  if (concealed_ <= block_) return 1;
  const float blocks = static_cast<float>(concealed_ - block_) / static_cast<float>(block_);
  return std::max(0.0F, 1.0F - kFadePerBlock * blocks);
}

float Plc::next_concealed() noexcept {
  if (concealed_ > 0 && concealed_ % (2 * block_) == 0 && periods_ < kMaxPeriods) {
    // One more period comes in; the former repetition runs on for a quarter period to fade into it.
    const auto position = position_ % period_;
    for (std::uint32_t i = 0; i < quarter_; ++i) fade_out_[i] = next_repeated();
    position_ = position;
    repeat(periods_ + 1);
    fade_position_ = 0;
  }
  float value = next_repeated();
  if (fade_position_ < quarter_) {
    const float weight = (static_cast<float>(fade_position_) + 0.5F) / static_cast<float>(quarter_);
    value = weight * value + (1.0F - weight) * fade_out_[fade_position_++];
  }
  if (concealed_ < quarter_) {
    value += step_ * (1.0F - (static_cast<float>(concealed_) + 0.5F) / static_cast<float>(quarter_));
  }
  value *= level();
  // The count only says where on the way to silence the gap is.
  if (level() > 0) ++concealed_;
  return value;
}

}  // namespace codecs
