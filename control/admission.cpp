#include "control/admission.h"

#include <algorithm>

namespace control {
namespace {

constexpr double kSecondUs = 1e6;
constexpr std::int64_t kEnoughToMeasure = 50'000;
/// Calls on hold cost nothing until they resume, and a stalled machine is none that is four times slower.
constexpr double kLeastScale = 0.5;
constexpr double kMostScale = 4;
constexpr double kSmoothing = 0.2;

}  // namespace

void Admission::measure(std::size_t worker, double busy_share, std::int64_t charged_us) {
  if (charged_us < kEnoughToMeasure) return;
  const double seen = busy_share * kSecondUs / static_cast<double>(charged_us);
  scales_[worker] += kSmoothing * (std::clamp(seen, kLeastScale, kMostScale) - scales_[worker]);
}

bool Admission::fits(std::size_t worker, std::int64_t charged_us, std::int64_t more_us,
                     unsigned limit_percent) const {
  if (limit_percent == 0) return true;
  const double expected = scales_[worker] * static_cast<double>(charged_us + more_us);
  return expected <= kSecondUs * limit_percent / 100;
}

}  // namespace control
