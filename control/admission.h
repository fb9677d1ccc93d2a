#pragma once
/// \file
/// Whether a worker may take one more transcoded call, judged by what codecs are known to cost.

#include <cstdint>
#include <vector>

namespace control {

/// Every plan is charged a cost that was measured on one machine (load_of()). What the charged calls really
/// take here, with these batches and packets, is seen in the worker's busy time and scales all costs.
/// Control thread.
class Admission {
 public:
  explicit Admission(std::size_t workers) : scales_(workers, 1.0) {}

  /// Once a second: the share of the time that a worker was busy, and what its calls are charged with, in CPU
  /// microseconds a second. Believed only from a twentieth of a core on: below, idling turns decide.
  void measure(std::size_t worker, double busy_share, std::int64_t charged_us);

  /// True if a worker that is charged with `charged_us` may be charged with `more_us` on top, so that no more
  /// than `limit_percent` of its time is expected to be taken. A limit of 0 is none.
  [[nodiscard]] bool fits(std::size_t worker, std::int64_t charged_us, std::int64_t more_us,
                          unsigned limit_percent) const;

  /// What charged microseconds really take.
  [[nodiscard]] double scale(std::size_t worker) const { return scales_[worker]; }

 private:
  std::vector<double> scales_;
};

}  // namespace control
