#pragma once
/// \file
/// Between our addresses and those of the kernel's socket calls.

#include <netinet/in.h>
#include <sys/socket.h>

#include <optional>

#include "mediad/base/ip_address.h"

namespace base {

/// An address as socket calls take and give it; as made it has room for any.
struct NativeAddress {
  sockaddr_storage storage{};
  socklen_t size{sizeof storage};

  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

[[nodiscard]] NativeAddress to_native(const SocketAddress& address);

/// nullopt for a null pointer and for what is neither IPv4 nor IPv6. An IPv4-mapped IPv6 address stays one.
[[nodiscard]] std::optional<SocketAddress> from_native(const sockaddr* native);

}  // namespace base
