#pragma once
/// \file
/// Bencode as the ng protocol has it: d…e, l…e, i…e and length-prefixed octet strings. Keys may come
/// unsorted, strings may hold any octet.

#include <string>
#include <string_view>

#include "control/ng/value.h"
#include "mediad/base/result.h"

namespace control::ng {

/// Reads one value that fills the whole text; line ends and NUL behind it are forgiven. Errors: malformed,
/// truncated, nested beyond kMaxDepth, larger than kMaxMessage. Linear in the size of the text.
[[nodiscard]] base::Result<Value> decode_bencode(std::string_view text);

/// Appends the encoding of `value` to `out`, dictionary keys in the order that they have.
void encode_bencode(const Value& value, std::string& out);

}  // namespace control::ng
