#pragma once
/// \file
/// An Ethernet address as a plain value.

#include <array>
#include <cstdint>

namespace dataplane {

using MacAddress = std::array<std::uint8_t, 6>;

inline constexpr MacAddress kBroadcastMac{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

}  // namespace dataplane
