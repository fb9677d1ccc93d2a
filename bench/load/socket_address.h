#pragma once
/// \file
/// base::SocketAddress to and from the kernel's structures.

#include <netinet/in.h>
#include <sys/socket.h>

#include "mediad/base/ip_address.h"

namespace bench {

struct KernelAddress {
  sockaddr_storage storage{};
  socklen_t size{0};

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] KernelAddress to_kernel(const base::SocketAddress& address);
[[nodiscard]] base::SocketAddress from_kernel(const sockaddr_storage& storage);

}  // namespace bench
