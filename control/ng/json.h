#pragma once
/// \file
/// The other encoding of ng messages: JSON (RFC 8259).

#include <string>
#include <string_view>

#include "control/ng/value.h"
#include "mediad/base/result.h"

namespace control::ng {

/// Reads one JSON value. true and false become "yes" and "no", null an empty text, fractions their text.
/// Errors as decode_bencode(); texts must be UTF-8. Linear in the size of the text.
[[nodiscard]] base::Result<Value> decode_json(std::string_view text);

/// Appends `value` as JSON to `out`; octets that are not UTF-8 become U+FFFD.
void encode_json(const Value& value, std::string& out);

}  // namespace control::ng
