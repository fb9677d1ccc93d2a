#pragma once
/// \file
/// From what the operator said and what the kernel has, to the DPDK ports that the dataplane opens.

#include <string>
#include <vector>

#include "dataplane/api/dataplane.h"
#include "mediad/base/result.h"
#include "mediad/options.h"

namespace mediad {

/// One address of a kernel interface.
struct KernelAddress {
  std::string device;
  base::IpAddress address;
  bool loopback{false};  ///< the device is a loopback
  bool link_local{false};
};

/// The kernel's addresses on interfaces that are up. Any thread.
[[nodiscard]] std::vector<KernelAddress> kernel_addresses();

/// Fills in `interfaces` and `ports` where the operator left them empty: without interfaces, all global
/// addresses of non-loopback devices, else loopback; without ports, one shared af_packet port per device that
/// holds one of them, and loopback, over which the host's own phones reach any of its addresses. Errors: an
/// interface address that neither a port nor the kernel has.
[[nodiscard]] base::Result<void> plan_ports(const std::vector<KernelAddress>& kernel, Options& options);

}  // namespace mediad
