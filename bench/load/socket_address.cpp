#include "bench/load/socket_address.h"

#include <cstring>

namespace bench {

KernelAddress to_kernel(const base::SocketAddress& address) {
  KernelAddress kernel;
  if (address.ip.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port.number);
    std::memcpy(&v4.sin_addr, address.ip.octets.data(), 4);
    std::memcpy(&kernel.storage, &v4, sizeof v4);
    kernel.size = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port.number);
    std::memcpy(&v6.sin6_addr, address.ip.octets.data(), 16);
    std::memcpy(&kernel.storage, &v6, sizeof v6);
    kernel.size = sizeof v6;
  }
  return kernel;
}

base::SocketAddress from_kernel(const sockaddr_storage& storage) {
  base::SocketAddress address;
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    std::memcpy(address.ip.octets.data(), &v4.sin_addr, 4);
    address.port.number = ntohs(v4.sin_port);
  } else {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    address.ip.family = base::IpFamily::kV6;
    std::memcpy(address.ip.octets.data(), &v6.sin6_addr, 16);
    address.port.number = ntohs(v6.sin6_port);
  }
  return address;
}

}  // namespace bench
