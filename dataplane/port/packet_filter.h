#pragma once
/// \file
/// The socket filter of an af_packet port: foreign traffic is refused in the kernel, before it costs a copy.

#include <linux/filter.h>

#include <cstdint>
#include <span>
#include <vector>

#include "dataplane/api/dataplane.h"
#include "mediad/base/ip_address.h"
#include "mediad/base/result.h"

namespace dataplane {

struct FilterPlan {
  AddressMode mode{AddressMode::kShared};
  std::vector<base::IpAddress> addresses;  ///< empty: any address
  base::UdpPort port_min, port_max;        ///< kShared only
};

/// A classic BPF program over Ethernet frames. Always refuses what this host sends itself (each frame would
/// come twice on lo). kShared: passes UDP to the addresses and port range. kOwned: passes everything to the
/// addresses, ARP, and ICMPv6 to multicast groups.
[[nodiscard]] std::vector<sock_filter> build_filter(const FilterPlan& plan);

/// Attaches to every socket. Errors: the kernel's.
[[nodiscard]] base::Result<void> attach_filter(std::span<const int> sockets, const FilterPlan& plan);

}  // namespace dataplane
