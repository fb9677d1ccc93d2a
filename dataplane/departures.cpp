#include "dataplane/departures.h"

#include <cstring>
#include <utility>

#include "dataplane/session.h"

namespace dataplane {

Departures::Departures(std::span<Port* const> ports, std::uint16_t queue, PacketPool& pool, Routes& routes,
                       Outbox& outbox, WorkerStats& stats)
    : ports_(ports),
      queue_(queue),
      pool_(pool),
      routes_(routes),
      outbox_(outbox),
      stats_(stats),
      queues_(ports.size()) {}

std::optional<Drop> Departures::send(Packet& packet, Endpoint& to, bool rtcp, PayloadSum sum,
                                     base::Instant now) {
  auto& destination = rtcp ? to.rtcp_destination() : to.rtp;
  if (!destination.hop.current()) [[unlikely]] {
    if (!destination.known) return Drop::kNoRemoteAddress;
    if (!renew(destination, to, rtcp, now)) return Drop::kNoNextHop;
  }
  const auto port = destination.hop->port;
  const auto payload = packet.octets();
  const auto size = payload.size();
  const auto headers = destination.headers.size();
  if (headers - kEthernetHeader + size > ports_[port]->mtu()) return Drop::kTooLarge;
  auto* front = packet.prepend(headers);
  if (front == nullptr) return Drop::kTooLarge;
  destination.headers.write(front, size, sum ? *sum : checksum_add(0, payload));
  auto& stats = *destination.stats;
  (rtcp ? stats.rtcp_packets_out : stats.rtp_packets_out).add();
  (rtcp ? stats.rtcp_octets_out : stats.rtp_octets_out).add(size);
  add(port, packet);
  return std::nullopt;
}

void Departures::add(std::uint16_t port, Packet& frame) {
  auto& queue = queues_[port];
  if (queue.count == queue.frames.size()) transmit(port);
  queue.octets += frame.size();
  queue.frames[queue.count++] = std::move(frame);
}

void Departures::transmit(std::uint16_t port) {
  auto& queue = queues_[port];
  const std::span frames{queue.frames.data(), queue.count};
  const auto taken = ports_[port]->transmit_burst(queue_, frames);
  for (auto& frame : frames.subspan(taken)) {
    queue.octets -= frame.size();
    stats_.drops[static_cast<std::size_t>(Drop::kTransmitFull)].add();
    frame.reset();
  }
  stats_.packets_out.add(taken);
  stats_.octets_out.add(queue.octets);
  queue.count = 0;
  queue.octets = 0;
}

void Departures::transmit_all() {
  for (std::size_t port = 0; port < queues_.size(); ++port) {
    if (queues_[port].count != 0) transmit(static_cast<std::uint16_t>(port));
  }
}

Packet Departures::copy(base::Octets octets) {
  auto packet = pool_.allocate();
  if (packet && packet.resize(octets.size()))
    std::memcpy(packet.octets().data(), octets.data(), octets.size());
  return packet;
}

void Departures::look_ahead(Session& session, base::Instant now) {
  for (auto& endpoint : session.body.endpoints) {
    if (endpoint.rtp.known) (void)renew(endpoint.rtp, endpoint, false, now);
  }
}

/// The destination's address, its next hop or the plan have changed.
bool Departures::renew(Destination& destination, Endpoint& to, bool rtcp, base::Instant now) {
  const auto& local = to.plan->local_ip;
  if (local.family != destination.remote.ip.family) return false;
  const auto answer = routes_.find(local, destination.remote.ip, now);
  to.wants_hop = answer.kind != RouteAnswer::Kind::kHop;
  switch (answer.kind) {
    case RouteAnswer::Kind::kHop: {
      const auto udp_port = rtcp && !to.plan->rtcp_mux ? to.plan->local_rtcp : to.plan->local_rtp;
      destination.hop = answer.hop;
      destination.headers = HeaderTemplate{ports_[answer.hop->port]->mac(),
                                           answer.hop->mac,
                                           {local, udp_port},
                                           destination.remote,
                                           to.plan->tos};
      return true;
    }
    case RouteAnswer::Kind::kAskControl:
      outbox_.inform(NextHopWanted{destination.remote.ip});
      return false;
    case RouteAnswer::Kind::kAskLink:
      ask_link(answer.port, answer.neighbour);
      return false;
    case RouteAnswer::Kind::kWait:
    case RouteAnswer::Kind::kNoRoute:
      return false;
  }
  return false;
}

void Departures::ask_link(std::uint16_t port, const base::IpAddress& neighbour) {
  auto packet = pool_.allocate();
  if (!packet || !packet.resize(kHostFrameRoom)) return;
  (void)packet.resize(routes_.host(port)->write_question(packet.octets(), neighbour));
  add(port, packet);
}

}  // namespace dataplane
