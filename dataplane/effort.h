#pragma once
/// \file
/// How much effort a worker's encoders may spend: shed as the lcore fills, given back as it empties.

#include <cstdint>

#include "codecs/codec.h"
#include "mediad/base/clock.h"

namespace dataplane {

/// A ceiling on Codec::set_complexity()'s scale. It sinks a step for every window that was too busy, and
/// rises a step only after a longer time that was clearly less so: what a step saves must not bring it back.
/// One worker; no clock of its own.
class Effort {
 public:
  static constexpr base::Duration kWindow = std::chrono::milliseconds{100};
  static constexpr base::Duration kPatience = std::chrono::seconds{2};
  static constexpr double kTooBusy = 0.85;
  static constexpr double kQuiet = 0.60;

  explicit Effort(base::Instant now) : window_began_(now), quiet_since_(now) {}

  /// After a turn. The times are the worker's since its start.
  void update(base::Instant now, std::uint64_t busy_ns, std::uint64_t idle_ns);
  [[nodiscard]] int ceiling() const { return ceiling_; }

 private:
  int ceiling_{codecs::kMostComplexity};
  base::Instant window_began_;
  base::Instant quiet_since_;  ///< or since when the ceiling has been where it is
  std::uint64_t busy_ns_{0};
  std::uint64_t idle_ns_{0};
};

}  // namespace dataplane
