#pragma once
/// \file
/// Where a call's media goes: which local interface, which worker, which UDP port pairs.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace control {

/// A logical interface: a name that signalling may ask for, an address of ours, and the one that the far side
/// is told (the public one behind NAT).
struct MediaInterface {
  std::string name;
  base::IpAddress local;
  base::IpAddress advertised;

  /// "name/local!advertised"; without a name it is "default", without the other address it is the local one.
  [[nodiscard]] static base::Result<MediaInterface> parse(std::string_view text);
};

class Placement;

/// A pair of UDP ports (RTP even, RTCP the next) for as long as it lives. Control thread.
class PortLease {
 public:
  PortLease() = default;
  PortLease(PortLease&& other) noexcept { *this = std::move(other); }
  PortLease& operator=(PortLease&& other) noexcept;
  ~PortLease() { give_back(); }

  [[nodiscard]] bool empty() const { return owner_ == nullptr; }
  [[nodiscard]] const MediaInterface& interface() const { return *interface_; }
  [[nodiscard]] base::UdpPort rtp() const { return rtp_; }
  [[nodiscard]] base::UdpPort rtcp() const { return {static_cast<std::uint16_t>(rtp_.number + 1)}; }

 private:
  friend class Placement;
  PortLease(Placement& owner, const MediaInterface& interface, base::UdpPort rtp)
      : owner_(&owner), interface_(&interface), rtp_(rtp) {}
  void give_back();

  Placement* owner_{nullptr};
  const MediaInterface* interface_{nullptr};
  base::UdpPort rtp_;
};

struct PlacementOptions {
  std::vector<MediaInterface> interfaces;
  base::UdpPort port_min{30000}, port_max{40000};
  std::uint16_t workers{1};
  /// Which worker serves a port; both ports of a pair have the same.
  std::function<std::uint16_t(base::UdpPort)> worker_of;
  /// The order in which ports are first handed out is shuffled, so that a stranger cannot guess the next.
  std::uint32_t seed{0};
};

/// The port pools, one per local address and worker. A pair that comes back is used again only when all
/// others have been, so late packets of an ended call find no new one. Control thread; outlives its leases.
class Placement {
 public:
  struct Usage {
    const MediaInterface* interface { nullptr };
    std::size_t pairs{0}, free_pairs{0};
  };

  explicit Placement(PlacementOptions options);

  /// The interfaces with this name (empty: any) that have an address of this family; if there are none, those
  /// of the name, then those of the family: a call is better served from an unexpected address than not at
  /// all.
  [[nodiscard]] std::vector<const MediaInterface*> candidates(std::string_view name,
                                                              std::optional<base::IpFamily> family) const;
  [[nodiscard]] bool knows(std::string_view name) const;

  /// The worker with the least load that has `pairs` free pairs on one of the candidates of each side;
  /// nullopt if none has.
  [[nodiscard]] std::optional<std::uint16_t> choose_worker(
      std::span<const std::vector<const MediaInterface*>> sides, std::size_t pairs) const;
  /// A pair on the first candidate that has one for this worker; empty if none has.
  [[nodiscard]] PortLease take(std::span<const MediaInterface* const> candidates, std::uint16_t worker);

  /// Load as far as placement cares: what `amount` means is the caller's matter.
  void add_load(std::uint16_t worker, std::int64_t amount) { load_[worker] += amount; }
  [[nodiscard]] std::int64_t load(std::uint16_t worker) const { return load_[worker]; }

  [[nodiscard]] std::vector<Usage> usage() const;
  [[nodiscard]] const std::vector<MediaInterface>& interfaces() const { return options_.interfaces; }
  [[nodiscard]] const PlacementOptions& options() const { return options_; }

 private:
  friend class PortLease;
  struct Pool {
    std::vector<std::deque<std::uint16_t>> free;  ///< per worker; front is next
    std::size_t pairs{0};
  };

  void give_back(const MediaInterface& interface, base::UdpPort rtp);

  PlacementOptions options_;
  std::map<base::IpAddress, Pool> pools_;
  std::vector<std::int64_t> load_;
};

}  // namespace control
