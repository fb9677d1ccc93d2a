#pragma once
/// \file
/// How long something took, as Prometheus wants it: cumulative buckets, a count and a sum.

#include <array>
#include <chrono>
#include <cstdint>

#include "mediad/base/clock.h"

namespace control {

/// Bounds run from what a healthy request takes to the second after which a proxy asks again. One thread.
class LatencyHistogram {
 public:
  static constexpr std::array<std::chrono::microseconds, 12> kBounds = {
      std::chrono::microseconds{10},     std::chrono::microseconds{20},
      std::chrono::microseconds{50},     std::chrono::microseconds{100},
      std::chrono::microseconds{200},    std::chrono::microseconds{500},
      std::chrono::microseconds{1000},   std::chrono::microseconds{5000},
      std::chrono::microseconds{20000},  std::chrono::microseconds{50000},
      std::chrono::microseconds{200000}, std::chrono::microseconds{1000000}};

  void add(base::Duration duration) {
    ++count_;
    sum_ += duration;
    for (std::size_t i = 0; i < kBounds.size(); ++i) {
      if (duration <= kBounds[i]) {
        ++buckets_[i];
        return;
      }
    }
  }

  /// Requests that took at most kBounds[i].
  [[nodiscard]] std::uint64_t up_to(std::size_t i) const {
    std::uint64_t n = 0;
    for (std::size_t k = 0; k <= i; ++k) n += buckets_[k];
    return n;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] base::Duration sum() const { return sum_; }

 private:
  std::array<std::uint64_t, kBounds.size()> buckets_{};
  std::uint64_t count_{0};
  base::Duration sum_{};
};

}  // namespace control
