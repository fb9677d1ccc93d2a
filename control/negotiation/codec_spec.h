#pragma once
/// \file
/// How an operator names a codec in a flag: encoding[/clock rate[/channels[/bit
/// rate[/ptime[/fmtp[/options]]]]]], the form of rtpengine's codec flags. A field left empty stands for any.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codecs/format.h"

namespace control {

struct CodecSpec {
  std::string encoding;
  std::optional<std::uint32_t> clock_rate;  ///< Hz
  std::optional<std::uint8_t> channels;
  std::int32_t bit_rate{0};   ///< bit/s; 0: the codec's default
  std::uint16_t ptime_ms{0};  ///< 0: not given
  std::string fmtp;           ///< "--" in the flag stands for "="

  /// nullopt if there is no encoding or a number cannot be read. Options of other codec libraries are read
  /// over.
  [[nodiscard]] static std::optional<CodecSpec> parse(std::string_view text);

  /// True if the format is one that this names. The keywords "all" and "full" match no format by themselves.
  [[nodiscard]] bool matches(const codecs::Format& format) const;
  [[nodiscard]] bool is_all() const { return encoding == "all"; }
  [[nodiscard]] bool is_full() const { return encoding == "full"; }
};

}  // namespace control
