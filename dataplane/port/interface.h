#pragma once
/// \file
/// A kernel network interface, as far as a port needs it. Control thread, blocking system calls.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mediad/base/result.h"

namespace dataplane {

/// SIOCGIFINDEX; nullopt if there is no such interface in this network namespace.
[[nodiscard]] std::optional<int> interface_index(const std::string& name);
/// SIOCGIFMTU. The drivers say 1500 whatever the interface has.
[[nodiscard]] std::optional<std::uint16_t> interface_mtu(const std::string& name);
/// Clears or sets IFF_PROMISC, past DPDK, which clears only what it remembers to have set itself.
void set_promiscuous(const std::string& name, bool on);

/// Open descriptors of this process that are sockets of `domain` (AF_PACKET, AF_XDP), ascending: the order in
/// which they were made. `interface`: only packet sockets bound to this index.
[[nodiscard]] std::vector<int> find_sockets(int domain, std::optional<int> interface);

/// Keeps a second instance off an interface: two would share one fanout group and steal from each other. Ends
/// with the object or the process, however it ends, and is as wide as the network namespace is.
class InterfaceLock {
 public:
  /// Errors: taken, with the name.
  [[nodiscard]] static base::Result<InterfaceLock> take(const std::string& interface);
  InterfaceLock(InterfaceLock&& other) noexcept;
  InterfaceLock& operator=(InterfaceLock&&) = delete;
  InterfaceLock(const InterfaceLock&) = delete;
  InterfaceLock& operator=(const InterfaceLock&) = delete;
  ~InterfaceLock();

 private:
  explicit InterfaceLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace dataplane
