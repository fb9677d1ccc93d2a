#include "bench/dataplane/memory_worker.h"

#include <rte_ring.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "dataplane/rtp/header.h"

namespace bench {
namespace {

constexpr std::uint32_t kMbufs = 8192;  // what the EAL's memory is made for

dataplane::PortConfig port_config() {
  dataplane::PortConfig config;
  config.name = "bench";
  config.driver = dataplane::PortDriver::kRing;
  config.device = "bench";
  config.addresses = {*base::IpAddress::parse("10.0.0.1")};
  return config;
}

}  // namespace

void give_up(const std::string& why) {
  std::fprintf(stderr, "%s\n", why.c_str());
  std::exit(1);
}

MemoryWorker::MemoryWorker(std::size_t packets, bool hugepages)
    : eal_(must(dataplane::Eal::start(
          {.worker_cpus = {0}, .pci_devices = {}, .mbufs = kMbufs, .hugepages = hugepages}))),
      pool_(must(dataplane::PacketPool::create("bench", static_cast<std::uint32_t>(packets)))),
      port_(must(dataplane::Port::open(port_config(), {0, 1, &pool_, {local_port(0)}, {65000}}))),
      ports_{port_.get()},
      hand_over_({&link_}),
      started_(base::MonotonicClock::now()) {
  worker_ = std::make_unique<dataplane::Worker>(dataplane::WorkerSetup{.index = 0,
                                                                       .workers = 1,
                                                                       .ports = ports_,
                                                                       .pool = &pool_,
                                                                       .neighbours = &neighbours_,
                                                                       .hand_over = &hand_over_,
                                                                       .link = &link_},
                                                started_);
}

void MemoryWorker::add(dataplane::SessionPlan plan) {
  for (auto& endpoint : plan.endpoints) {
    const auto n = callers_.size();
    endpoint.local_ip = *base::IpAddress::parse("10.0.0.1");
    endpoint.local_rtp.number = local_port(n);
    endpoint.local_rtcp.number = static_cast<std::uint16_t>(endpoint.local_rtp.number + 1);
    const base::SocketAddress remote{*base::IpAddress::parse("192.0.2.1"), {remote_port(n)}};
    endpoint.remote_rtp = remote;
    const base::SocketAddress local{endpoint.local_ip, endpoint.local_rtp};
    callers_.push_back({remote, local, {kPeerMac, port_->mac(), remote, local, 0}});
  }
  dataplane::Command command{
      dataplane::AddSession{must(dataplane::build_session({callers_.size()}, std::move(plan)))}};
  dataplane::WorkerProxy proxy{link_};
  if (!proxy.send(command)) give_up("the command ring is full");
  worker_->turn(started_);
}

void MemoryWorker::put(Caller& caller, std::uint8_t payload_type, std::uint32_t ticks, base::Octets payload) {
  auto packet = pool_.allocate();
  if (!packet || !packet.resize(dataplane::rtp::kFixedHeaderSize + payload.size())) give_up("no packet left");
  caller.timestamp += ticks;
  auto* const octets = packet.octets().data();
  dataplane::rtp::write_header(octets, {.ssrc = caller.to.port.number,
                                        .timestamp = caller.timestamp,
                                        .sequence = ++caller.sequence,
                                        .payload_type = payload_type,
                                        .marker = false});
  std::copy(payload.begin(), payload.end(), octets + dataplane::rtp::kFixedHeaderSize);
  const auto datagram = packet.octets();
  caller.headers.write(packet.prepend(caller.headers.size()), datagram);
  put(std::move(packet));
}

void MemoryWorker::put(dataplane::Packet frame) {
  static auto* const wire = rte_ring_lookup("bench_rx0");
  if (rte_ring_sp_enqueue(wire, frame.release()) != 0) give_up("the wire is full");
}

std::size_t MemoryWorker::take() {
  static auto* const wire = rte_ring_lookup("bench_tx0");
  std::size_t taken = 0;
  for (void* mbuf = nullptr; rte_ring_sc_dequeue(wire, &mbuf) == 0; ++taken)
    dataplane::Packet{static_cast<rte_mbuf*>(mbuf)};
  while (link_.outbox.pop()) {
  }
  return taken;
}

}  // namespace bench
