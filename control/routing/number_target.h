#pragma once
/// \file
/// Where a number leads, as an operator writes it: user:NAME, group:NAME, trunk:NAME:NUMBER.

#include <string>
#include <string_view>

#include "control/routing/routing_table.h"
#include "mediad/base/result.h"

namespace control {

/// Any thread; allocates.
[[nodiscard]] base::Result<NumberTarget> parse_number_target(std::string_view text);
[[nodiscard]] std::string print_number_target(const NumberTarget& target);

}  // namespace control
