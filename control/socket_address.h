#pragma once
/// \file
/// Between our addresses and those of Asio and the kernel.

#include <netinet/in.h>
#include <sys/socket.h>

#include <boost/asio/ip/address.hpp>

#include "mediad/base/ip_address.h"

namespace control {

[[nodiscard]] boost::asio::ip::address to_asio(const base::IpAddress& ip);
[[nodiscard]] base::IpAddress from_asio(const boost::asio::ip::address& ip);

/// IPv4 or IPv6; an IPv4-mapped IPv6 address (RFC 4291 §2.5.5.2) is IPv4. Anything else gives 0.0.0.0:0.
[[nodiscard]] base::SocketAddress from_kernel(const sockaddr_storage& address);

}  // namespace control
