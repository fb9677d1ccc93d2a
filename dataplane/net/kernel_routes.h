#pragma once
/// \file
/// The kernel's route and neighbour tables, asked and followed over rtnetlink. Control thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "dataplane/api/mac_address.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

struct mnl_socket;

namespace dataplane {

/// Where the kernel would send a packet.
struct KernelRoute {
  int interface { 0 };
  base::IpAddress next_hop;  ///< the gateway, or the destination itself
  bool local{false};         ///< an address of this host: through lo
};

/// What the kernel knows of a neighbour.
struct KernelNeighbour {
  enum class State : std::uint8_t { kUnknown, kReachable, kFailed };
  int interface { 0 };
  base::IpAddress ip;
  State state{State::kUnknown};
  MacAddress mac{};
};

/// What changed since the last look.
struct KernelNews {
  std::vector<KernelNeighbour> neighbours;
  bool routes{false};  ///< routes changed, or so much did that the kernel stopped telling
};

/// Requests are answered by the kernel at once; nothing here waits for the network.
class KernelRoutes {
 public:
  /// Errors: no netlink socket.
  [[nodiscard]] static base::Result<KernelRoutes> open();

  /// nullopt if there is no route.
  [[nodiscard]] std::optional<KernelRoute> route_to(const base::IpAddress& destination);
  [[nodiscard]] KernelNeighbour neighbour(int interface, const base::IpAddress& ip);
  /// Has the kernel resolve the neighbour now, as if it had a packet for it; the outcome comes as news.
  void resolve(int interface, const base::IpAddress& ip);
  /// Changes since open() or the last call; does not wait.
  [[nodiscard]] KernelNews news();

 private:
  struct Close {
    void operator()(mnl_socket* socket) const;
  };
  using Socket = std::unique_ptr<mnl_socket, Close>;
  KernelRoutes(Socket queries, Socket events) : queries_(std::move(queries)), events_(std::move(events)) {}

  Socket queries_, events_;
  std::uint32_t sequence_{0};
};

}  // namespace dataplane
