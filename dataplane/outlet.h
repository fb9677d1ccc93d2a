#pragma once
/// \file
/// Where packets of our own making go.

#include "dataplane/drop.h"
#include "mediad/base/byte_io.h"

namespace dataplane {

struct Endpoint;

/// The worker's way out, and a list in tests. Called on the worker lcore; copies what it is given.
class Outlet {
 public:
  virtual ~Outlet() = default;

  /// One RTP packet, complete with its header, to the endpoint.
  virtual void send_rtp(Endpoint& to, base::Octets packet) = 0;
  /// One compound RTCP packet to the endpoint.
  virtual void send_rtcp(Endpoint& to, base::Octets packet) = 0;
  /// A packet from this endpoint is lost to its session for this reason.
  virtual void drop(Endpoint& from, Drop reason) = 0;
};

}  // namespace dataplane
