#pragma once
/// \file
/// What a worker says to control. Facts only; control decides what they mean.

#include <cstdint>
#include <variant>

#include "dataplane/api/session_handle.h"
#include "mediad/base/clock.h"
#include "mediad/base/ip_address.h"

namespace dataplane {

struct SessionHome {
  SessionId id;
  SessionHandle session;
};

struct UpdateHome {
  SessionId id;
  UpdateHandle update;
};

/// The endpoint's media comes from (and from now on goes to) this address.
struct RemoteLearned {
  SessionId id;
  std::uint8_t endpoint{0};
  base::SocketAddress address;
  bool rtcp{false};
};

/// An RFC 4733 event ended (RFC 4733 §2.5.1.4, first packet with the E bit).
struct EventReceived {
  SessionId id;
  std::uint8_t endpoint{0};
  std::uint8_t event{0};   ///< 0..9, 10 '*', 11 '#', 12..15 A..D, others as registered
  std::uint8_t volume{0};  ///< -dBm0
  std::uint32_t duration_ms{0};
  base::SocketAddress source;
};

/// A packet waits for a next hop that this worker does not know.
struct NextHopWanted {
  base::IpAddress destination;
};

using Event =
    std::variant<std::monostate, SessionHome, UpdateHome, RemoteLearned, EventReceived, NextHopWanted>;

}  // namespace dataplane
