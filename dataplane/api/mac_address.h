#pragma once
/// \file
/// An Ethernet address as a plain value.

#include <array>
#include <cstdint>
#include <string>

namespace dataplane {

using MacAddress = std::array<std::uint8_t, 6>;

inline constexpr MacAddress kBroadcastMac{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

/// "02:00:00:00:00:0a".
[[nodiscard]] inline std::string to_string(const MacAddress& mac) {
  constexpr const char* kDigits = "0123456789abcdef";
  std::string text;
  for (const auto octet : mac) {
    if (!text.empty()) text += ':';
    text += kDigits[octet >> 4];
    text += kDigits[octet & 0x0F];
  }
  return text;
}

}  // namespace dataplane
