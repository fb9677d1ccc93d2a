#include "mediad/port_plan.h"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <memory>

#include "mediad/base/native_address.h"

namespace mediad {
namespace {

using base::IpAddress;

bool owned_by_a_port(const IpAddress& address, const Options& options) {
  return std::any_of(options.ports.begin(), options.ports.end(), [&](const dataplane::PortConfig& port) {
    return std::find(port.addresses.begin(), port.addresses.end(), address) != port.addresses.end();
  });
}

void choose_interfaces(const std::vector<KernelAddress>& kernel, Options& options) {
  for (const auto& port : options.ports) {
    for (const auto& address : port.addresses) options.interfaces.push_back({"default", address, address});
  }
  if (!options.interfaces.empty()) return;
  for (const auto& entry : kernel) {
    if (entry.loopback || entry.link_local) continue;
    options.interfaces.push_back({"default", entry.address, entry.address});
  }
  if (!options.interfaces.empty()) return;
  for (const auto& entry : kernel) {
    if (entry.loopback) options.interfaces.push_back({"default", entry.address, entry.address});
  }
}

/// The shared port of `device`, made on first use.
dataplane::PortConfig& shared_port(const std::string& device, Options& options) {
  const auto port =
      std::find_if(options.ports.begin(), options.ports.end(), [&](const dataplane::PortConfig& p) {
        return p.device == device && p.mode == dataplane::AddressMode::kShared;
      });
  if (port != options.ports.end()) return *port;
  dataplane::PortConfig config;
  config.name = device;
  config.device = device;
  return options.ports.emplace_back(std::move(config));
}

void add_address(dataplane::PortConfig& port, const IpAddress& address) {
  if (std::find(port.addresses.begin(), port.addresses.end(), address) == port.addresses.end()) {
    port.addresses.push_back(address);
  }
}

/// 127/8 belongs to the loopback device as a whole, whatever single address it is given.
const KernelAddress* holder_of(const IpAddress& address, const std::vector<KernelAddress>& kernel) {
  const auto exact = std::find_if(kernel.begin(), kernel.end(),
                                  [&](const KernelAddress& entry) { return entry.address == address; });
  if (exact != kernel.end()) return &*exact;
  if (!address.is_loopback() || address.is_v6()) return nullptr;
  const auto loopback =
      std::find_if(kernel.begin(), kernel.end(), [](const KernelAddress& entry) { return entry.loopback; });
  return loopback == kernel.end() ? nullptr : &*loopback;
}

}  // namespace

std::vector<KernelAddress> kernel_addresses() {
  std::vector<KernelAddress> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> owner{list, &freeifaddrs};
  for (const auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
    const auto address = base::from_native(entry->ifa_addr);
    if (!address || (entry->ifa_flags & IFF_UP) == 0) continue;
    const auto& ip = address->ip;
    const bool link_local = ip.is_v6() && ip.octets[0] == 0xFE && (ip.octets[1] & 0xC0) == 0x80;
    found.push_back({entry->ifa_name, ip, (entry->ifa_flags & IFF_LOOPBACK) != 0, link_local});
  }
  return found;
}

base::Result<void> plan_ports(const std::vector<KernelAddress>& kernel, Options& options) {
  if (options.interfaces.empty()) choose_interfaces(kernel, options);
  if (options.interfaces.empty()) return base::Error{"no network interface is up; set interface = or port ="};
  for (const auto& interface : options.interfaces) {
    if (owned_by_a_port(interface.local, options)) continue;
    const auto* holder = holder_of(interface.local, kernel);
    if (holder == nullptr) {
      return base::Error{
          fmt::format("interface {}/{}: no port and no kernel interface that is up has this address",
                      interface.name, interface.local.to_string())};
    }
    add_address(shared_port(holder->device, options), interface.local);
    const auto loopback =
        std::find_if(kernel.begin(), kernel.end(), [](const KernelAddress& entry) { return entry.loopback; });
    if (loopback != kernel.end()) add_address(shared_port(loopback->device, options), interface.local);
  }
  return {};
}

}  // namespace mediad
