#pragma once
/// \file
/// A worker on a memory port, without kernel or NIC in the way: benchmarks put frames in, turn it, take
/// frames out.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "dataplane/eal.h"
#include "dataplane/net/header_template.h"
#include "dataplane/worker.h"

namespace bench {

/// Ends the program with the error's text: a benchmark has nobody to tell.
[[noreturn]] void give_up(const std::string& why);
template <typename T>
T must(base::Result<T> result) {
  if (!result) give_up(result.error().text);
  return *std::move(result);
}

/// Of whoever is on the other side of the wire.
inline constexpr dataplane::MacAddress kPeerMac{2, 0, 0, 0, 0, 2};

/// One direction of a call: who sends to which of our ports, and what the next packet looks like.
struct Caller {
  base::SocketAddress from, to;
  dataplane::HeaderTemplate headers;
  std::uint16_t sequence{0};
  std::uint32_t timestamp{0};
};

/// One process has one of these at most, since it starts the EAL. One thread.
class MemoryWorker {
 public:
  /// `packets`: how many there are at a time; one less than a power of two suits the pool.
  MemoryWorker(std::size_t packets, bool hugepages);

  /// UDP ports of the n-th caller, and ours that it sends to.
  static std::uint16_t remote_port(std::size_t n) { return static_cast<std::uint16_t>(1024 + n); }
  static std::uint16_t local_port(std::size_t n) { return static_cast<std::uint16_t>(20000 + 2 * n); }

  /// A session of the two sides of `plan`, whose addresses and ports are set here. Callers 2n and 2n + 1 are
  /// the n-th session's.
  void add(dataplane::SessionPlan plan);
  /// Puts a datagram of `caller` on the wire: the next sequence number, and `ticks` later than the one
  /// before.
  void put(Caller& caller, std::uint8_t payload_type, std::uint32_t ticks, base::Octets payload);
  /// Puts a frame on the wire that the benchmark has written itself, in a packet of pool().
  void put(dataplane::Packet frame);
  /// The worker's turn at a virtual time.
  std::size_t turn(base::Instant now) { return worker_->turn(now); }
  [[nodiscard]] bool has_backlog() const { return worker_->has_backlog(); }
  /// Takes what was sent off the wire, and what the worker reported; returns the number of frames.
  std::size_t take();

  [[nodiscard]] std::vector<Caller>& callers() { return callers_; }
  [[nodiscard]] dataplane::PacketPool& pool() { return pool_; }
  [[nodiscard]] dataplane::Port& port() { return *port_; }
  [[nodiscard]] base::Instant started() const { return started_; }
  [[nodiscard]] bool hugepages() const { return eal_.hugepages(); }

 private:
  dataplane::Eal eal_;
  dataplane::PacketPool pool_;
  std::unique_ptr<dataplane::Port> port_;
  std::vector<dataplane::Port*> ports_;
  dataplane::NeighbourBoard neighbours_;
  dataplane::WorkerLink link_;
  dataplane::HandOver hand_over_;
  base::Instant started_;
  std::unique_ptr<dataplane::Worker> worker_;
  std::vector<Caller> callers_;
};

}  // namespace bench
