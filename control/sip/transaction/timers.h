#pragma once
/// \file
/// Timer values of RFC 3261 table 4, with those of RFC 6026.

#include <chrono>

#include "mediad/base/clock.h"

namespace control::sip {

/// All derive from T1, the estimate of a round trip. Other values are for tests and for slow networks.
struct Timers {
  base::Duration t1{std::chrono::milliseconds{500}};
  base::Duration t2{std::chrono::seconds{4}};
  base::Duration t4{std::chrono::seconds{5}};
  /// RFC 3261 §17.2.1: an INVITE that gets no answer by then gets 100.
  base::Duration trying{std::chrono::milliseconds{200}};

  /// B, F, H, J, L, M, and D, for which the RFC wants at least 32 s.
  [[nodiscard]] base::Duration give_up() const { return 64 * t1; }
};

}  // namespace control::sip
