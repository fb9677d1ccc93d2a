#pragma once
/// \file
/// Which worker serves a local UDP port. Fixed by the port's number alone, so that control can choose a
/// session's ports for its worker, and a NIC can be told the same rule.

#include <cstdint>

#include "mediad/base/units.h"

namespace dataplane {

/// Port pairs are dealt out over this many classes, one per entry of the smallest redirection table in use.
inline constexpr std::uint16_t kPortClasses = 128;

/// The class of a port: an even port and the odd one above it have the same.
[[nodiscard]] constexpr std::uint16_t port_class(base::UdpPort port) {
  return static_cast<std::uint16_t>(port.number >> 1 & (kPortClasses - 1));
}

/// At most kPortClasses workers are served.
[[nodiscard]] constexpr std::uint16_t worker_of_port(base::UdpPort port, std::uint16_t workers) {
  return port_class(port) % workers;
}

}  // namespace dataplane
