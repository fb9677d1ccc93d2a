#pragma once
/// \file
/// A reader of HEP3 for tests, written from the format alone: chunks by their type.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace control {

inline std::uint64_t big_endian(std::string_view octets) {
  std::uint64_t value = 0;
  for (const char c : octets) value = value << 8 | static_cast<unsigned char>(c);
  return value;
}

/// nullopt if the lengths do not add up or a chunk comes twice.
inline std::optional<std::map<unsigned, std::string>> decode_hep(std::string_view datagram) {
  if (!datagram.starts_with("HEP3") || datagram.size() < 6 ||
      big_endian(datagram.substr(4, 2)) != datagram.size())
    return std::nullopt;
  std::map<unsigned, std::string> chunks;
  for (auto rest = datagram.substr(6); !rest.empty();) {
    if (rest.size() < 6 || big_endian(rest.substr(0, 2)) != 0) return std::nullopt;
    const auto type = static_cast<unsigned>(big_endian(rest.substr(2, 2)));
    const auto size = big_endian(rest.substr(4, 2));
    if (size < 6 || size > rest.size()) return std::nullopt;
    if (!chunks.emplace(type, rest.substr(6, size - 6)).second) return std::nullopt;
    rest.remove_prefix(size);
  }
  return chunks;
}

}  // namespace control
