#pragma once
/// \file
/// What SIGHUP takes over from a freshly read configuration.

#include <string>
#include <vector>

#include "mediad/options.h"

namespace mediad {

/// Copies into `running` what may change while calls run. Returns the names of keys that differ but need a
/// restart.
[[nodiscard]] std::vector<std::string> take_over(const Options& fresh, Options& running);

}  // namespace mediad
