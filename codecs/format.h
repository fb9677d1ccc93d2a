#pragma once
/// \file
/// What an m= line says of one payload type, less the number: encoding name, clock rate, channels, fmtp.

#include <cstdint>
#include <string>

#include "mediad/base/units.h"

namespace codecs {

/// One rtpmap (RFC 8866 §6.6) with its fmtp. The encoding is kept as written; comparison folds case (RFC 4855
/// §3).
struct Format {
  std::string encoding;
  base::ClockRate clock_rate{};
  std::uint8_t channels{1};
  std::string fmtp;

  bool operator==(const Format&) const = default;
};

/// True if both name the same encoding at the same clock rate and channel count, whatever their fmtp.
[[nodiscard]] bool same_encoding(const Format& a, const Format& b);

}  // namespace codecs
