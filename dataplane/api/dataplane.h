#pragma once
/// \file
/// The whole dataplane as the daemon sees it: configured, started, asked for its workers, stopped.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dataplane/api/worker_proxy.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace dataplane {

enum class PortDriver : std::uint8_t { kAfPacket, kAfXdp, kTap, kNull, kRing, kPcap, kPci };

enum class AddressMode : std::uint8_t {
  kShared,  ///< the kernel's own address: it answers ARP, ND and ping; we keep it from answering our media
            ///< ports
  kOwned,   ///< an address of ours alone: we answer ARP, ND and ping
};

/// One DPDK port.
struct PortConfig {
  std::string name;  ///< ours, for logs: "eth0", "media0"
  PortDriver driver{PortDriver::kAfPacket};
  std::string device;  ///< kernel interface, PCI address, or extra devargs for test drivers
  AddressMode mode{AddressMode::kShared};
  std::vector<base::IpAddress> addresses;                 ///< local media addresses on this port
  std::vector<std::uint8_t> prefix_lengths;               ///< kOwned: of each address
  std::optional<base::IpAddress> gateway_v4, gateway_v6;  ///< kOwned: default next hops
  std::uint16_t mtu{0};                                   ///< 0: ask the kernel

  bool operator==(const PortConfig&) const = default;
};

enum class IdleMode : std::uint8_t {
  kPolite,  ///< spin a little, then sleep on the ports' file descriptors and the doorbell
  kBusy,    ///< poll for ever: for machines with lcores to give
};

struct DataplaneConfig {
  std::vector<PortConfig> ports;
  std::uint16_t workers{1};
  std::vector<int> cpus;                           ///< one per worker; empty: the process's affinity in order
  base::UdpPort port_min{20000}, port_max{29999};  ///< media ports: what shared mode shields from the kernel
  IdleMode idle{IdleMode::kPolite};
  std::uint32_t mbufs{16384};
  bool hugepages{true};  ///< try 2 MiB pages first
};

/// EAL, ports and worker lcores. One per process (the EAL allows no more). Control thread.
class Dataplane {
 public:
  static base::Result<std::unique_ptr<Dataplane>> start(const DataplaneConfig& config);
  virtual ~Dataplane() = default;  ///< stops the workers and undoes what start() changed in the kernel

  [[nodiscard]] virtual std::vector<WorkerProxy>& workers() = 0;
  /// Called by the control loop every few milliseconds: answers NextHopWanted and follows the kernel's
  /// neighbour table.
  virtual void resolve_next_hop(const base::IpAddress& destination) = 0;
  virtual void poll_kernel() = 0;
  /// Which worker serves this local UDP port. Port pairs are partitioned so that a NIC can steer by
  /// destination port.
  [[nodiscard]] virtual std::uint16_t worker_of(base::UdpPort port) const = 0;
  /// One line per port for the start-up log: driver, device, addresses, MAC, MTU, queues.
  [[nodiscard]] virtual std::vector<std::string> describe() const = 0;
};

}  // namespace dataplane
