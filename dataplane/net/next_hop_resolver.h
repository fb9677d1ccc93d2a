#pragma once
/// \file
/// Answers the workers' question "where is this destination" from the kernel's tables, and follows what
/// becomes of the answer. Control thread.

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "dataplane/api/command.h"
#include "dataplane/net/kernel_routes.h"

namespace dataplane {

/// The kernel interface behind one of our ports.
struct PortInterface {
  int interface { 0 };
  std::uint16_t port{0};
};

class NextHopResolver {
 public:
  NextHopResolver(KernelRoutes kernel, std::vector<PortInterface> ports)
      : kernel_(std::move(kernel)), ports_(std::move(ports)) {}

  /// A worker wants to know. The answer is appended to answers() now if the kernel has it, otherwise by
  /// poll() once it has resolved it.
  void want(const base::IpAddress& destination);
  /// Looks what the kernel has to tell about destinations wanted before.
  void poll();
  /// Answers not yet taken, oldest first.
  [[nodiscard]] std::vector<SetNextHop> take_answers() { return std::exchange(answers_, {}); }

 private:
  // One way out: the neighbour on an interface, and all destinations behind it.
  struct Way {
    KernelNeighbour neighbour;
    std::uint16_t port{0};
    std::unordered_set<base::IpAddress> destinations;
  };
  struct WayKey {
    int interface { 0 };
    base::IpAddress ip;
    bool operator==(const WayKey&) const = default;
  };
  struct WayHash {
    std::size_t operator()(const WayKey& key) const {
      return std::hash<base::IpAddress>{}(key.ip) + static_cast<std::size_t>(key.interface) * 31;
    }
  };
  /// Destinations followed at a time; beyond it all are forgotten, and the workers ask again when they need
  /// to.
  static constexpr std::size_t kMaxDestinations = 65536;
  /// Requests to the kernel that one poll() spends on a change of routes: under a millisecond or two.
  static constexpr std::size_t kRechecksPerPoll = 64;

  // A destination, the way to it, and what the workers were last told; no answer yet while it is being
  // resolved.
  struct Followed {
    std::optional<WayKey> way;
    std::optional<SetNextHop> told;
  };

  [[nodiscard]] const PortInterface* port_on(int interface) const;
  [[nodiscard]] Way* find_way(const base::IpAddress& destination, Followed& followed);
  void look(const base::IpAddress& destination, Followed& followed);
  void tell(Followed& followed, const SetNextHop& answer);
  void forget_all();
  void update(const KernelNeighbour& neighbour);

  KernelRoutes kernel_;
  std::vector<PortInterface> ports_;
  std::unordered_map<base::IpAddress, Followed> destinations_;
  std::unordered_map<WayKey, Way, WayHash> ways_;
  std::vector<base::IpAddress> recheck_;  // since routes changed
  std::vector<SetNextHop> answers_;
};

}  // namespace dataplane
