#pragma once
/// \file
/// The flat spelling of flags that newer proxies pass through unread: "ICE=remove codec-mask=[all opus] …".

#include <string_view>

#include "control/ng/value.h"

namespace control::ng {

/// Reads words, key=value and key=[value value] into a list: a word becomes a text, a pair a dictionary with
/// that one key. A list that holds a pair becomes one dictionary of its pairs (codec=[mask=[all]]). Brackets
/// that never close end with the text; a bracket beyond kMaxDepth is taken as text. Linear.
[[nodiscard]] Value::List parse_flag_string(std::string_view text);

}  // namespace control::ng
