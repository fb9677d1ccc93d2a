#pragma once
/// \file
/// The spellings of ng's keys and flags. Each may have blanks, '-' or '_' between its words.

#include <string>
#include <string_view>

#include "control/ng/request.h"

namespace control::ng {

/// Lower case, with '-' for blanks and '_'.
[[nodiscard]] std::string canonical(std::string_view name);

/// Puts one dictionary entry into the request.
void apply_key(std::string_view key, const Value& value, NgRequest& request);

/// Puts one bare word (an item of `flags`) into the request.
void apply_flag(std::string_view word, NgRequest& request);

}  // namespace control::ng
