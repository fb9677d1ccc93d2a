#pragma once
/// \file
/// Reading the parameters of an a=fmtp value: `name=value` pairs parted by semicolons (RFC 4855 §3). Names
/// are compared without regard to case. Any thread, no allocation.

#include <cstdint>
#include <optional>
#include <string_view>

namespace codecs {

/// The value of `name`, without surrounding blanks; nullopt if it is not there or has no "=".
[[nodiscard]] std::optional<std::string_view> fmtp_value(std::string_view fmtp, std::string_view name);

/// The value of `name` as a decimal integer; nullopt if it is missing, malformed or out of range.
[[nodiscard]] std::optional<std::int32_t> fmtp_integer(std::string_view fmtp, std::string_view name);

/// True if `name` has the value "1"; what a flag defaults to is the codec's business.
[[nodiscard]] bool fmtp_flag(std::string_view fmtp, std::string_view name);

/// ASCII comparison without regard to case, as encoding names and parameter names want it.
[[nodiscard]] bool equal_fold(std::string_view a, std::string_view b);

}  // namespace codecs
