#pragma once
/// \file
/// Instants at which something is due, of which there may be none.

#include <algorithm>
#include <optional>

#include "mediad/base/clock.h"

namespace base {

/// The one that comes first; none if there is neither.
[[nodiscard]] inline std::optional<Instant> earlier(const std::optional<Instant>& a,
                                                    const std::optional<Instant>& b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace base
