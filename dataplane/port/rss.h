#pragma once
/// \file
/// Receive-side scaling that follows steering.h, on any NIC with a settable Toeplitz key and redirection
/// table: no flow rules needed.
///
/// The Toeplitz hash of an input is the exclusive or, over its set bits i, of the 32 key bits from i on. With
/// bit 119 alone set in the key, input bit i shows up as hash bit i - 88 counted from the lowest. For IPv4
/// the input is source, destination, source port, destination port (bits 80..95): the seven lowest hash bits
/// are bits 7..1 of the destination port, in reverse, and nothing of the sender matters. IPv6 inputs are
/// longer and spread otherwise; the workers hand those packets over among themselves.

#include <array>
#include <cstdint>

#include "mediad/base/result.h"

struct rte_eth_conf;
struct rte_eth_dev_info;

namespace dataplane {

inline constexpr std::size_t kRssKey = 40;

/// The key of `size` octets with bit 119 alone.
[[nodiscard]] constexpr std::array<std::uint8_t, 64> port_rss_key() {
  std::array<std::uint8_t, 64> key{};
  key[119 / 8] = 1U << (7 - 119 % 8);
  return key;
}

/// The worker for an entry of the redirection table.
[[nodiscard]] std::uint16_t worker_of_entry(std::uint16_t entry, std::uint16_t workers);

/// Asks for that hash in `wanted`, if the device can compute it.
void request_port_steering(const rte_eth_dev_info& info, rte_eth_conf& wanted);
/// Writes the redirection table of a started device with `workers` queues. Devices without one, or with a
/// smaller one than there are port classes, are left as they are. Errors: the driver's.
[[nodiscard]] base::Result<void> steer_by_port(std::uint16_t device_id, std::uint16_t workers);

}  // namespace dataplane
