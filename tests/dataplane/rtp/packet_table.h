#pragma once
/// \file
/// Reads the tables of tests/data/rtp: a datagram a line, `microseconds hexadecimal`.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace dataplane::rtp::test {

struct TimedPacket {
  std::int64_t us{0};
  std::vector<std::byte> octets;
};

inline std::vector<std::byte> from_hex(std::string_view hex) {
  std::vector<std::byte> octets;
  std::string digits;
  for (const char c : hex) {
    if (c == ' ' || c == '\n') continue;
    digits.push_back(c);
    if (digits.size() < 2) continue;
    octets.push_back(static_cast<std::byte>(std::stoul(digits, nullptr, 16)));
    digits.clear();
  }
  if (!digits.empty()) throw std::runtime_error("odd number of hexadecimal digits");
  return octets;
}

inline std::vector<TimedPacket> read_packets(const std::string& name) {
  std::ifstream file(std::string{MEDIAD_TEST_DATA "/rtp/"} + name);
  if (!file) throw std::runtime_error("no table " + name);
  std::vector<TimedPacket> packets;
  std::int64_t us = 0;
  std::string hex;
  while (file >> us >> hex) packets.push_back({us, from_hex(hex)});
  return packets;
}

}  // namespace dataplane::rtp::test
