#pragma once
/// \file
/// The sending half of a worker: payloads get their headers, and frames wait for the burst of their port.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "dataplane/drop.h"
#include "dataplane/endpoint.h"
#include "dataplane/forward.h"
#include "dataplane/net/routes.h"
#include "dataplane/outbox.h"
#include "dataplane/pool.h"
#include "dataplane/port/port.h"

namespace dataplane {

class Session;

/// One worker; all memory is allocated on construction. A packet that leaves leaves its variable empty.
class Departures {
 public:
  /// `ports` in order of Port::index(); sends by queue `queue` of each. All must outlive this.
  Departures(std::span<Port* const> ports, std::uint16_t queue, PacketPool& pool, Routes& routes,
             Outbox& outbox, WorkerStats& stats);

  /// Puts headers in front of a UDP payload and the frame among its port's. A drop is for the caller to
  /// count; the packet is still his. `sum`: of the payload, if somebody has taken it already.
  [[nodiscard]] std::optional<Drop> send(Packet& packet, Endpoint& to, bool rtcp, PayloadSum sum,
                                         base::Instant now);
  /// A whole frame.
  void add(std::uint16_t port, Packet& frame);
  /// A packet of our own with these octets; empty if there is no buffer.
  [[nodiscard]] Packet copy(base::Octets octets);

  /// Next hops that nobody knows are asked for before there are packets that would be lost for want of them.
  void look_ahead(Session& session, base::Instant now);

  void transmit_all();

 private:
  /// Frames for one port.
  struct Queue {
    std::array<Packet, 2 * kBurst> frames;
    std::size_t count{0};
    std::uint64_t octets{0};
  };

  [[nodiscard]] bool renew(Destination& destination, Endpoint& to, bool rtcp, base::Instant now);
  void ask_link(std::uint16_t port, const base::IpAddress& neighbour);
  void transmit(std::uint16_t port);

  std::span<Port* const> ports_;
  std::uint16_t queue_;
  PacketPool& pool_;
  Routes& routes_;
  Outbox& outbox_;
  WorkerStats& stats_;
  std::vector<Queue> queues_;  // one per port
};

}  // namespace dataplane
