#include "dataplane/port/port.h"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "dataplane/net/neighbour_discovery.h"
#include "dataplane/port/memory_rings.h"
#include "dataplane/port/own_mac.h"
#include "dataplane/port/packet_filter.h"
#include "dataplane/port/rss.h"

namespace dataplane {
namespace {

// rte_eth_rx_burst() and rte_eth_tx_burst() want arrays of pointers, which is what arrays of Packet are in
// memory.
rte_mbuf** as_mbufs(std::span<Packet> packets) {
  return reinterpret_cast<rte_mbuf**>(packets.data());
}

}  // namespace

base::Error Port::failure(const std::string& what, int error) const {
  return {"port " + config_.name + ": " + what +
          (error == 0 ? "" : ": " + std::string{rte_strerror(std::abs(error))})};
}

base::Result<std::unique_ptr<Port>> Port::open(const PortConfig& config, const PortSetup& setup) {
  std::unique_ptr<Port> port{new Port{config, setup, driver_of(config.driver)}};
  using Step = base::Result<void> (Port::*)();
  for (const Step step : {&Port::prepare_interface, &Port::create_device, &Port::configure,
                          &Port::set_up_queues, &Port::start, &Port::attach_sockets})
    if (auto done = (port.get()->*step)(); !done) return done.error();
  return port;
}

Port::~Port() {
  if (started_) {
    if (config_.mode == AddressMode::kOwned) rte_eth_promiscuous_disable(device_id_);
    rte_eth_dev_stop(device_id_);
  }
  if (!created_) return;
  rte_eth_dev_info info{};
  const bool found = rte_eth_dev_info_get(device_id_, &info) == 0;
  rte_eth_dev_close(device_id_);
  // The device, too, so that the interface is free again. A PCI device stays bound to its kernel driver.
  if (found && info.device != nullptr && config_.driver != PortDriver::kPci) rte_dev_remove(info.device);
  if (driver_.kernel_interface && config_.driver != PortDriver::kTap) set_promiscuous(config_.device, false);
}

base::Result<void> Port::prepare_interface() {
  if (setup_.queues > driver_.max_queues)
    return failure(fmt::format("{} workers, but driver {} has at most {} queues", setup_.queues, driver_.name,
                               driver_.max_queues),
                   0);
  if (config_.mode == AddressMode::kShared && !driver_.shares_address)
    return failure(
        fmt::format("driver {} cannot share the kernel's address, it needs one of its own", driver_.name), 0);
  if (!driver_.kernel_interface) return {};
  if (config_.driver != PortDriver::kTap && !interface_index(config_.device))
    return failure("there is no interface " + config_.device, 0);
  auto lock = InterfaceLock::take(config_.device);
  if (!lock) return failure(lock.error().text, 0);
  lock_.emplace(*std::move(lock));
  // An instance that was killed has left this behind.
  if (config_.driver != PortDriver::kTap) set_promiscuous(config_.device, false);
  return {};
}

base::Result<void> Port::create_device() {
  std::string device = config_.device;
  if (config_.driver == PortDriver::kRing) {
    auto made = make_ring_device(config_.device, setup_.index, setup_.queues);
    if (!made) return failure(made.error().text, 0);
    device_id_ = *made;
    created_ = true;
    return {};
  }
  if (config_.driver != PortDriver::kPci) {
    device = std::string{driver_.vdev_prefix} + std::to_string(setup_.index);
    const auto arguments = device_arguments(config_, setup_.queues);
    if (const int error = rte_vdev_init(device.c_str(), arguments.c_str()); error != 0)
      return failure("driver " + std::string{driver_.name} + " refused " + arguments, error);
  }
  if (const int error = rte_eth_dev_get_port_by_name(device.c_str(), &device_id_); error != 0)
    return failure("no DPDK device " + device, error);
  created_ = true;
  return {};
}

base::Result<void> Port::configure() {
  rte_eth_dev_info info{};
  if (const int error = rte_eth_dev_info_get(device_id_, &info); error != 0)
    return failure("device not understood", error);
  if (setup_.queues > info.max_rx_queues || setup_.queues > info.max_tx_queues)
    return failure(fmt::format("{} workers, but the device has {} receive and {} transmit queues",
                               setup_.queues, info.max_rx_queues, info.max_tx_queues),
                   0);
  rte_eth_conf wanted{};
  const std::uint64_t checksums = RTE_ETH_RX_OFFLOAD_UDP_CKSUM | RTE_ETH_RX_OFFLOAD_IPV4_CKSUM;
  const bool hardware_checksum =
      driver_.checksum == ChecksumTrust::kHardware && (info.rx_offload_capa & checksums) == checksums;
  if (hardware_checksum) wanted.rxmode.offloads |= checksums;
  checksum_trust_ = driver_.checksum != ChecksumTrust::kHardware ? driver_.checksum
                    : hardware_checksum                          ? ChecksumTrust::kHardware
                                                                 : ChecksumTrust::kOctets;
  // All buffers come from one pool and have one owner.
  wanted.txmode.offloads = info.tx_offload_capa & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
  interrupts_ = driver_.rx_interrupt;
  wanted.intr_conf.rxq = interrupts_ ? 1 : 0;
  if (driver_.id == PortDriver::kPci && setup_.queues > 1) request_port_steering(info, wanted);
  int error = rte_eth_dev_configure(device_id_, setup_.queues, setup_.queues, &wanted);
  if (error != 0 && interrupts_) {  // not every device has them
    interrupts_ = false;
    wanted.intr_conf.rxq = 0;
    error = rte_eth_dev_configure(device_id_, setup_.queues, setup_.queues, &wanted);
  }
  if (error != 0) return failure("device not configured", error);
  return {};
}

base::Result<void> Port::set_up_queues() {
  rte_eth_dev_info info{};
  rte_eth_dev_info_get(device_id_, &info);
  std::uint16_t receive = info.default_rxportconf.ring_size != 0 ? info.default_rxportconf.ring_size : 1024;
  std::uint16_t transmit = info.default_txportconf.ring_size != 0 ? info.default_txportconf.ring_size : 1024;
  rte_eth_dev_adjust_nb_rx_tx_desc(device_id_, &receive, &transmit);
  const auto socket = static_cast<unsigned>(std::max(0, rte_eth_dev_socket_id(device_id_)));
  for (std::uint16_t queue = 0; queue < setup_.queues; ++queue) {
    int error = rte_eth_rx_queue_setup(device_id_, queue, receive, socket, nullptr, setup_.pool->handle());
    if (error == 0) error = rte_eth_tx_queue_setup(device_id_, queue, transmit, socket, nullptr);
    if (error != 0) return failure("queue " + std::to_string(queue) + " not set up", error);
  }
  return {};
}

base::Result<void> Port::start() {
  if (const int error = rte_eth_dev_start(device_id_); error != 0)
    return failure("device not started", error);
  started_ = true;
  learn_identity();
  // Our own MAC is not the interface's. Devices that cannot filter answer "not supported", which is as good.
  const bool foreign_mac = config_.mode == AddressMode::kOwned && driver_.own_mac;
  const int error =
      foreign_mac ? rte_eth_promiscuous_enable(device_id_) : rte_eth_promiscuous_disable(device_id_);
  if (error != 0 && error != -ENOTSUP) return failure("promiscuous mode not set", error);
  if (config_.mode == AddressMode::kOwned) rte_eth_allmulticast_enable(device_id_);  // solicited-node groups
  if (driver_.id == PortDriver::kPci && setup_.queues > 1) {
    auto steered = steer_by_port(device_id_, setup_.queues);
    if (!steered) return failure(steered.error().text, 0);
  }
  return {};
}

void Port::learn_identity() {
  rte_ether_addr address{};
  rte_eth_macaddr_get(device_id_, &address);
  std::memcpy(mac_.data(), address.addr_bytes, mac_.size());
  std::uint16_t mtu = 1500;
  rte_eth_dev_get_mtu(device_id_, &mtu);
  if (driver_.kernel_interface) mtu = interface_mtu(config_.device).value_or(mtu);
  mtu_ = config_.mtu != 0 ? config_.mtu : mtu;
  if (config_.mode != AddressMode::kOwned) return;
  if (driver_.own_mac) {
    std::string identity = config_.device;
    for (const auto& ip : config_.addresses) identity += " " + ip.to_string();
    mac_ = own_mac(identity);
  }
  std::vector<OwnedAddress> owned;
  for (std::size_t i = 0; i < config_.addresses.size(); ++i) {
    const auto& ip = config_.addresses[i];
    const auto whole = static_cast<std::uint8_t>(ip.size() * 8);
    owned.push_back({ip, i < config_.prefix_lengths.size() ? config_.prefix_lengths[i] : whole});
  }
  host_.emplace(mac_, std::move(owned), config_.gateway_v4, config_.gateway_v6);
}

base::Result<void> Port::attach_sockets() {
  wait_descriptors_.assign(setup_.queues, -1);
  if (config_.driver == PortDriver::kAfPacket) {
    wait_descriptors_ = find_sockets(AF_PACKET, interface_index(config_.device));
    if (wait_descriptors_.size() != setup_.queues)
      return failure(fmt::format("{} packet sockets found where {} were expected", wait_descriptors_.size(),
                                 setup_.queues),
                     0);
    auto addresses = config_.addresses;
    if (host_ && std::any_of(addresses.begin(), addresses.end(), [](const auto& ip) { return ip.is_v6(); }))
      addresses.push_back(link_local_of(mac_));
    auto attached = attach_filter(wait_descriptors_,
                                  {config_.mode, std::move(addresses), setup_.port_min, setup_.port_max});
    if (!attached) return failure(attached.error().text, 0);
    discard_waiting();  // what came in before there was a filter
  } else if (config_.driver == PortDriver::kAfXdp) {
    // They cannot be told apart by interface; the newest are this port's.
    const auto sockets = find_sockets(AF_XDP, std::nullopt);
    if (sockets.size() >= setup_.queues)
      std::copy(sockets.end() - setup_.queues, sockets.end(), wait_descriptors_.begin());
  } else if (interrupts_) {
    for (std::uint16_t queue = 0; queue < setup_.queues; ++queue)
      wait_descriptors_[queue] = rte_eth_dev_rx_intr_ctl_q_get_fd(device_id_, queue);
  }
  return {};
}

void Port::discard_waiting() {
  for (std::uint16_t queue = 0; queue < setup_.queues; ++queue) {
    std::array<Packet, kBurst> burst;
    while (receive_burst(queue, burst) > 0) burst = {};
  }
}

std::size_t Port::receive_burst(std::uint16_t queue, std::span<Packet> packets) {
  const auto received =
      rte_eth_rx_burst(device_id_, queue, as_mbufs(packets), static_cast<std::uint16_t>(packets.size()));
  // Not every driver says which port it is, and DPDK's number is not ours.
  for (auto& packet : packets.first(received)) packet.set_port(setup_.index);
  return received;
}

std::size_t Port::transmit_burst(std::uint16_t queue, std::span<Packet> packets) {
  const auto taken =
      rte_eth_tx_burst(device_id_, queue, as_mbufs(packets), static_cast<std::uint16_t>(packets.size()));
  for (auto& packet : packets.first(taken)) (void)packet.release();
  return taken;
}

int Port::wait_descriptor(std::uint16_t queue) const {
  return wait_descriptors_[queue];
}

void Port::arm(std::uint16_t queue) {
  rte_eth_dev_rx_intr_enable(device_id_, queue);
}

void Port::disarm(std::uint16_t queue) {
  rte_eth_dev_rx_intr_disable(device_id_, queue);
  // An interrupt is an eventfd that stays readable until it is read; a TAP queue is the packets themselves.
  if (config_.driver != PortDriver::kPci) return;
  std::uint64_t count = 0;
  [[maybe_unused]] const auto size = ::read(wait_descriptors_[queue], &count, sizeof count);
}

std::uint64_t Port::lost_frames() {
  if (config_.driver != PortDriver::kAfPacket) {
    rte_eth_stats stats{};
    rte_eth_stats_get(device_id_, &stats);
    return stats.imissed + stats.rx_nombuf;
  }
  for (const int descriptor : wait_descriptors_) {
    tpacket_stats statistics{};  // since the last time that somebody asked
    socklen_t size = sizeof statistics;
    if (::getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) == 0)
      lost_frames_ += statistics.tp_drops;
  }
  return lost_frames_;
}

std::string Port::describe() const {
  std::string addresses;
  for (const auto& ip : config_.addresses) addresses += (addresses.empty() ? "" : ",") + ip.to_string();
  return fmt::format("port={} driver={} device={} addresses={} ({}) mac={} mtu={} queues={}", config_.name,
                     driver_.name, config_.device, addresses,
                     config_.mode == AddressMode::kOwned ? "owned" : "shared", to_string(mac_), mtu_,
                     setup_.queues);
}

}  // namespace dataplane
