#pragma once
/// \file
/// One DPDK port: opened and closed by control, its queues used by one worker each.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dataplane/api/dataplane.h"
#include "dataplane/api/mac_address.h"
#include "dataplane/net/owned_host.h"
#include "dataplane/packet.h"
#include "dataplane/pool.h"
#include "dataplane/port/driver.h"
#include "dataplane/port/interface.h"
#include "mediad/base/result.h"

namespace dataplane {

/// Frames moved at a time.
inline constexpr std::size_t kBurst = 32;

/// What a port needs beside its own configuration.
struct PortSetup {
  std::uint16_t index{0};   ///< among the dataplane's ports; Packet::port() of what it receives
  std::uint16_t queues{1};  ///< one per worker
  const PacketPool* pool{nullptr};
  base::UdpPort port_min, port_max;  ///< media ports
};

class Port {
 public:
  /// Creates or finds the device, configures and starts it. Errors name the port and what was wrong: no such
  /// interface, taken by another instance, too many queues, refused by the driver. Control thread, after
  /// Eal::start().
  [[nodiscard]] static base::Result<std::unique_ptr<Port>> open(const PortConfig& config,
                                                                const PortSetup& setup);
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  /// Stops and closes the device. The workers must have stopped.
  ~Port();

  // --- The worker of the queue. No allocation, no waiting.

  /// Fills `packets`, which must be empty, from the front; returns how many. They are single segments.
  [[nodiscard]] std::size_t receive_burst(std::uint16_t queue, std::span<Packet> packets);
  /// Takes packets from the front, which become empty; returns how many. The rest stay with the caller.
  /// Kernel-backed drivers take everything and lose silently what is larger than mtu() allows, so the caller
  /// checks.
  [[nodiscard]] std::size_t transmit_burst(std::uint16_t queue, std::span<Packet> packets);

  // --- Any thread; constant once open.

  [[nodiscard]] const std::string& name() const { return config_.name; }
  [[nodiscard]] std::uint16_t index() const { return setup_.index; }
  [[nodiscard]] AddressMode mode() const { return config_.mode; }
  [[nodiscard]] const std::vector<base::IpAddress>& addresses() const { return config_.addresses; }
  /// Source address of the frames that we send.
  [[nodiscard]] const MacAddress& mac() const { return mac_; }
  /// Largest IP packet, in octets.
  [[nodiscard]] std::uint16_t mtu() const { return mtu_; }
  [[nodiscard]] ChecksumTrust checksum_trust() const { return checksum_trust_; }
  /// Who answers for the addresses, in owned mode; otherwise nullptr.
  [[nodiscard]] const OwnedHost* host() const { return host_ ? &*host_ : nullptr; }
  /// DPDK's number of the device.
  [[nodiscard]] std::uint16_t device_id() const { return device_id_; }
  /// Readable when the queue has something; -1: none, the queue must be polled.
  [[nodiscard]] int wait_descriptor(std::uint16_t queue) const;
  /// The wait descriptor is an interrupt that must be armed before each wait.
  [[nodiscard]] bool needs_arming() const { return interrupts_; }
  void arm(std::uint16_t queue);
  void disarm(std::uint16_t queue);

  // --- Control thread.

  /// Frames that the kernel or the NIC lost since open() for want of room.
  [[nodiscard]] std::uint64_t lost_frames();
  /// One line: driver, device, mode, addresses, MAC, MTU, queues.
  [[nodiscard]] std::string describe() const;

 private:
  Port(const PortConfig& config, const PortSetup& setup, const Driver& driver)
      : config_(config), setup_(setup), driver_(driver) {}

  [[nodiscard]] base::Result<void> prepare_interface();
  [[nodiscard]] base::Result<void> create_device();
  [[nodiscard]] base::Result<void> create_rings();
  [[nodiscard]] base::Result<void> configure();
  [[nodiscard]] base::Result<void> set_up_queues();
  [[nodiscard]] base::Result<void> start();
  [[nodiscard]] base::Result<void> attach_sockets();
  void discard_waiting();
  void learn_identity();
  [[nodiscard]] base::Error failure(const std::string& what, int error) const;

  PortConfig config_;
  PortSetup setup_;
  const Driver& driver_;
  std::optional<InterfaceLock> lock_;
  std::uint16_t device_id_{0};
  bool created_{false}, started_{false}, interrupts_{false};
  MacAddress mac_{};
  std::uint16_t mtu_{1500};
  ChecksumTrust checksum_trust_{ChecksumTrust::kNobody};
  std::optional<OwnedHost> host_;
  std::vector<int> wait_descriptors_;  // by queue; of the driver's, not ours to close
  std::uint64_t lost_frames_{0};
};

}  // namespace dataplane
