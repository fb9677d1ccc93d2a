#pragma once
/// \file
/// The MAC address of a host that exists only in mediad.

#include <cstdint>
#include <string_view>

#include "dataplane/api/mac_address.h"

namespace dataplane {

/// A locally administered address, the same at every start for the same text, so that neighbours need not
/// learn anew. It differs from the interface's own: with that one, the kernel would take our frames for its
/// own and try to forward them.
[[nodiscard]] constexpr MacAddress own_mac(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325ULL;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3ULL;
  MacAddress mac{0x02};
  for (std::size_t i = 1; i < mac.size(); ++i) mac[i] = static_cast<std::uint8_t>(hash >> (i * 8));
  return mac;
}

}  // namespace dataplane
