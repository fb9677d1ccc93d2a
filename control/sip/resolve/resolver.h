#pragma once
/// \file
/// Where a URI leads: the places of RFC 3263, in the order in which they are to be tried.

#include <functional>
#include <string>
#include <vector>

#include "control/sip/flow_id.h"
#include "mediad/base/ip_address.h"

namespace control::sip {

struct Destination {
  Transport transport{Transport::kUdp};
  base::SocketAddress address;
  /// What the certificate of a TLS peer must be for: the domain that was asked for (RFC 5922 §4).
  std::string tls_name;

  bool operator==(const Destination&) const = default;
};

/// Control thread only.
class Resolver {
 public:
  using Done = std::function<void(std::vector<Destination>)>;
  virtual ~Resolver() = default;
  /// Calls `done` once: at once if no question need be asked, else from the event loop. No destination means
  /// that the URI leads nowhere.
  virtual void resolve(const std::string& uri, Done done) = 0;
};

}  // namespace control::sip
