#include "dataplane/worker.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "codecs/registry.h"
#include "dataplane/session_timer.h"
#include "dataplane/steering.h"

namespace dataplane {

namespace {

// Bounds of a turn, so that nothing starves anything else.
constexpr std::size_t kCommandsPerTurn = 64;
constexpr std::size_t kTimersPerTurn = 128;

std::vector<base::IpAddress> addresses_of(std::span<Port* const> ports) {
  std::vector<base::IpAddress> addresses;
  for (const auto* port : ports)
    addresses.insert(addresses.end(), port->addresses().begin(), port->addresses().end());
  return addresses;
}

std::vector<const OwnedHost*> hosts_of(std::span<Port* const> ports) {
  std::vector<const OwnedHost*> hosts;
  for (const auto* port : ports) hosts.push_back(port->host());
  return hosts;
}

base::WallTime wall_clock() {
  return std::chrono::time_point_cast<base::Duration>(std::chrono::system_clock::now());
}

constexpr std::size_t kLine = 64;
void prefetch_lines(const void* address, std::size_t lines) {
  const auto* first = static_cast<const std::byte*>(address);
  for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(first + i * kLine, 1);
}

/// Its first two lines are on their way already: pointers and what the learner compares.
void fetch_sender(const Endpoint& from) {
  prefetch_lines(&from.heard, 1 + sizeof(rtp::Source) / kLine);
  prefetch_lines(&from.stats->rtp_packets_in, 1);
  prefetch_lines(&from.stats->last_in_ns, 1);
  if (from.flows != nullptr) prefetch_lines(from.flows, 1);
}

void fetch_receiver(const Endpoint& from) {
  if (from.flows == nullptr) return;
  const auto& to = *from.flows->to;
  prefetch_lines(&to.rtp, sizeof(Destination) / kLine);
  prefetch_lines(&to.stats, 1);
}

}  // namespace

Worker::Worker(const WorkerSetup& setup, base::Instant now)
    : setup_(setup),
      stats_(setup.link->stats),
      now_(now),
      turn_ended_(now),
      table_(addresses_of(setup.ports)),
      routes_(hosts_of(setup.ports), *setup.neighbours),
      wheel_(now),
      outbox_(*setup.link),
      stage_(codecs::all(), *this, stats_),
      context_{stage_, *this, outbox_, wheel_},
      departures_(setup.ports.size()) {}

Worker::~Worker() {
  while (auto* session = table_.any()) {
    wheel_.cancel(session->timer);
    table_.remove(*session);
    outbox_.send_home(SessionHandle{session});
  }
}

std::size_t Worker::turn(base::Instant now) {
  now_ = now;
  std::size_t work = drain_commands();
  work += receive_handed_over();
  for (auto* port : setup_.ports) work += receive(*port);
  transmit_all();  // what is relayed waits for no codec
  work += stage_.run(now_);
  work += run_timers();
  transmit_all();
  work += outbox_.flush();
  account(work);
  return work + (has_backlog() ? 1 : 0);
}

/// Time in turns that did something is busy, all other time is idle.
void Worker::account(std::size_t work) {
  stats_.turns.add();
  if (work == 0) return;
  const auto end = base::MonotonicClock::now();
  const auto busy = static_cast<std::uint64_t>(std::max(end - now_, base::Duration::zero()).count());
  stats_.busy_ns.add(busy);
  stats_.idle_ns.add(
      static_cast<std::uint64_t>(std::max(now_ - turn_ended_, base::Duration::zero()).count()));
  if (busy > stats_.longest_turn_ns.get()) stats_.longest_turn_ns.set(busy);
  turn_ended_ = std::max(end, now_);
}

// --- commands

std::size_t Worker::drain_commands() {
  std::size_t done = 0;
  while (done < kCommandsPerTurn) {
    auto command = setup_.link->inbox.pop();
    if (!command) break;
    std::visit([this](auto&& each) { carry_out(std::move(each)); }, *std::move(command));
    ++done;
  }
  stats_.commands.add(done);
  return done;
}

void Worker::carry_out(AddSession command) {
  auto& session = *command.session;
  if (!table_.add(session)) return outbox_.send_home(std::move(command.session));
  (void)command.session.release();  // the table has it now
  start_timer(session, now_, wheel_);
  ask_ways(session);
  stats_.sessions.set(table_.size());
}

void Worker::carry_out(UpdateSession command) {
  auto* session = table_.find(command.id);
  if (session != nullptr) {
    stage_.run_all();
    table_.unbind(*session);
    exchange_bodies(*session, *command.update, now_);
    // Ports that another session has: back to the body that was running.
    if (!table_.bind(*session)) {
      exchange_bodies(*session, *command.update, now_);
      (void)table_.bind(*session);
    }
    start_timer(*session, now_, wheel_);
    ask_ways(*session);
  }
  outbox_.send_home(std::move(command.update));
}

/// Next hops that nobody knows are asked for before there are packets that would be lost for want of them.
void Worker::ask_ways(Session& session) {
  for (auto& endpoint : session.body.endpoints) {
    if (endpoint.rtp.known()) (void)renew(endpoint.rtp, endpoint, false);
  }
}

void Worker::carry_out(RemoveSession command) {
  auto* session = table_.find(command.id);
  if (session == nullptr) return;
  stage_.run_all();
  context_.wall = wall_clock();
  finish(*session, now_, context_);
  wheel_.cancel(session->timer);
  table_.remove(*session);
  outbox_.send_home(SessionHandle{session});
  stats_.sessions.set(table_.size());
}

void Worker::carry_out(const SetNextHop& command) {
  routes_.set(command, now_);
}

std::size_t Worker::run_timers() {
  std::size_t done = 0;
  while (done < kTimersPerTurn) {
    auto* timer = wheel_.pop_due(now_);
    if (timer == nullptr) break;
    if (done == 0) context_.wall = wall_clock();
    auto& session = static_cast<SessionTimer*>(timer)->session;
    wheel_.schedule(*timer, run_timer(session, now_, context_));
    ++done;
  }
  return done;
}

// --- on the way in

std::size_t Worker::receive_handed_over() {
  std::size_t total = 0;
  for (std::uint16_t other = 0; other < setup_.workers; ++other) {
    if (other == setup_.index) continue;
    std::size_t n = 0;
    while (n < arrivals_.size()) {
      auto packet = setup_.hand_over->pop(setup_.index, other);
      if (!packet) break;
      arrivals_[n++].packet = *std::move(packet);
    }
    stats_.handed_over_in.add(n);
    process({arrivals_.data(), n});
    total += n;
  }
  return total;
}

std::size_t Worker::receive(Port& port) {
  std::array<Packet, kBurst> packets;
  const auto n = port.receive_burst(setup_.index, packets);
  for (std::size_t i = 0; i < n; ++i) {
    packets[i].set_port(port.index());  // a memory ring leaves it to whoever put the frame in
    arrivals_[i].packet = std::move(packets[i]);
  }
  process({arrivals_.data(), n});
  return n;
}

/// A stage at a time over the whole burst, each fetching what the next one reads: with thousands of sessions
/// in rotation nothing of a session is in the first cache when its packet comes.
void Worker::process(std::span<Arrival> arrivals) {
  for (auto& arrival : arrivals) prefetch_lines(arrival.packet.octets().data(), 1);
  for (auto& arrival : arrivals) parse(arrival);
  for (auto& arrival : arrivals) route(arrival);
  for (auto& arrival : arrivals) {
    if (arrival.owner) fetch_sender(*arrival.owner.endpoint());
  }
  for (auto& arrival : arrivals) {
    if (arrival.owner) fetch_receiver(*arrival.owner.endpoint());
  }
  for (auto& arrival : arrivals) {
    if (arrival.owner) deliver(arrival);
    arrival.packet.reset();
  }
}

void Worker::parse(Arrival& arrival) {
  stats_.packets_in.add();
  stats_.octets_in.add(arrival.packet.size());
  arrival.frame = parse_frame(arrival.packet.octets());
}

/// Finds the endpoint that the frame is for. A frame that is for none is dealt with here.
void Worker::route(Arrival& arrival) {
  arrival.owner = {};
  const auto& frame = arrival.frame;
  if (frame.kind == FrameKind::kDropped) return drop(arrival, frame.drop);
  if (frame.kind != FrameKind::kUdp) return answer_as_host(arrival);
  const auto address = table_.index_of(frame.destination.ip);
  if (address == SessionTable::kNone) return drop(arrival, Drop::kNotOurAddress);
  arrival.owner = table_.find(address, frame.destination.port.number);
  if (!arrival.owner) return hand_over(arrival);
  if (checksum_fails(arrival)) {
    arrival.owner = {};
    return drop(arrival, Drop::kBadUdpChecksum);
  }
  prefetch_lines(arrival.owner.endpoint(), 2);
}

bool Worker::checksum_fails(const Arrival& arrival) const {
  switch (setup_.ports[arrival.packet.port()]->checksum_trust()) {
    case ChecksumTrust::kNobody:
      return false;
    case ChecksumTrust::kHardware:
      return arrival.packet.udp_checksum() == ChecksumVerdict::kBad;
    case ChecksumTrust::kOctets:
      return !udp_checksum_good(arrival.packet.octets(), arrival.frame);
  }
  return false;
}

void Worker::hand_over(Arrival& arrival) {
  const auto owner = worker_of_port(arrival.frame.destination.port, setup_.workers);
  if (owner == setup_.index) return drop(arrival, Drop::kUnknownUdpPort);
  if (!setup_.hand_over->push(setup_.index, owner, arrival.packet)) return drop(arrival, Drop::kHandoverFull);
  stats_.handed_over_out.add();
}

void Worker::deliver(Arrival& arrival) {
  auto& from = *arrival.owner.endpoint();
  arrival.packet.narrow(arrival.frame.payload_offset, arrival.frame.payload_size);
  forwards_.clear();
  const bool admitted = dataplane::receive(
      from, {arrival.packet.octets(), arrival.frame.source, now_, arrival.owner.rtcp()}, context_, forwards_);
  if (admitted && from.wants_hop) [[unlikely]] {
    routes_.learn(arrival.packet.port(), arrival.frame, now_);
    from.wants_hop = false;
  }
  const auto all = forwards_.all();
  if (all.empty()) return;
  for (const auto& each : all.first(all.size() - 1)) {
    auto another = copy(arrival.packet.octets());
    forward(another, from, each);
  }
  forward(arrival.packet, from, all.back());
}

/// ARP, neighbour discovery and ping, where the address is ours alone; elsewhere they are the kernel's.
void Worker::answer_as_host(Arrival& arrival) {
  const auto port = arrival.packet.port();
  const auto* host = routes_.host(port);
  const auto size = arrival.packet.size();
  if (host == nullptr || !arrival.packet.resize(std::max(size, kHostFrameRoom)))
    return drop(arrival, arrival.frame.kind == FrameKind::kArp ? Drop::kNotIp : Drop::kNotUdp);
  const auto reaction = host->react(arrival.packet.octets(), size, arrival.frame);
  if (reaction.neighbour) routes_.heard(port, *reaction.neighbour, now_);
  if (reaction.announce) announce(port, *host);
  if (reaction.answer_size == 0) return arrival.packet.reset();
  (void)arrival.packet.resize(reaction.answer_size);
  depart(port, arrival.packet);
}

void Worker::announce(std::uint16_t port, const OwnedHost& host) {
  for (std::size_t i = 0;; ++i) {
    auto packet = setup_.pool->allocate();
    if (!packet || !packet.resize(kHostFrameRoom)) return;
    const auto size = host.write_announcement(packet.octets(), i);
    if (size == 0) return;
    (void)packet.resize(size);
    depart(port, packet);
  }
}

void Worker::drop(Arrival& arrival, Drop reason) {
  stats_.drops[static_cast<std::size_t>(reason)].add();
  arrival.packet.reset();
}

void Worker::drop(Endpoint& from, Drop reason) {
  stats_.drops[static_cast<std::size_t>(reason)].add();
  from.stats->drops[static_cast<std::size_t>(reason)].add();
}

// --- on the way out

void Worker::forward(Packet& packet, Endpoint& from, const Forward& forward) {
  if (!packet) return drop(from, Drop::kNoMbuf);
  apply(forward, packet.octets().data());
  if (const auto failed = send(packet, *forward.to, forward.rtcp)) drop(from, *failed);
}

Packet Worker::copy(base::Octets octets) {
  auto packet = setup_.pool->allocate();
  if (packet && packet.resize(octets.size()))
    std::memcpy(packet.octets().data(), octets.data(), octets.size());
  return packet;
}

/// Puts headers in front of a UDP payload and the frame among its port's departures.
std::optional<Drop> Worker::send(Packet& packet, Endpoint& to, bool rtcp) {
  auto& destination = rtcp ? to.rtcp_destination() : to.rtp;
  if (!destination.hop.current()) [[unlikely]] {
    if (!destination.known()) return Drop::kNoRemoteAddress;
    if (!renew(destination, to, rtcp)) return Drop::kNoNextHop;
  }
  const auto port = destination.hop->port;
  const auto payload = packet.octets();
  const auto headers = destination.headers.size();
  if (headers - kEthernetHeader + payload.size() > setup_.ports[port]->mtu()) return Drop::kTooLarge;
  auto* front = packet.prepend(headers);
  if (front == nullptr) return Drop::kTooLarge;
  destination.headers.write(front, payload);
  auto& stats = *to.stats;
  (rtcp ? stats.rtcp_packets_out : stats.rtp_packets_out).add();
  (rtcp ? stats.rtcp_octets_out : stats.rtp_octets_out).add(payload.size());
  depart(port, packet);
  return std::nullopt;
}

/// The destination's address, its next hop or the plan have changed.
bool Worker::renew(Destination& destination, Endpoint& to, bool rtcp) {
  const auto& local = to.plan->local_ip;
  if (local.family != destination.remote.ip.family) return false;
  const auto answer = routes_.find(local, destination.remote.ip, now_);
  to.wants_hop = answer.kind != RouteAnswer::Kind::kHop;
  switch (answer.kind) {
    case RouteAnswer::Kind::kHop: {
      const auto udp_port = rtcp && !to.plan->rtcp_mux ? to.plan->local_rtcp : to.plan->local_rtp;
      destination.hop = answer.hop;
      destination.headers = HeaderTemplate{setup_.ports[answer.hop->port]->mac(),
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

void Worker::ask_link(std::uint16_t port, const base::IpAddress& neighbour) {
  auto packet = setup_.pool->allocate();
  if (!packet || !packet.resize(kHostFrameRoom)) return;
  (void)packet.resize(routes_.host(port)->write_question(packet.octets(), neighbour));
  depart(port, packet);
}

void Worker::depart(std::uint16_t port, Packet& packet) {
  auto& departures = departures_[port];
  if (departures.count == departures.packets.size()) transmit(port);
  departures.packets[departures.count++] = std::move(packet);
}

void Worker::transmit(std::uint16_t port) {
  auto& departures = departures_[port];
  const std::span packets{departures.packets.data(), departures.count};
  std::uint64_t octets = 0;
  for (const auto& packet : packets) octets += packet.size();
  const auto taken = setup_.ports[port]->transmit_burst(setup_.index, packets);
  for (auto& packet : packets.subspan(taken)) {
    octets -= packet.size();
    stats_.drops[static_cast<std::size_t>(Drop::kTransmitFull)].add();
    packet.reset();
  }
  stats_.packets_out.add(taken);
  stats_.octets_out.add(octets);
  departures.count = 0;
}

void Worker::transmit_all() {
  for (std::size_t port = 0; port < departures_.size(); ++port) {
    if (departures_[port].count != 0) transmit(static_cast<std::uint16_t>(port));
  }
}

void Worker::send_rtp(Endpoint& to, base::Octets packet) {
  send_own(to, packet, false);
}
void Worker::send_rtcp(Endpoint& to, base::Octets packet) {
  send_own(to, packet, true);
}

void Worker::send_own(Endpoint& to, base::Octets octets, bool rtcp) {
  auto packet = copy(octets);
  const auto failed = packet ? send(packet, to, rtcp) : Drop::kNoMbuf;
  if (failed) stats_.drops[static_cast<std::size_t>(*failed)].add();
}

}  // namespace dataplane
