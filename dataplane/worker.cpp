#include "dataplane/worker.h"

#include <algorithm>
#include <cstddef>
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

void prefetch_lines(const void* address, std::size_t lines) {
  const auto* first = static_cast<const std::byte*>(address);
  for (std::size_t i = 0; i < lines; ++i) __builtin_prefetch(first + i * kCacheLine, 1);
}

// What a relayed packet touches of its session, as it becomes known where it is; see Endpoint.
void fetch_sender(const Endpoint& from) {
  prefetch_lines(&from, 1);
  prefetch_lines(&from.heard, 1);
}
void fetch_receiver(const Endpoint& from) {
  prefetch_lines(from.stats, 1);
  if (from.passes_to != nullptr) prefetch_lines(&from.passes_to->rtp, 1);
}
void fetch_counters(const Endpoint& from) {
  if (from.passes_to != nullptr) prefetch_lines(from.passes_to->rtp.stats, 1);
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
      effort_(now),
      context_{stage_, *this, outbox_, wheel_},
      departures_(setup.ports, setup.index, *setup.pool, routes_, outbox_, stats_) {
  stats_.effort_ceiling.set(codecs::kMostComplexity);
}

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
  departures_.transmit_all();  // what is relayed waits for no codec
  work += stage_.run(now_);
  work += run_timers();
  departures_.transmit_all();
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
  effort_.update(turn_ended_, stats_.busy_ns.get(), stats_.idle_ns.get());
  stage_.set_effort(effort_.ceiling());
  stats_.effort_ceiling.set(static_cast<std::uint64_t>(effort_.ceiling()));
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
  departures_.look_ahead(session, now_);
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
    departures_.look_ahead(*session, now_);
  }
  outbox_.send_home(std::move(command.update));
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
  for (std::size_t i = 0; i < n; ++i) arrivals_[i].packet = std::move(packets[i]);
  process({arrivals_.data(), n});
  return n;
}

/// A stage at a time over the whole burst, each fetching what the next one reads: with thousands of sessions
/// in rotation nothing of a session is in the first cache when its packet comes.
void Worker::process(std::span<Arrival> arrivals) {
  for (auto& arrival : arrivals) prefetch_lines(arrival.packet.octets().data(), 1);
  for (auto& arrival : arrivals) parse(arrival);
  for (auto& arrival : arrivals) locate(arrival);
  for (auto& arrival : arrivals) route(arrival);
  for (auto& arrival : arrivals) {
    if (arrival.owner) fetch_receiver(*arrival.owner.endpoint());
  }
  for (auto& arrival : arrivals) {
    if (arrival.owner) fetch_counters(*arrival.owner.endpoint());
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

/// A frame that no session can be meant by is dealt with here.
void Worker::locate(Arrival& arrival) {
  arrival.place = nullptr;
  const auto& frame = arrival.frame;
  if (frame.kind == FrameKind::kDropped) return drop(arrival, frame.drop);
  if (frame.kind != FrameKind::kUdp) return answer_as_host(arrival);
  const auto address = table_.index_of(frame.destination.ip);
  if (address == SessionTable::kNone) return drop(arrival, Drop::kNotOurAddress);
  arrival.place = &table_.place(address, frame.destination.port.number);
  prefetch_lines(arrival.place, 1);
}

/// Finds the endpoint that the frame is for. A frame that is for none of ours is dealt with here.
void Worker::route(Arrival& arrival) {
  arrival.owner = {};
  if (arrival.place == nullptr) return;
  if (!*arrival.place) return hand_over(arrival);
  if (!checksum_holds(arrival)) return drop(arrival, Drop::kBadUdpChecksum);
  arrival.owner = *arrival.place;
  fetch_sender(*arrival.owner.endpoint());
}

/// Notes the sum of the payload, where it need not be taken again when the packet goes on.
bool Worker::checksum_holds(Arrival& arrival) const {
  arrival.sum = std::nullopt;
  const auto octets = arrival.packet.octets();
  switch (setup_.ports[arrival.packet.port()]->checksum_trust()) {
    case ChecksumTrust::kNobody:
      return true;
    case ChecksumTrust::kHardware:
      if (arrival.packet.udp_checksum() == ChecksumVerdict::kGood)
        arrival.sum = sum_of_verified_payload(octets, arrival.frame);
      return arrival.packet.udp_checksum() != ChecksumVerdict::kBad;
    case ChecksumTrust::kOctets:
      arrival.sum = verify_udp_checksum(octets, arrival.frame);
      return arrival.sum.has_value();
  }
  return true;
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
    auto another = departures_.copy(arrival.packet.octets());
    forward(another, from, each, arrival.sum);
  }
  forward(arrival.packet, from, all.back(), arrival.sum);
}

/// A packet goes on in its own octets.
void Worker::forward(Packet& packet, Endpoint& from, const Forward& forward, PayloadSum sum) {
  if (!packet) return drop(from, Drop::kNoMbuf);
  sum = rewrite(forward, packet.octets(), sum);
  if (const auto failed = departures_.send(packet, *forward.to, forward.rtcp, sum, now_)) drop(from, *failed);
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
  departures_.add(port, arrival.packet);
}

void Worker::announce(std::uint16_t port, const OwnedHost& host) {
  for (std::size_t i = 0;; ++i) {
    auto packet = setup_.pool->allocate();
    if (!packet || !packet.resize(kHostFrameRoom)) return;
    const auto size = host.write_announcement(packet.octets(), i);
    if (size == 0) return;
    (void)packet.resize(size);
    departures_.add(port, packet);
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

// --- packets of our own making

void Worker::send_rtp(Endpoint& to, base::Octets packet) {
  send_own(to, packet, false);
}
void Worker::send_rtcp(Endpoint& to, base::Octets packet) {
  send_own(to, packet, true);
}

void Worker::send_own(Endpoint& to, base::Octets octets, bool rtcp) {
  auto packet = departures_.copy(octets);
  const auto failed =
      packet ? departures_.send(packet, to, rtcp, std::nullopt, now_) : std::optional{Drop::kNoMbuf};
  if (failed) stats_.drops[static_cast<std::size_t>(*failed)].add();
}

}  // namespace dataplane
