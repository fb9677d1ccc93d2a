#pragma once
/// \file
/// One worker's answer to "where does a packet from this local address to that remote one go", and what to do
/// when it does not know.

#include <cstdint>
#include <optional>
#include <vector>

#include "dataplane/api/command.h"
#include "dataplane/net/frame.h"
#include "dataplane/net/neighbour_board.h"
#include "dataplane/net/next_hops.h"
#include "dataplane/net/owned_host.h"
#include "mediad/base/clock.h"

namespace dataplane {

/// A next hop as a user keeps it; current() costs one load, and only when it is not must find() be asked
/// again.
class HopRef {
 public:
  HopRef() = default;
  explicit HopRef(const NextHop& hop) : hop_(&hop), version_(hop.version) {}
  [[nodiscard]] bool current() const { return hop_ != nullptr && hop_->version == version_; }
  [[nodiscard]] const NextHop& operator*() const { return *hop_; }
  [[nodiscard]] const NextHop* operator->() const { return hop_; }

 private:
  const NextHop* hop_{nullptr};
  std::uint32_t version_{0};
};

/// What find() came to.
struct RouteAnswer {
  enum class Kind : std::uint8_t {
    kHop,         ///< `hop` is where to
    kWait,        ///< unknown, and asked for a moment ago
    kAskControl,  ///< unknown: send a NextHopWanted for the destination
    kAskLink,     ///< unknown: transmit OwnedHost::write_question() for `neighbour` on `port`
    kNoRoute,     ///< an owned address without a gateway cannot reach the destination
  };
  Kind kind{Kind::kNoRoute};
  HopRef hop{};
  std::uint16_t port{0};
  base::IpAddress neighbour{};
};

/// One worker; no allocation after construction.
class Routes {
 public:
  /// Destinations remembered at a time: more than one worker has sessions.
  static constexpr std::size_t kCapacity = 16384;

  /// `hosts`: one element per port, in order, nullptr where the kernel owns the addresses. Hosts and board
  /// must outlive this.
  Routes(std::vector<const OwnedHost*> hosts, NeighbourBoard& board, std::size_t capacity = kCapacity);

  [[nodiscard]] RouteAnswer find(const base::IpAddress& local, const base::IpAddress& remote,
                                 base::Instant now);

  /// An admitted packet came in on `port`: its source is where the frame came from, unless somebody knows
  /// better. Does nothing for a port with addresses of its own, where the neighbours are asked.
  void learn(std::uint16_t port, const Frame& frame, base::Instant now);
  /// The kernel's answer.
  void set(const SetNextHop& answer, base::Instant now);
  /// A neighbour that OwnedHost::react() heard of on `port`.
  void heard(std::uint16_t port, const Neighbour& neighbour, base::Instant now);

  /// The host on the port, if its addresses are ours alone.
  [[nodiscard]] const OwnedHost* host(std::uint16_t port) const { return hosts_[port]; }

 private:
  static constexpr std::uint16_t kKernelScope = 0xFFFF;  // other scopes are port indices
  [[nodiscard]] RouteAnswer find_owned(std::uint16_t port, const base::IpAddress& remote, base::Instant now);

  std::vector<const OwnedHost*> hosts_;
  NeighbourBoard& board_;
  NextHops hops_;
};

}  // namespace dataplane
