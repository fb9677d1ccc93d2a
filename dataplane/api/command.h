#pragma once
/// \file
/// What control says to a worker. Move-only values through an SPSC ring; a worker drains a bounded number per
/// turn.

#include <cstdint>
#include <variant>

#include "dataplane/api/mac_address.h"
#include "dataplane/api/session_handle.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

/// From now on the session's UDP ports are served. Its ports must be free and belong to the worker.
struct AddSession {
  SessionHandle session;
};

/// Swaps in a new plan; what it replaces comes back as UpdateHome.
struct UpdateSession {
  SessionId id;
  UpdateHandle update;
};

/// Stops serving; the session comes back as SessionHome. An RTCP BYE goes out for streams that we originate.
struct RemoveSession {
  SessionId id;
};

/// The answer to a NextHopWanted event, or news about a next hop in use.
struct SetNextHop {
  base::IpAddress destination;
  std::uint16_t port{0};  ///< index of the DPDK port to leave by
  MacAddress mac{};
  bool reachable{false};
};

using Command = std::variant<std::monostate, AddSession, UpdateSession, RemoveSession, SetNextHop>;

}  // namespace dataplane
