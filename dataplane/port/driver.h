#pragma once
/// \file
/// What mediad knows about each poll-mode driver that it can use, one row each.

#include <cstdint>
#include <string>
#include <string_view>

#include "dataplane/api/dataplane.h"

namespace dataplane {

/// Who can be believed about the UDP checksum of a received datagram.
enum class ChecksumTrust : std::uint8_t {
  kNobody,    ///< local senders leave it to a network card that does not exist: never drop for it
  kHardware,  ///< the port says good or bad
  kOctets,    ///< what is in the frame is what was sent: verify in software
};

struct Driver {
  PortDriver id;
  std::string_view name;         ///< in configuration and logs
  std::string_view vdev_prefix;  ///< of the DPDK device; empty for PCI
  std::uint16_t max_queues;      ///< that work, whatever the driver advertises
  bool kernel_interface;         ///< `device` names a kernel interface
  bool shares_address;           ///< AddressMode::kShared makes sense
  bool own_mac;                  ///< with an owned address, frames carry a MAC of ours, not the device's
  bool rx_interrupt;             ///< ask for receive interrupts
  ChecksumTrust checksum;        ///< kHardware: if the device offers it, otherwise kOctets
};

[[nodiscard]] const Driver& driver_of(PortDriver id);

/// The DPDK device arguments of a port. net_ring takes none here: its rings are made by hand.
[[nodiscard]] std::string device_arguments(const PortConfig& config, std::uint16_t queues);

}  // namespace dataplane
