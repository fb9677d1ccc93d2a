#include "mediad/base/native_address.h"

#include <cstring>

namespace base {

NativeAddress to_native(const SocketAddress& address) {
  NativeAddress native;
  if (address.ip.is_v4()) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(address.port.number);
    std::memcpy(&in.sin_addr, address.ip.octets.data(), sizeof in.sin_addr);
    std::memcpy(&native.storage, &in, sizeof in);
    native.size = sizeof in;
  } else {
    sockaddr_in6 in{};
    in.sin6_family = AF_INET6;
    in.sin6_port = htons(address.port.number);
    std::memcpy(&in.sin6_addr, address.ip.octets.data(), sizeof in.sin6_addr);
    std::memcpy(&native.storage, &in, sizeof in);
    native.size = sizeof in;
  }
  return native;
}

std::optional<SocketAddress> from_native(const sockaddr* native) {
  if (native == nullptr) return std::nullopt;
  SocketAddress address;
  if (native->sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, native, sizeof in);
    std::memcpy(address.ip.octets.data(), &in.sin_addr, sizeof in.sin_addr);
    address.port.number = ntohs(in.sin_port);
  } else if (native->sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, native, sizeof in);
    address.ip.family = IpFamily::kV6;
    std::memcpy(address.ip.octets.data(), &in.sin6_addr, sizeof in.sin6_addr);
    address.port.number = ntohs(in.sin6_port);
  } else {
    return std::nullopt;
  }
  return address;
}

}  // namespace base
